"""L15: the person sees who looked at her ledger."""

from sqlalchemy import select

from credit.service.looks import LOOK, note_look
from portal.accounts.queries import looks_at
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from tests.make.accounts import person
from tests.make.credit import NOW


def test_L15_a_look_of_staff_is_written_down_with_who_and_why(database: Database) -> None:
    with database.write() as session:
        staff, resident = person(session), person(session)
        session.flush()
        note_look(
            session, actor_id=staff.id, subject_person_id=resident.id, why="Objection", now=NOW
        )
        (line,) = looks_at(session, resident.id, None, LOOK)
        assert (line.at, line.reason, line.actor_number) == (NOW, "Objection", staff.number)
        assert line.subject == f"person:{resident.number}"
        assert looks_at(session, resident.id, None, "people:look") == []
        assert looks_at(session, staff.id, None, LOOK) == []


def test_L15_ones_own_look_is_no_news(database: Database) -> None:
    with database.write() as session:
        resident = person(session)
        session.flush()
        note_look(session, actor_id=resident.id, subject_person_id=resident.id, why="", now=NOW)
        assert session.scalars(select(AuditEntry.id)).all() == []
