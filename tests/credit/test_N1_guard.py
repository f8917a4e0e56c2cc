"""N1: nothing negative may come from a report, complaint, low rating or appeal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, func, select, text, update
from sqlalchemy.orm import Session

from credit.models import ProtectedMark
from credit.queries.guard import units_held
from credit.rules.guard import (
    COUNTS_FOR,
    Edge,
    Lines,
    Mark,
    ProtectedAct,
    Route,
    counts,
    lasts,
    route_of,
)
from credit.rules.process import longest_matter, settings_from
from credit.service import Deed, judge, let_marks_run_out, mark_protected_act, mark_protected_acts
from credit.service.guard import forget_marks
from portal.accounts.models import Person
from portal.accounts.service import NewPerson, add_person, erase_person
from portal.accounts.service.people import put_phone
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from portal.organisations.models import Organisation
from portal.organisations.rules import OrganisationKind
from tests.make.accounts import a_phone, staff
from tests.make.areas import small_tree
from tests.make.credit import DISTRICT, NOW, adult
from tests.make.organisations import unit

SECOND = timedelta(seconds=1)
CASE = "case:7K3M9-QX2HD"
STREET = "370283001"


@dataclass(frozen=True)
class Scene:
    """A resident with a phone, a unit with one above and one below it, and who proposes for it."""

    subject: UUID
    phone: str
    proposer: UUID
    above: UUID
    unit: UUID
    below: UUID
    other: UUID


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.write() as session:
        person, phone = adult(session), a_phone()
        put_phone(session, person, phone)
        above = unit(session, "U-ABOVE")
        mine = unit(session, "U-MINE", parent=above)
        below = unit(session, "U-BELOW", parent=mine)
        other = unit(session, "U-OTHER", parent=above)
        who = staff(session, "handling_unit", organisation=mine)
        return Scene(person.id, phone, who.id, above.id, mine.id, below.id, other.id)


def mark(session: Session, scene: Scene, act: ProtectedAct, **changes: Any) -> None:
    wish = {
        "district": DISTRICT, "person_id": scene.subject, "phone": None, "act": act,
        "source": CASE, "unit_ids": (), "at": NOW, **changes,
    }  # fmt: skip
    mark_protected_act(session, **wish)


def route(session: Session, scene: Scene, **changes: Any) -> Route:
    wish = {
        "district": DISTRICT, "subject_person_id": scene.subject, "proposer_id": scene.proposer,
        "unit_id": scene.unit, "sources": [changes.pop("source", "case:OTHER")],
        "at": NOW + SECOND, **changes,
    }  # fmt: skip
    return judge(session, **wish)


@pytest.mark.parametrize("act", list(ProtectedAct))
def test_N1_a_deduction_about_the_reporter_of_its_own_source_never_takes_effect(
    database: Database, scene: Scene, act: ProtectedAct
) -> None:
    with database.write() as session:
        mark(session, scene, act)
        assert route(session, scene, source=CASE) is Route.NEVER
        assert route(session, scene) is Route.ORDINARY
        years = NOW + timedelta(days=3650)
        assert route(session, scene, source=CASE, at=years) is Route.NEVER
        # somebody else who did the deed with her is somebody else
        assert route(session, scene, source=CASE, subject_person_id=adult(session).id) is (
            Route.ORDINARY
        )


@pytest.mark.parametrize("act", [ProtectedAct.COMPLAINT, ProtectedAct.LOW_RATING])
def test_N1_a_unit_complained_of_or_rated_low_goes_to_an_outside_reviewer_for_180_days(
    database: Database, scene: Scene, act: ProtectedAct
) -> None:
    with database.write() as session:
        mark(session, scene, act, unit_ids=[scene.unit])
        for at, expected in (
            (NOW - SECOND, Route.ORDINARY),
            (NOW, Route.OUTSIDE),
            (NOW + COUNTS_FOR - SECOND, Route.OUTSIDE),
            (NOW + COUNTS_FOR, Route.ORDINARY),
        ):
            assert route(session, scene, at=at) is expected, at


def test_N1_the_180_days_count_from_the_moment_on_and_end_before_the_last() -> None:
    deed = Mark(b"source", b"unit", NOW)
    assert timedelta(days=180) == COUNTS_FOR
    assert counts(deed, NOW)
    assert counts(deed, NOW + COUNTS_FOR - timedelta(microseconds=1))
    assert not counts(deed, NOW + COUNTS_FOR)
    assert not counts(deed, NOW - timedelta(microseconds=1))


def test_N1_never_goes_before_outside(database: Database, scene: Scene) -> None:
    with database.write() as session:
        mark(session, scene, ProtectedAct.LOW_RATING, unit_ids=[scene.unit])
        assert route(session, scene, source=CASE) is Route.NEVER
    both = [Mark(b"a", b"u", NOW), Mark(b"b", None, NOW)]
    for marks in (both, both[::-1]):
        assert route_of(marks, frozenset({b"b"}), frozenset({b"u"}), NOW) is Route.NEVER


@pytest.mark.parametrize("named", ["above", "unit", "below"])
def test_N1_units_above_and_below_are_bound_too(
    database: Database, scene: Scene, named: str
) -> None:
    with database.write() as session:
        mark(session, scene, ProtectedAct.COMPLAINT, unit_ids=[getattr(scene, named)])
        assert route(session, scene) is Route.OUTSIDE
        # the proposer's own unit counts where the proposal names none, or another one
        assert route(session, scene, unit_id=None) is Route.OUTSIDE
        stranger = staff(session, "handling_unit", organisation=scene.other)
        expected = Route.OUTSIDE if named == "above" else Route.ORDINARY
        assert route(session, scene, proposer_id=stranger.id, unit_id=scene.other) is expected


def test_N1_the_successor_of_a_unit_inherits_what_was_said_of_it(
    database: Database, scene: Scene
) -> None:
    with database.write() as session:
        heir = unit(session, "U-HEIR")
        session.flush()
        old = session.get_one(Organisation, scene.below)
        old.valid_to, old.successor_id = date(2026, 11, 1), heir.id
        mark(session, scene, ProtectedAct.COMPLAINT, unit_ids=[scene.below])
        stranger = staff(session, "handling_unit", organisation=heir)
        assert route(session, scene, proposer_id=stranger.id, unit_id=heir.id) is Route.OUTSIDE
        # a chain of successors and a unit above one of them lead there too
        assert route(session, scene) is Route.OUTSIDE


def test_N1_whoever_changed_her_unit_takes_what_was_said_of_it_along(
    database: Database, scene: Scene
) -> None:
    with database.write() as session:
        mover = staff(session, "handling_unit", organisation=scene.other)
        session.execute(
            text("UPDATE role_holding SET ended_at = :at, valid_to = :at WHERE person_id = :who"),
            {"at": NOW if not database.is_sqlite else NOW.isoformat(sep=" ")[:19] + ".000000",
             "who": mover.id if not database.is_sqlite else mover.id.hex},
        )  # fmt: skip
        mark(session, scene, ProtectedAct.COMPLAINT, unit_ids=[scene.other])
        elsewhere = unit(session, "U-ELSEWHERE")
        wish = {"proposer_id": mover.id, "unit_id": elsewhere.id}
        soon = NOW + timedelta(days=30)
        assert route(session, scene, at=soon, **wish) is Route.OUTSIDE


def test_N1_the_office_of_a_place_stands_behind_whoever_holds_a_role_there(
    database: Database, scene: Scene
) -> None:
    with database.write() as session:
        street = small_tree(session)[STREET]
        office = unit(session, "U-STREET", kind=OrganisationKind.STREET_OFFICE, area=street)
        clerk = staff(session, "street_desk", area=street)
        mark(session, scene, ProtectedAct.COMPLAINT, unit_ids=[office.id])
        assert route(session, scene, proposer_id=clerk.id, unit_id=None) is Route.OUTSIDE


def test_N1_where_a_place_has_no_office_the_next_above_that_has_one_stands_for_it(
    database: Database, scene: Scene
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        office = unit(
            session, "U-STREET", kind=OrganisationKind.STREET_OFFICE, area=tree[STREET]
        )  # fmt: skip
        inside = staff(session, "street_desk", area=tree[f"{STREET}001"])
        elsewhere = staff(session, "street_desk", area=tree["370283002"])
        mark(session, scene, ProtectedAct.COMPLAINT, unit_ids=[office.id])
        wish: dict[str, Any] = {"unit_id": None}
        assert route(session, scene, proposer_id=inside.id, **wish) is Route.OUTSIDE
        assert route(session, scene, proposer_id=elsewhere.id, **wish) is Route.ORDINARY
        # an office of its own goes before
        own = unit(
            session, "U-OWN", kind=OrganisationKind.COMMITTEE, area=tree[f"{STREET}001"]
        )  # fmt: skip
        assert route(session, scene, proposer_id=inside.id, **wish) is Route.ORDINARY
        assert units_held(session, inside.id, NOW + SECOND) == {own.id}


def test_N1_where_no_place_above_has_an_office_the_place_itself_is_bound(
    database: Database, scene: Scene
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        clerk = staff(session, "street_desk", area=tree[STREET])
        other = staff(session, "street_desk", area=tree["370283002"])
        held = units_held(session, clerk.id, NOW + SECOND)
        assert held == {tree[STREET].id}
        mark(session, scene, ProtectedAct.APPEAL, unit_ids=held)
        assert route(session, scene, proposer_id=clerk.id, unit_id=None) is Route.OUTSIDE
        assert route(session, scene, proposer_id=other.id, unit_id=None) is Route.ORDINARY


def test_N1_who_reported_by_telephone_alone_is_known_by_her_telephone(
    database: Database, scene: Scene
) -> None:
    with database.write() as session:
        spaced = f"{scene.phone[3:6]} {scene.phone[6:10]} {scene.phone[10:]}"
        mark(session, scene, ProtectedAct.REPORT, person_id=None, phone=spaced)
        assert route(session, scene, source=CASE) is Route.NEVER
        assert route(session, scene, source=CASE, subject_person_id=adult(session).id) is (
            Route.ORDINARY
        )


def test_N1_an_account_made_anew_with_the_same_telephone_is_the_same_person(
    database: Database, scene: Scene
) -> None:
    with database.write() as session:
        mark(session, scene, ProtectedAct.REPORT)
        erase_person(session, None, scene.subject, now=NOW)
        again = add_person(session, NewPerson(phone=scene.phone), now=NOW)
        assert route(session, scene, source=CASE, subject_person_id=again.id) is Route.NEVER


def test_N1_who_complained_in_one_district_is_protected_in_all(
    database: Database, scene: Scene
) -> None:
    with database.write() as session:
        mark(session, scene, ProtectedAct.COMPLAINT, unit_ids=[scene.unit], district="370202")
        assert route(session, scene) is Route.OUTSIDE


def test_N1_many_marks_of_a_file_are_left_at_once(database: Database, scene: Scene) -> None:
    deed = Deed(DISTRICT, None, scene.phone, ProtectedAct.REPORT, CASE, (), NOW)
    nobody = replace(deed, phone=None)
    wrong = replace(deed, phone="12")
    with database.write() as session, counted(session) as statements:
        mark_protected_acts(session, [deed, nobody, wrong, replace(deed, source="case:B")])
        assert len(statements) == 1
        assert route(session, scene, source=CASE) is Route.NEVER
        assert session.scalar(select(func.count()).select_from(ProtectedMark)) == 2
        statements.clear()
        mark_protected_acts(session, [nobody])
        assert statements == []


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Every statement of a session's connection."""
    found: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", note)


