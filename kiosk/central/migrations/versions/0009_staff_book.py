"""Bookings have a channel and a seat, facilities further seats, staff's requests identifiers; patients are found by papers"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "facility",
        sa.Column(
            "extra_seats",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="so many patients more may staff put at a time that is taken",
        ),
    )
    op.add_column(
        "appointment",
        sa.Column(
            "channel",
            sa.Text(),
            nullable=False,
            server_default="staff",
            comment="on which way it was booked: kiosk, desk, phone, paper, staff (others of them)",
        ),
    )
    op.add_column(
        "appointment",
        sa.Column(
            "seat",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="0: the ordinary one at the doctor's time",
        ),
    )
    # What a terminal asked for has left a request.
    op.execute("UPDATE appointment SET channel = 'kiosk' WHERE id IN (SELECT appointment FROM request)")
    op.create_table(
        "staff_request",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("appointment", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="of what was asked for"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "identifier"),
    )
    op.create_index("ix_staff_request_appointment", "staff_request", ["appointment"], unique=False)
    op.create_index("patient_snils", "patient", ["snils"], unique=False)
    op.create_index("patient_document", "patient", ["document_number"], unique=False)


def downgrade() -> None:
    op.drop_index("patient_document", table_name="patient")
    op.drop_index("patient_snils", table_name="patient")
    op.drop_table("staff_request")
    op.drop_column("appointment", "seat")
    op.drop_column("appointment", "channel")
    op.drop_column("facility", "extra_seats")
