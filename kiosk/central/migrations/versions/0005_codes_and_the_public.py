"""Codes that confirm a contact are found among the notices; settings for them and for free and busy outside (issue 4)"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("notice_kind_not_before", ["kind", "not_before"], unique=False)

    # A registry that is still without settings gets all of them with `regional.write_settings`.
    for name in ("contact_codes", "public_free_busy"):
        op.execute(
            f"INSERT INTO setting (name, value) SELECT '{name}', '' WHERE EXISTS (SELECT 1 FROM setting)"
        )


def downgrade() -> None:
    op.execute("DELETE FROM setting WHERE name IN ('contact_codes', 'public_free_busy')")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("notice_kind_not_before")
