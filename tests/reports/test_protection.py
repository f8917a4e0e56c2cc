"""N1: what people do with reports leaves marks with the ledger, by whichever channel they came."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.models import ProtectedMark
from credit.rules.guard import Route, lasts
from credit.service import judge
from portal.accounts.rules import NOBODY
from portal.accounts.service import erase_person, export_person, forget_in_time
from portal.accounts.service.people import put_phone
from portal.kernel.clock import now as clock_now
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.ids import new_id
from portal.kernel.uploads import KeptPhotos
from portal.reports.models import Case, CaseReporter
from portal.reports.queries.case import CaseReporterRow, reporters_of
from portal.reports.rules.codes import Relation, Review, State
from portal.reports.rules.intake import Contact
from portal.reports.rules.layouts import Says
from portal.reports.rules.reasons import Reason
from portal.reports.rules.routing import CaseKey
from portal.reports.service.attributes import set_attributes
from portal.reports.service.exchange.maps import load_map
from portal.reports.service.joining import join_case
from portal.reports.service.merging import merge_case, split_case
from portal.reports.service.objections import object_to_decision
from portal.reports.service.parts import NewPart, split_off
from portal.reports.service.protection import protect_all
from portal.reports.service.rating import Verdict, rate_outcome
from portal.reports.service.reporter import add_reporter_photo
from portal.reports.service.voices import say_still_there
from portal.satisfaction.rules import Answers, Level
from tests.make import accounts, reports
from tests.make.intake import filed, ready
from tests.make.neighbours import joiner
from tests.make.orders import TASKS, check_and_import, city, csv_file, handed, task
from tests.make.organisations import unit
from tests.make.ratings import DISSATISFIED, HAPPY, UNSOLVED, ratings_on
from tests.make.reports import NOW
from tests.make.rows import case_row

LATER = NOW + timedelta(hours=8)
SECOND = timedelta(seconds=1)
PHONE = "+8613800001276"
STREET, COMMUNITY = "370283001", "370283001001"


class Town:
    """The small Pingdu, a unit, and a resident with the phone."""

    def __init__(self, session: Session, database: Database) -> None:
        self.unit, self.other = unit(session, "U-ONE"), unit(session, "U-TWO")
        self.me = accounts.person(session, phone=PHONE)
        session.flush()

    def route(
        self,
        session: Session,
        number: str,
        *,
        at: datetime = LATER,
        by: UUID | None = None,
        subject: UUID | None = None,
    ) -> Route:
        """What a proposal about the resident would come to."""
        return judge(
            session, district="370283", subject_person_id=subject or self.me.id,
            proposer_id=new_id(), unit_id=by, sources=[f"case:{number}"], at=at,
        )  # fmt: skip


@pytest.fixture
def tree(database: Database) -> Any:
    return ready(database)


@pytest.fixture
def town(database: Database, tree: Any) -> Town:
    with database.write() as session:
        return Town(session, database)


def marks(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ProtectedMark)) or 0


def closed(session: Session, tree: Any, town: Town, **who: Any) -> Case:
    ratings_on(session, tree["370283"])
    made = reports.case(session, tree[COMMUNITY], state=State.CLOSED, unit=town.unit, **who)
    made.listed = True
    session.flush()
    return made


def first(session: Session, made: Case) -> CaseReporterRow:
    return reporters_of(session, case_row(session, made.number))[0]


@pytest.mark.parametrize("by", ["account", "phone", "nobody"])
def test_N1_filing_marks_the_reporter_whom_we_know(database: Database, town: Town, by: str) -> None:
    with database.read() as session:
        actor = accounts.actor(session, town.me) if by == "account" else NOBODY
    contact = {"account": Contact.ACCOUNT, "phone": Contact.PHONE, "nobody": Contact.NONE}[by]
    number = filed(database, actor, contact=contact, phone=PHONE if by == "phone" else "").number
    at = clock_now() + SECOND
    with database.read() as session:
        expected = Route.ORDINARY if by == "nobody" else Route.NEVER
        assert town.route(session, number, at=at) is expected
        assert town.route(session, "OTHER", at=at) is Route.ORDINARY
        assert (marks(session) > 0) is (by != "nobody")


def test_N1_standing_behind_a_report_of_others_marks_too(
    database: Database, tree: Any, town: Town
) -> None:
    with database.write() as session:
        made = reports.listed(session, tree)
        actor = accounts.actor(session, town.me)
        join_case(session, case_row(session, made.number), joiner(actor=actor), now=NOW)
        assert town.route(session, made.number) is Route.NEVER


@pytest.mark.parametrize(
    ("said", "low"),
    [
        (HAPPY, False),
        (UNSOLVED, True),
        (DISSATISFIED, True),
        (Answers(solved=True, result=Level(1), service=Level(4)), True),
        (Answers(solved=True, result=Level(3), service=Level(3)), False),
    ],
)
def test_N1_a_low_rating_names_the_unit_that_was_rated(
    database: Database, tree: Any, town: Town, said: Answers, low: bool
) -> None:
    with database.write() as session:
        made = closed(session, tree, town, reporter=town.me)
        row = case_row(session, made.number)
        rate_outcome(session, row, first(session, made), Verdict(said), now=LATER)
        expected = Route.OUTSIDE if low else Route.ORDINARY
        assert town.route(session, "OTHER", by=town.unit.id, at=LATER) is expected
        assert town.route(session, "OTHER", by=town.other.id, at=LATER) is Route.ORDINARY


def test_N1_saying_that_it_is_still_there_names_the_unit(
    database: Database, tree: Any, town: Town
) -> None:
    with database.write() as session:
        made = closed(session, tree, town)
        made.closed_at = LATER
        row = reports.reporter(session, made, phone=PHONE, relation=Relation.ME_TOO)
        row.created_at = NOW
        session.flush()
        case = case_row(session, made.number)
        me = next(one for one in reporters_of(session, case) if one.id == row.id)
        say_still_there(session, case, me, now=LATER + timedelta(hours=1))
        at = LATER + timedelta(hours=2)
        assert town.route(session, "OTHER", by=town.unit.id, at=at) is Route.OUTSIDE


def test_N1_a_complaint_names_the_unit_complained_of_whoever_notes_it(
    database: Database, tree: Any, town: Town
) -> None:
    with database.write() as session:
        made = reports.case(session, tree[COMMUNITY], reporter=town.me)
        row, known = case_row(session, made.number), {CaseKey.UNIT_COMPLAINED_OF: "U-TWO"}
        assert town.route(session, "OTHER", by=town.other.id) is Route.ORDINARY
        set_attributes(session, row, known, actor=reports.desk(), now=NOW)
        assert town.route(session, "OTHER", by=town.other.id) is Route.OUTSIDE
        # whoever joins a complaint complains too
        made.listed = True
        session.flush()
        other = accounts.person(session)
        actor = accounts.actor(session, other)
        join_case(session, case_row(session, made.number), joiner(actor=actor), now=NOW)
        found = town.route(session, "OTHER", by=town.other.id, subject=other.id)
        assert found is Route.OUTSIDE


def test_N1_additions_and_objections_are_marked(database: Database, tree: Any, town: Town) -> None:
    with database.write() as session:
        made = reports.case(session, tree[COMMUNITY], reporter=town.me, words=None)
        reports.text(session, made, "原话", review=Review.WITHHELD)
        row = case_row(session, made.number)
        assert town.route(session, made.number) is Route.ORDINARY
        object_to_decision(session, row, first(session, made), "请公开", now=NOW)
        assert town.route(session, made.number) is Route.NEVER
        photographed = reports.case(session, tree[COMMUNITY], reporter=town.me)
        add_reporter_photo(
            session, case_row(session, photographed.number), KeptPhotos(), now=NOW,
            reporter=first(session, photographed),
        )  # fmt: skip
        assert town.route(session, photographed.number) is Route.NEVER


def test_N1_a_matter_keeps_its_reporters_under_every_number(
    database: Database, tree: Any, town: Town
) -> None:
    desk = reports.desk()
    with database.write() as session:
        a = reports.case(session, tree[COMMUNITY], reporter=town.me, state=State.FILED)
        b = reports.case(session, tree[COMMUNITY], state=State.FILED)
        into: dict[str, Any] = {"actor": desk, "now": NOW, "number": b.number}
        merge_case(session, case_row(session, a.number), **into)
        assert town.route(session, b.number) is Route.NEVER
        part = NewPart("litter", town.unit.id, "清理垃圾")
        whole = case_row(session, b.number)
        [made] = split_off(session, whole, [part], actor=desk, now=NOW)
        assert town.route(session, made.number) is Route.NEVER


def test_N1_a_hotlines_file_marks_whoever_called(database: Database, tmp_path: Path) -> None:
    city(database)
    with database.write() as session:
        me = accounts.person(session, phone=PHONE)
    layout = load_map(TASKS)
    own = replace(layout, columns={**layout.columns, "phone": Says.PHONE})
    rows = [task(phone="138 0000 1276"), task(taskid="T2", phone="")]
    file = replace(handed(csv_file(tmp_path / "a.csv", rows), TASKS), layout=own)
    check_and_import(database, file, partial=False, at=clock_now())
    with database.read() as session:
        numbers = session.scalars(select(Case.number)).all()
        found = {
            judge(
                session, district="370283", subject_person_id=me.id, proposer_id=new_id(),
                unit_id=None, sources=[f"case:{number}"], at=clock_now(),
            ): number
            for number in numbers
        }  # fmt: skip
        assert len(numbers) == 2
        known = session.scalar(select(CaseReporter.case_id))
        assert session.scalar(select(Case.number).where(Case.id == known)) == found[Route.NEVER]
        assert marks(session) == 1


def test_N1_marks_outlive_the_identity_and_then_go(
    database: Database, tree: Any, town: Town
) -> None:
    with database.write() as session:
        made = reports.case(session, tree[COMMUNITY], phone=PHONE, state=State.CLOSED)
        row = case_row(session, made.number)
        protect_all(session, row, now=NOW)
        assert marks(session) == 1
    gone = NOW + timedelta(days=370)
    forget_in_time(database, now=gone)
    with database.read() as session:
        assert session.scalars(select(CaseReporter.phone_hash)).all() == [None]
        assert session.scalars(select(ProtectedMark.until)).all() == [gone + lasts({})]
        assert town.route(session, made.number, at=gone) is Route.NEVER
    forget_in_time(database, now=gone + lasts({}) - SECOND)
    with database.read() as session:
        assert marks(session) == 1
    forget_in_time(database, now=gone + lasts({}))
    with database.read() as session:
        assert marks(session) == 0


def test_N1_an_erased_reporter_stays_protected_for_her_time(
    database: Database, tree: Any, town: Town
) -> None:
    with database.write() as session:
        made = closed(session, tree, town, reporter=town.me)
        row = case_row(session, made.number)
        rate_outcome(session, row, first(session, made), Verdict(UNSOLVED), now=LATER)
        told = export_person(session, town.me.id, now=LATER)["records"]["credit_protected_mark"]
        assert {row["act"] for row in told} == {"low_rating", "reopening"}
        erase_person(session, None, town.me.id, now=LATER)
    with database.write() as session:
        assert set(session.scalars(select(ProtectedMark.until))) == {LATER + lasts({})}
        again = accounts.person(session, phone=PHONE)
        put_phone(session, again, PHONE)
        session.flush()
        found = town.route(session, "OTHER", by=town.unit.id, at=LATER, subject=again.id)
        assert found is Route.OUTSIDE


def test_N1_a_refused_deed_leaves_no_mark(database: Database, tree: Any, town: Town) -> None:
    late = LATER + timedelta(days=400)

    def rate() -> None:
        with database.write() as session:
            made = closed(session, tree, town, reporter=town.me)
            row = case_row(session, made.number)
            rate_outcome(session, row, first(session, made), Verdict(UNSOLVED), now=late)

    with pytest.raises(Refused):
        rate()
    with database.read() as session:
        assert marks(session) == 0


def test_N1_parted_again_the_marks_of_both_numbers_run_out_together(
    database: Database, tree: Any, town: Town
) -> None:
    desk = reports.desk()
    with database.write() as session:
        a = reports.case(session, tree[COMMUNITY], phone=PHONE, state=State.FILED)
        b = reports.case(session, tree[COMMUNITY], state=State.FILED)
        merge_case(session, case_row(session, a.number), actor=desk, now=NOW, number=b.number)
        why: dict[str, Any] = {"actor": desk, "now": NOW, "reason": Reason.ANOTHER_SPOT}
        split_case(session, case_row(session, a.number), **why)
        assert marks(session) == 1
        erase_person(session, None, town.me.id, now=LATER)
        assert set(session.scalars(select(ProtectedMark.until))) == {LATER + lasts({})}
