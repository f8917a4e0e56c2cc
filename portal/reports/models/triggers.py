"""History is only added to: the database itself refuses to change or drop a step.

Creating the tables from the metadata installs these; the migration runs the same statements.
"""

from sqlalchemy import Connection, event

from portal.reports.models.case import CaseEvent

SQLITE = (
    "CREATE TRIGGER case_event_no_update BEFORE UPDATE ON case_event "
    "BEGIN SELECT RAISE(ABORT, 'the history of a case is only added to'); END",
    "CREATE TRIGGER case_event_no_delete BEFORE DELETE ON case_event "
    "BEGIN SELECT RAISE(ABORT, 'the history of a case is only added to'); END",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION case_event_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'the history of a case is only added to'; END $$",
    "CREATE TRIGGER case_event_no_change BEFORE UPDATE OR DELETE ON case_event "
    "FOR EACH ROW EXECUTE FUNCTION case_event_is_kept()",
    "CREATE TRIGGER case_event_no_truncate BEFORE TRUNCATE ON case_event "
    "FOR EACH STATEMENT EXECUTE FUNCTION case_event_is_kept()",
)
STATEMENTS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


@event.listens_for(CaseEvent.__table__, "after_create")
def keep_history(_table: object, connection: Connection, **_options: object) -> None:
    """Install the triggers beside the table."""
    for statement in STATEMENTS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
