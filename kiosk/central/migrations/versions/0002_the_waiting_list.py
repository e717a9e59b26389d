"""The waiting list: who waits for a time, and what was offered to whom"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waiting",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False, comment="waitlist, cancelled"),
        sa.Column("patient_id", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("role_id", sa.Text(), nullable=True, comment="none: any doctor of the service"),
        sa.Column("number", sa.Integer(), nullable=False, comment="tells those apart who came in one second"),
        sa.Column("period_start", sa.BigInteger(), nullable=False),
        sa.Column("period_end", sa.BigInteger(), nullable=False, comment="the entry ends with it"),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("cancelation_reason", sa.Text(), nullable=True),
        sa.Column(
            "seen",
            sa.Boolean(),
            nullable=False,
            comment="told to somebody but its terminal (api.md section 8)",
        ),
        sa.Column(
            "language",
            sa.Text(),
            nullable=False,
            comment="of the one who joined: offers are told in it",
        ),
        sa.Column("identifier", sa.Text(), nullable=False, comment="of the request that made it"),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"]),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"]),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"]),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    with op.batch_alter_table("waiting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiting_patient_id"), ["patient_id"], unique=False)
        batch_op.create_index(
            "waiting_service_order", ["service_id", "status", "created", "number"], unique=False
        )
        batch_op.create_index("waiting_facility_ticket", ["facility_id", "ticket"], unique=False)
        batch_op.create_index("waiting_status_end", ["status", "period_end"], unique=False)

    op.create_table(
        "offer",
        sa.Column("appointment", sa.Text(), nullable=False),
        sa.Column("waiting_id", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="open, taken, lapsed, left (the list), returned (this time)",
        ),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["waiting_id"], ["waiting.id"]),
        sa.PrimaryKeyConstraint("appointment", "waiting_id"),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offer_waiting_id"), ["waiting_id"], unique=False)
        batch_op.create_index("offer_state_expires", ["state", "expires"], unique=False)

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.alter_column("visit_at", existing_type=sa.BigInteger(), nullable=True)
        batch_op.alter_column("role_id", existing_type=sa.Text(), nullable=True)

    # A registry that is still without settings gets all of them with `regional.write_settings`.
    op.execute(
        "INSERT INTO setting (name, value) SELECT 'offer_minutes', '60' WHERE EXISTS (SELECT 1 FROM setting)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM setting WHERE name = 'offer_minutes'")
    op.execute("DELETE FROM event WHERE visit_at IS NULL OR role_id IS NULL")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.alter_column("role_id", existing_type=sa.Text(), nullable=False)
        batch_op.alter_column("visit_at", existing_type=sa.BigInteger(), nullable=False)

    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_index("offer_state_expires")
        batch_op.drop_index(batch_op.f("ix_offer_waiting_id"))

    op.drop_table("offer")
    with op.batch_alter_table("waiting", schema=None) as batch_op:
        batch_op.drop_index("waiting_status_end")
        batch_op.drop_index("waiting_facility_ticket")
        batch_op.drop_index("waiting_service_order")
        batch_op.drop_index(batch_op.f("ix_waiting_patient_id"))

    op.drop_table("waiting")
