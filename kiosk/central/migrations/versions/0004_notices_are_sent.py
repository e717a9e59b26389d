"""Notices are sent: their words, their state, and their way to each address (issue 4)"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.alter_column("old_address", new_column_name="address", existing_type=sa.Text())
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("text", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("state", sa.Text(), nullable=False, server_default="waiting"))
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=True))
        batch_op.create_index("notice_state_not_before", ["state", "not_before"], unique=False)

    # Nobody was there to send them: what they tell has stood in the cabinet since, and may be long past.
    op.execute("UPDATE notice SET state = 'dropped', reason = 'before the worker'")

    op.create_table(
        "delivery",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False, comment="email, phone"),
        sa.Column(
            "value",
            sa.Text(),
            nullable=False,
            comment="the address; masked when it is of no use any more",
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting, sent, dead, dropped"),
        sa.Column("hurry", sa.Integer(), nullable=False, comment="0: before all of 1, which are reminders"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column(
            "since", sa.BigInteger(), nullable=False, comment="from when its time to be sent is counted"
        ),
        sa.Column(
            "next_at",
            sa.BigInteger(),
            nullable=False,
            comment="not before; of an attempt under way: when it is given up",
        ),
        sa.Column(
            "unsure",
            sa.Boolean(),
            nullable=False,
            comment="the end of an attempt is not known: it may have arrived",
        ),
        sa.Column(
            "outcome",
            sa.Text(),
            nullable=True,
            comment="how the last attempt ended, without an address; or why it was dropped",
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_notice_id"), ["notice_id"], unique=False)
        batch_op.create_index("delivery_due", ["system", "state", "hurry", "next_at"], unique=False)

    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.create_index("appointment_visit_day", ["visit_day"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.drop_index("appointment_visit_day")

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("delivery_due")
        batch_op.drop_index(batch_op.f("ix_delivery_notice_id"))

    op.drop_table("delivery")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("notice_state_not_before")
        batch_op.drop_column("reason")
        batch_op.drop_column("state")
        batch_op.drop_column("text")
        batch_op.drop_column("version")
        batch_op.alter_column("address", new_column_name="old_address", existing_type=sa.Text())