def test_N1_every_answer_takes_the_same_queries(database: Database, scene: Scene) -> None:
    """The guard is no oracle: not by what it asks the database, whatever it answers."""
    asked: dict[str, list[list[str]]] = {}
    with database.write() as session:
        mark(session, scene, ProtectedAct.COMPLAINT, unit_ids=[scene.unit])
        without = adult(session)
        without.sealed_phone = without.phone_hash = None
        session.flush()
        for wish in (
            {"source": CASE},
            {},
            {"at": NOW + COUNTS_FOR},
            {"subject_person_id": None},
            {"subject_person_id": without.id},
            {"unit_id": None},
            {"proposer_id": without.id},
        ):
            with counted(session) as statements:
                found = route(session, scene, **wish)
            asked.setdefault(found, []).append(statements)
    assert set(asked) == set(Route)
    [first, *rest] = [statements for answers in asked.values() for statements in answers]
    assert len(first) == 5
    assert all(statements == first for statements in rest)


def test_N1_nothing_in_a_mark_can_be_read_or_joined(database: Database, scene: Scene) -> None:
    with database.write() as session:
        other = adult(session)
        mark(session, scene, ProtectedAct.COMPLAINT, unit_ids=[scene.unit])
        mark(session, scene, ProtectedAct.ME_TOO, person_id=other.id, unit_ids=[scene.unit])
        rows = session.execute(text("SELECT * FROM credit_protected_mark")).all()
        columns = [
            {bytes(value) for row in rows if (value := row._mapping[name]) is not None}
            for name in ("who", "source_hash", "unit_hash")
        ]
        # two identities each, and no hash of source or unit is shared between any two of them
        assert [len(column) for column in columns] == [4, 4, 4]
        dump = repr(rows)
        for secret in (scene.phone, scene.subject, scene.subject.hex, scene.unit, scene.unit.hex):
            assert str(secret) not in dump
        assert CASE not in dump
        assert CASE[5:] not in dump


