"""Cases as services take them, read afresh: with a session at hand, or without."""

from sqlalchemy.orm import Session

from portal.kernel.db import Database
from portal.reports.queries.case import CaseRow, case_by_number, events_of
from portal.reports.rules.codes import Event


def case_row(session: Session, number: str) -> CaseRow:
    """The case with a number, which is there."""
    found = case_by_number(session, number)
    assert found is not None
    return found


def case_now(database: Database, number: str) -> CaseRow:
    """The same, as it stands at this moment."""
    with database.read() as session:
        return case_row(session, number)


class ReadsCases:
    """What has a database can be asked for its cases."""

    database: Database

    def row(self, number: str) -> CaseRow:
        return case_now(self.database, number)

    def events(self, number: str) -> list[Event]:
        with self.database.read() as session:
            return [event.event for event in events_of(session, case_row(session, number))]
