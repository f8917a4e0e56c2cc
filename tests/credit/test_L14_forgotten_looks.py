"""L12, L14: once details are erased the audit tells no more whose they were."""

from uuid import UUID

from flask import Flask
from sqlalchemy import select

from credit.service.looks import LOOK, note_look
from credit.service.personal import PART
from credit.service.process import repair
from credit.service.process.erasing import erase_details
from credit.service.redeeming import find_by_code, hand_out
from portal.accounts.labels import audit_line
from portal.accounts.queries import audit_entries
from portal.accounts.service import erase_part
from portal.kernel.audit import FORGOTTEN_PERSON, AuditEntry
from portal.kernel.db import Database
from tests.make.areas import small_tree
from tests.make.benefits import desk, offer, pick_up_code, redeemed, saver
from tests.make.credit import NOW
from tests.make.process import DAY, WINDOW_OVER, World, in_effect, world


def _lines(database: Database) -> list[AuditEntry]:
    with database.read() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.at, AuditEntry.id)))


def _told_of(database: Database, person_id: UUID, number: str) -> list[str]:
    """Actions of the lines that name both the person and the number."""
    return [
        line.action
        for line in _lines(database)
        if line.person_id == person_id and number in f"{line.subject} {line.reason}"
    ]


def _acts(database: Database) -> list[tuple[object, ...]]:
    return [(line.id, line.at, line.actor_id, line.action) for line in _lines(database)]


def _looked(made: World, why: str) -> None:
    who = made.reviewer.person_id
    assert who is not None
    made.do(note_look, actor_id=who, subject_person_id=made.subject.id, why=why, now=WINDOW_OVER)


def test_L12_whose_a_deduction_was_leaves_the_audit_with_its_details(database: Database) -> None:
    made = world(database)
    matter_id = in_effect(made)
    other = made.row(in_effect(made, source="case:2")).number
    number = made.row(matter_id).number
    _looked(made, number)
    _looked(made, other)
    made.do(repair, matter_id, amount=1, service="帮厨", actor=made.reviewer, now=WINDOW_OVER + DAY)
    assert len(_told_of(database, made.subject.id, number)) >= 3
    kept, before = len(_told_of(database, made.subject.id, other)), _acts(database)
    row = made.row(matter_id)
    with database.write() as session:
        erase_details(session, row, WINDOW_OVER + 2 * DAY)
    assert _told_of(database, made.subject.id, number) == []
    assert _acts(database) == before
    assert len(_told_of(database, made.subject.id, other)) == kept
    [gone] = [line for line in _lines(database) if line.subject == FORGOTTEN_PERSON]
    assert (gone.action, gone.person_id, gone.reason) == (LOOK, None, None)
    assert [line for line in _lines(database) if line.subject == f"matter:{number}"]


def test_L14_who_fetched_what_leaves_the_audit_with_the_ledger(
    database: Database, app: Flask
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        row, actor = offer(session, tree, stock=2), desk(session, tree)
        savers = [saver(session), saver(session)]
        numbers = [redeemed(session, who, row) for who in savers]
        for number in numbers:
            find_by_code(session, actor, pick_up_code(session, number), now=NOW)
            hand_out(session, actor, number, now=NOW)
    people = [who.person_id for who in savers if who.person_id is not None]
    assert len(people) == 2
    for person_id, number in zip(people, numbers, strict=True):
        assert sorted(_told_of(database, person_id, number)) == ["benefit:hand_out", LOOK]
    before = _acts(database)
    with database.write() as session:
        erase_part(session, savers[0], people[0], PART, now=NOW)
    assert _told_of(database, people[0], numbers[0]) == []
    assert len(_told_of(database, people[1], numbers[1])) == 2
    assert set(before) <= set(_acts(database))
    with app.test_request_context(), database.read() as session:
        [line] = [one for one in audit_entries(session, LOOK, None) if one.reason is None]
        assert "erased" not in audit_line(line).subject
