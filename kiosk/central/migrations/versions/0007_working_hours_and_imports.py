"""Working hours of which times are made, and what came from files under which key (issue 6)"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hours",
        sa.Column("role_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False, comment="mon tue ..., a space between"),
        sa.Column("start", sa.Text(), nullable=False, comment="HH:MM, local"),
        sa.Column("end", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False, comment="length of a visit, a multiple of 5"),
        sa.Column("first_day", sa.Integer(), nullable=True, comment="none: since ever"),
        sa.Column("last_day", sa.Integer(), nullable=True, comment="included; none: without an end"),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"]),
        sa.PrimaryKeyConstraint("role_id", "number"),
    )
    op.create_table(
        "timetable",
        sa.Column("role_id", sa.Text(), nullable=False),
        sa.Column("until_day", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"]),
        sa.PrimaryKeyConstraint("role_id"),
    )
    with op.batch_alter_table("timetable", schema=None) as batch_op:
        batch_op.create_index("ix_timetable_until_day", ["until_day"], unique=False)
    op.create_table(
        "withdrawn_slot",
        sa.Column("role_id", sa.Text(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"]),
        sa.PrimaryKeyConstraint("role_id", "start"),
    )
    op.create_table(
        "imported",
        sa.Column("kind", sa.Text(), nullable=False, comment="facilities, doctors, patients ..."),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False, comment="of the thing itself"),
        sa.Column(
            "facility_id", sa.Text(), nullable=False, comment="whose file it stands in; '': the region's"
        ),
        sa.Column("digest", sa.Text(), nullable=False, comment="of the line; '': withdrawn since"),
        sa.PrimaryKeyConstraint("kind", "key"),
    )


def downgrade() -> None:
    for table in ("imported", "withdrawn_slot", "timetable", "hours"):
        op.drop_table(table)
