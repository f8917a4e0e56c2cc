"""Published minutes and replies never change: the same triggers as the migration makes.

What belongs to a meeting or to a question may still be added until they are published; nothing
here refuses a row that is put in, or a backup could not be brought back.
"""

from typing import Any, Final

from sqlalchemy import Connection, Table, event

from portal.kernel.db import Base

WHY: Final = "what was published of a meeting or a question never changes"
_MEETING: Final = (
    "kind", "title", "venue", "starts_at", "ends_at", "state", "present", "women", "minutes",
    "minutes_at", "minutes_digest",
)  # fmt: skip
_QUESTION: Final = (
    "title", "markdown", "opens_on", "closes_on", "state", "short_why", "summary", "answered_at",
    "digest",
)  # fmt: skip
# table → what is fixed of it ("": everything), and what tells that it is published
OWN: Final = {
    "community_meeting": (_MEETING, "minutes_at"),
    "community_consultation": (_QUESTION, "answered_at"),
    "community_minutes_addendum": ((), "digest"),
}
# table → what tells that what it belongs to is published
PARTS: Final = {
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
FUNCTION: Final = (
    "CREATE OR REPLACE FUNCTION settled_is_fixed() RETURNS trigger LANGUAGE plpgsql "
    f"AS $$ BEGIN RAISE EXCEPTION '{WHY}'; END $$"
)


def function_of(table: str) -> str:
    """The function of PostgreSQL that looks at what a row belongs to."""
    return (
        f"CREATE OR REPLACE FUNCTION {table}_is_fixed() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN IF {PARTS[table]} THEN RAISE EXCEPTION '{WHY}'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )


def statements(table: str, dialect: str) -> list[str]:
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
            function_of(table),
            f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_is_fixed()",
        ]
    return [
        FUNCTION,
        f"CREATE TRIGGER {table}_fixed BEFORE {update} OR DELETE ON {table} "
        f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION settled_is_fixed()",
    ]


def _fix(table: Table, connection: Connection, **_options: Any) -> None:
    for statement in statements(table.name, connection.dialect.name):
        connection.exec_driver_sql(statement)


for _name in (*OWN, *PARTS):
    event.listen(Base.metadata.tables[_name], "after_create", _fix)
