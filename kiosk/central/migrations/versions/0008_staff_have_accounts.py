"""Accounts and tokens of staff, the audit (R39, R40)"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False, comment="lower case"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Text(),
            nullable=False,
            comment="registrar, operator, technician, analyst, administrator",
        ),
        sa.Column("facility_id", sa.Text(), nullable=True, comment="none: the whole region"),
        sa.Column("password_hash", sa.Text(), nullable=False, comment="argon2id, with its parameters"),
        sa.Column("password_set", sa.BigInteger(), nullable=False),
        sa.Column(
            "one_time", sa.Boolean(), nullable=False, comment="the password only opens the way to another one"
        ),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("disabled", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("login"),
    )
    op.create_table(
        "staff_token",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("hash"),
    )
    with op.batch_alter_table("staff_token", schema=None) as batch_op:
        batch_op.create_index("ix_staff_token_account_id", ["account_id"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.Text(), nullable=False, comment="later ones are greater"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False, comment="id of an account, terminal:ID, or cli"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False, comment="Type/ID, or a Type"),
        sa.Column("patient_id", sa.Text(), nullable=False, comment="'': nobody in particular"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("audit_at", ["at"], unique=False)
        batch_op.create_index("audit_who_at", ["who", "at"], unique=False)
        batch_op.create_index("audit_patient_at", ["patient_id", "at"], unique=False)
    # A registry that is still without settings gets all of them with `regional.write_settings`.
    op.execute(
        "INSERT INTO setting (name, value) SELECT 'password_days', '90' WHERE EXISTS (SELECT 1 FROM setting)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM setting WHERE name = 'password_days'")
    for table in ("audit", "staff_token", "account"):
        op.drop_table(table)
