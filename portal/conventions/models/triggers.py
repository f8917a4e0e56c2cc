"""What was published never changes: the same triggers as the migration makes."""

from typing import Any, Final

from sqlalchemy import Connection, Table, event

from portal.kernel.db import Base

FIXED: Final = ("convention_version", "convention_version_clause", "convention_version_script")
WHY: Final = "a published convention never changes"
FUNCTION: Final = (
    "CREATE OR REPLACE FUNCTION published_convention_is_fixed() RETURNS trigger LANGUAGE plpgsql "
    f"AS $$ BEGIN RAISE EXCEPTION '{WHY}'; END $$"
)


def _fix(table: Table, connection: Connection, **_options: Any) -> None:
    if connection.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table.name}_fixed_{verb.lower()} BEFORE {verb} ON {table.name} "
                f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
            )
        return
    connection.exec_driver_sql(FUNCTION)
    connection.exec_driver_sql(
        f"CREATE TRIGGER {table.name}_fixed BEFORE UPDATE OR DELETE ON {table.name} "
        "FOR EACH ROW EXECUTE FUNCTION published_convention_is_fixed()"
    )


for _name in FIXED:
    event.listen(Base.metadata.tables[_name], "after_create", _fix)