def test_N1_a_mark_outlives_the_identity_by_180_days_and_the_rating_window(
    database: Database, scene: Scene
) -> None:
    assert lasts({}) >= timedelta(days=180 + 14)
    assert lasts({"rating_window_days": 60}) == timedelta(days=240)
    kept = lasts({})
    with database.write() as session:
        mark(session, scene, ProtectedAct.REPORT)
        mark(session, scene, ProtectedAct.REPORT, source="case:OPEN")
        wish: dict[str, Any] = {"person_id": scene.subject, "phone_hash": None, "sources": [CASE]}
        let_marks_run_out(session, **wish, now=NOW)
        # told again later, it does not stay longer
        let_marks_run_out(session, **wish, now=NOW + kept / 2)
    for at, left in ((NOW + kept - SECOND, 4), (NOW + kept, 2), (NOW + 40 * kept, 2)):
        with database.write() as session:
            forget_marks(session, at)
            assert session.scalar(select(func.count()).select_from(ProtectedMark)) == left
            same = route(session, scene, source="case:OPEN", at=at)
            assert same is Route.NEVER
            gone = route(session, scene, source=CASE, at=at)
            assert gone is (Route.NEVER if left == 4 else Route.ORDINARY)


def test_N1_marks_of_appeals_stay_as_long_as_the_matter_and_by_its_telephone_as_its_longest(
    database: Database, scene: Scene
) -> None:
    """The telephone may be another when the matter is forgotten; the account is the same."""
    matter = "matter:7K3M9-QX2HD"
    longest = longest_matter(settings_from({})) + lasts({})
    assert longest > timedelta(days=15 + 165 + 90 + 30 + 200)
    with database.write() as session:
        mark(session, scene, ProtectedAct.APPEAL, source=matter, unit_ids=[scene.unit])
        put_phone(session, session.get_one(Person, scene.subject), a_phone())
        assert forget_marks(session, NOW + longest - SECOND) == 0
        assert forget_marks(session, NOW + longest) == 1
        assert route(session, scene, source=matter, at=NOW + 5 * longest) is Route.NEVER
        gone = NOW + 5 * longest
        let_marks_run_out(
            session, person_id=scene.subject, phone_hash=None, sources=[matter], now=gone
        )
        assert forget_marks(session, gone + lasts({}) - SECOND) == 0
        assert forget_marks(session, gone + lasts({})) == 1


def test_N1_marks_of_appeals_from_before_do_not_outlive_their_matter_longer_than_others(
    database: Database, scene: Scene
) -> None:
    with database.write() as session:
        mark(session, scene, ProtectedAct.APPEAL)
        session.execute(update(ProtectedMark).values(until=NOW + timedelta(days=1096)))
        wish: dict[str, Any] = {"person_id": scene.subject, "phone_hash": None, "sources": [CASE]}
        let_marks_run_out(session, **wish, now=NOW)
        assert forget_marks(session, NOW + lasts({})) == 2


def test_N1_lines_of_units_end_even_where_they_turn_in_a_circle() -> None:
    a, b, c, d = (new_id() for _ in range(4))
    lines = Lines([Edge(a, b, None), Edge(b, a, c), Edge(c, None, b), Edge(d, None, None)])
    assert lines.of([a]) == {a, b, c}
    assert lines.of([d]) == {d}
    assert lines.of([]) == frozenset()
