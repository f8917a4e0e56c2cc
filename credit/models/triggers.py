"""What is sealed is only added to: the database itself refuses to change or drop it.

Creating the tables from the metadata installs these; the migration runs the same statements.
"""

from typing import Final

from sqlalchemy import Connection, Table, event

from portal.kernel.db import Base

KEPT_TABLES: Final = (
    "credit_entry", "credit_sealed", "credit_checkpoint", "credit_rule", "credit_refusal",
    "credit_retaliation_month",
)  # fmt: skip
_WORDS = "the ledger is only added to"
FUNCTION: Final = (
    "CREATE OR REPLACE FUNCTION credit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ "
    f"BEGIN RAISE EXCEPTION '{_WORDS}'; END $$"
)


def keeping_statements(dialect: str, table: str) -> list[str]:
    """The triggers of one table."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        FUNCTION,
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION credit_is_kept()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION credit_is_kept()",
    ]


KNOWN_LOG: Final = {
    "sqlite": [
        "CREATE TRIGGER credit_sealed_log BEFORE INSERT ON credit_sealed "
        "WHEN NOT EXISTS (SELECT 1 FROM credit_log WHERE number = NEW.log) "
        "BEGIN SELECT RAISE(ABORT, 'no such log'); END"
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION credit_log_is_known() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF EXISTS (SELECT DISTINCT log FROM added EXCEPT SELECT number FROM credit_log) "
        "THEN RAISE EXCEPTION 'no such log'; END IF; RETURN NULL; END $$",
        "CREATE TRIGGER credit_sealed_log AFTER INSERT ON credit_sealed "
        "REFERENCING NEW TABLE AS added FOR EACH STATEMENT "
        "EXECUTE FUNCTION credit_log_is_known()",
    ],
}
"""That the log of a sealed entry exists, asked once a statement where the engine can."""


def _keep(table: Table, connection: Connection, **_options: object) -> None:
    """Install the triggers beside a table."""
    for statement in keeping_statements(connection.dialect.name, table.name):
        connection.exec_driver_sql(statement)


def _know_the_log(_table: Table, connection: Connection, **_options: object) -> None:
    for statement in KNOWN_LOG[connection.dialect.name]:
        connection.exec_driver_sql(statement)


event.listen(Base.metadata.tables["credit_sealed"], "after_create", _know_the_log)
for _name in KEPT_TABLES:
    event.listen(Base.metadata.tables[_name], "after_create", _keep)
