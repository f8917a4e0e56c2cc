"""Surveys keep how many were drawn, whatever became of their invitations; kept counts know nothing
of what reporters said"""

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision = "0087"


def upgrade() -> None:
    op.add_column("survey", sa.Column("drawn", sa.Integer(), server_default="0", nullable=False))
    op.execute(
        "UPDATE survey SET drawn = (SELECT count(*) FROM survey_invitation "
        "WHERE survey_invitation.survey_id = survey.id)"
    )
    for name in ("answered", "solved", "satisfied"):
        op.drop_column("figure_count", name)
