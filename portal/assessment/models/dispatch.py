"""The reports on dispatch, frozen with their months."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base


class DispatchReport(Base):
    """A month's report as it is served for ever; ``digest`` is the SHA-256 of the file, sealed in
    the ledger as ``entry_id``."""

    __tablename__ = "assessment_dispatch"

    month: Mapped[str] = mapped_column(String(8), primary_key=True)
    frozen_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))
    entry_id: Mapped[UUID]
    table_csv: Mapped[str] = mapped_column(Text)


WHY = "a frozen report never changes"


def fixing_statements(dialect: str) -> list[str]:
    """The triggers that refuse to change what was frozen; the migration runs the same."""
    table = DispatchReport.__tablename__
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_fixed_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION frozen_dispatch_is_fixed() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN RAISE EXCEPTION '{WHY}'; END $$",
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION frozen_dispatch_is_fixed()",
    ]


@event.listens_for(DispatchReport.__table__, "after_create")
def fix_report(_table: object, connection: Connection, **_options: object) -> None:
    """Install the triggers with the table."""
    for statement in fixing_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
