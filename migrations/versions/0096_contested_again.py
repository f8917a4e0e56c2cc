"""What a committee ended or hid stays known; why a paper's mark is to be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0095"


def upgrade() -> None:
    # what was ended or hidden before may be given again
    op.add_column("convention_sign_on", sa.Column("contested", sa.String(32), nullable=True))
    op.add_column("convention_elector", sa.Column("unmark_why", sa.String(400), nullable=True))
