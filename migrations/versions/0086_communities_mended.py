"""How many opinions a group had when its reply was published; words of issues that can go.

The number of a published group does not change later. The title of an issue goes with whoever
typed it, and whoever made a proposal that is not shown reads why.
"""

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0085"
_GROUP = "community_opinion_group"
# what was taken back after the reply was in the group when it was published
_COUNT = """
UPDATE community_opinion_group SET size = (
  SELECT count(*) FROM community_opinion AS said
  JOIN community_consultation AS asked ON asked.id = said.consultation_id
  WHERE said.group_id = community_opinion_group.id
  AND (said.state = 'shown'
       OR (said.state = 'taken_back' AND said.decided_at >= asked.answered_at))
)
WHERE consultation_id IN (
  SELECT id FROM community_consultation WHERE answered_at IS NOT NULL
)
"""


def upgrade() -> None:
    with op.batch_alter_table("community_issue") as batch:
        batch.alter_column("title", existing_type=sa.String(length=120), nullable=True)
    op.add_column("community_issue_proposal", sa.Column("refused_why", sa.String(length=400)))
    op.add_column(_GROUP, sa.Column("size", sa.Integer()))
    if op.get_bind().dialect.name == "sqlite":
        _count_without_triggers()
        return
    op.execute(f"ALTER TABLE {_GROUP} DISABLE TRIGGER USER")
    op.execute(_COUNT)
    op.execute(f"ALTER TABLE {_GROUP} ENABLE TRIGGER USER")


def _count_without_triggers() -> None:
    """The triggers of groups with a published reply are taken off for the moment."""
    known = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :of")
    triggers = op.get_bind().execute(known, {"of": _GROUP}).all()
    for name, _sql in triggers:
        op.execute(f"DROP TRIGGER {name}")
    op.execute(_COUNT)
    for _name, sql in triggers:
        op.get_bind().exec_driver_sql(sql)
