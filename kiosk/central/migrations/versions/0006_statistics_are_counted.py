"""Events are found by facility; those of terminals by kind, terminal and facility: for statistics (issue 6)"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("event_facility_asked_at", ["facility_id", "asked_at"], unique=False)
    with op.batch_alter_table("terminal_event", schema=None) as batch_op:
        batch_op.create_index("terminal_event_kind_at", ["kind", "at"], unique=False)
        batch_op.create_index("terminal_event_terminal_at", ["terminal_id", "at"], unique=False)
        batch_op.create_index("terminal_event_organization_at", ["organization", "at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("terminal_event", schema=None) as batch_op:
        batch_op.drop_index("terminal_event_organization_at")
        batch_op.drop_index("terminal_event_terminal_at")
        batch_op.drop_index("terminal_event_kind_at")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("event_facility_asked_at")
