"""What was missing for minutes that stay, invitations, tasks' history, and replies."""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"

MOMENT = sa.DateTime(timezone=True)
WHY = "what was published of a meeting or a question never changes"
_MEETING = (
    "kind", "title", "venue", "starts_at", "ends_at", "state", "present", "women", "minutes",
    "minutes_at", "minutes_digest",
)  # fmt: skip
_QUESTION = (
    "title", "markdown", "opens_on", "closes_on", "state", "short_why", "summary", "answered_at",
    "digest",
)  # fmt: skip
# table → what is fixed of it ("": everything), and what tells that it is published
OWN = {
    "community_meeting": (_MEETING, "minutes_at"),
    "community_consultation": (_QUESTION, "answered_at"),
    "community_minutes_addendum": ((), "digest"),
}
# table → what tells that what it belongs to is published
PARTS = {
    "community_agenda_item": (
        "(SELECT minutes_at FROM community_meeting WHERE id = OLD.meeting_id) IS NOT NULL"
    ),
    "community_resolution": (
        "(SELECT minutes_at FROM community_meeting WHERE id = OLD.meeting_id) IS NOT NULL"
    ),
    "community_opinion_group": (
        "(SELECT answered_at FROM community_consultation WHERE id = OLD.consultation_id)"
        " IS NOT NULL"
    ),
}
FUNCTION = (
    "CREATE OR REPLACE FUNCTION settled_is_fixed() RETURNS trigger LANGUAGE plpgsql "
    f"AS $$ BEGIN RAISE EXCEPTION '{WHY}'; END $$"
)


def _function_of(table: str) -> str:
    """The function of PostgreSQL that looks at what a row belongs to."""
    return (
        f"CREATE OR REPLACE FUNCTION {table}_is_fixed() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN IF {PARTS[table]} THEN RAISE EXCEPTION '{WHY}'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )


def _statements(table: str, dialect: str) -> list[str]:
    """What makes the triggers of a table."""
    columns, told = OWN.get(table, ((), ""))
    when = PARTS.get(table, f"OLD.{told} IS NOT NULL")
    update = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_fixed_{verb.split()[0].lower()} BEFORE {verb} ON {table} "
            f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
            for verb in (update, "DELETE")
        ]
    if table in PARTS:
        return [
            _function_of(table),
            f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_is_fixed()",
        ]
    return [
        FUNCTION,
        f"CREATE TRIGGER {table}_fixed BEFORE {update} OR DELETE ON {table} "
        f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION settled_is_fixed()",
    ]


def upgrade() -> None:
    _community_invited()
    _community_minutes_addendum()
    _community_consultation()
    _community_consultation_place()
    _community_meeting()
    _community_task_event()
    for table in (*OWN, *PARTS):
        for statement in _statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def _community_invited() -> None:
    op.create_table(
        "community_invited",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_community_invited_area_id"),
        sa.PrimaryKeyConstraint("area_id", "person_id", name="pk_community_invited"),
    )
    op.create_index("ix_community_invited_person_id", "community_invited", ["person_id"])


def _community_minutes_addendum() -> None:
    op.create_table(
        "community_minutes_addendum",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("written_by", sa.Uuid()),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["community_meeting.id"],
            name="fk_community_minutes_addendum_meeting_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_community_minutes_addendum"),
    )
    op.create_index(
        "ix_community_minutes_addendum_meeting_id",
        "community_minutes_addendum",
        ["meeting_id", "at"],
    )


def _community_consultation() -> None:
    with op.batch_alter_table("community_consultation") as batch:
        batch.add_column(sa.Column("short_why", sa.String(length=400)))
        batch.add_column(sa.Column("opened_at", MOMENT))
        batch.add_column(sa.Column("digest", sa.String(length=64)))
        batch.drop_constraint("ck_community_consultation_answered", type_="check")
        batch.create_check_constraint(
            op.f("ck_community_consultation_answered"),
            "(state = 'answered') = (answered_at IS NOT NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_community_consultation_digest"), "(answered_at IS NULL) = (digest IS NULL)"
        )


def _community_consultation_place() -> None:
    with op.batch_alter_table("community_consultation_place") as batch:
        batch.add_column(sa.Column("group_id", sa.Uuid()))
        batch.create_foreign_key(
            "fk_community_consultation_place_group_id", "community_opinion_group", ["group_id"],
            ["id"],
        )  # fmt: skip
        batch.create_index("ix_community_consultation_place_group_id", ["group_id"])


def _community_meeting() -> None:
    with op.batch_alter_table("community_meeting") as batch:
        batch.add_column(sa.Column("minutes_by", sa.Uuid()))
        batch.add_column(sa.Column("minutes_digest", sa.String(length=64)))
        batch.add_column(sa.Column("notice_id", sa.Uuid()))
        batch.create_foreign_key(
            "fk_community_meeting_notice_id", "community_notice", ["notice_id"], ["id"]
        )
        batch.create_check_constraint(
            op.f("ck_community_meeting_minutes"),
            "(minutes_at IS NULL) = (minutes_digest IS NULL)",
        )
        batch.drop_column("code_hash")


def _community_task_event() -> None:
    with op.batch_alter_table("community_task_event") as batch:
        batch.add_column(sa.Column("state", sa.String(length=32)))
        batch.add_column(sa.Column("organisation_id", sa.Uuid()))
        batch.create_foreign_key(
            "fk_community_task_event_organisation_id", "organisation", ["organisation_id"], ["id"]
        )
