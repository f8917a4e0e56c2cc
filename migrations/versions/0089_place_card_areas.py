"""A card at a meeting place belongs to an area: two communities may both meet at the same words.

A card from before takes the area of the newest shift that meets at its words, or its activity's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0089"
down_revision = "0088"

TABLE, HANGS = "volunteer_place_card", "uq_volunteer_place_card_hangs"
PLACED = """
UPDATE volunteer_place_card SET area_id = COALESCE(
    (SELECT shift.area_id FROM volunteer_shift shift
     WHERE shift.activity_id = volunteer_place_card.activity_id
       AND shift.meeting_place = volunteer_place_card.meeting_place
     ORDER BY shift.starts_at DESC, shift.id DESC LIMIT 1),
    (SELECT activity.area_id FROM volunteer_activity activity
     WHERE activity.id = volunteer_place_card.activity_id)
)
"""


def upgrade() -> None:
    op.drop_index(HANGS, TABLE)
    op.add_column(TABLE, sa.Column("area_id", sa.Uuid(), nullable=True))
    op.execute(PLACED)
    with op.batch_alter_table(TABLE) as batch:
        batch.alter_column("area_id", existing_type=sa.Uuid(), nullable=False)
        batch.create_foreign_key(
            op.f("fk_volunteer_place_card_area_id"), "area", ["area_id"], ["id"]
        )
    op.create_index(
        HANGS,
        TABLE,
        ["activity_id", "area_id", "meeting_place"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
