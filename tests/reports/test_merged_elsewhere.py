"""What other parts of reports make of a merged case: clocks, supervision, retention, decisions."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.rules import NOBODY
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from portal.reports.models import Case, CaseReporter, CaseText, ModerationEntry, SupervisionListing
from portal.reports.queries.case import reporters_of
from portal.reports.queries.supervision import public_board
from portal.reports.rules.codes import Event, Relation, Review, State, TextKind
from portal.reports.rules.reasons import Reason
from portal.reports.rules.supervision import Ending
from portal.reports.rules.transitions import Refusal
from portal.reports.service.clockwork import suspend_case
from portal.reports.service.joining import Joiner, join_case
from portal.reports.service.merging import merge_case
from portal.reports.service.moderation import about_text, moderate_case
from portal.reports.service.personal import ReportsOfAPerson
from portal.reports.service.retention import remove_identities
from portal.reports.service.supervision import delist, escalate, list_case
from tests.make import accounts, neighbours, reports
from tests.make.reports import NOW
from tests.make.rows import case_row

LATER = NOW + timedelta(hours=8)
DESK = reports.desk()
FAR = NOW + timedelta(days=1200)


def test_a_case_whose_clock_stands_still_is_not_merged_before_it_goes_on(
    database: Database,
) -> None:
    with database.write() as session:
        into = neighbours.listed(session).number
        number = neighbours.listed(session, state=State.ACCEPTED).number
        case = case_row(session, number)
        until = (NOW + timedelta(days=30)).date()
        suspend_case(
            session, case, actor=DESK, now=NOW, reason=Reason.SEASON, words=None, until=until
        )
    with database.write() as session, pytest.raises(Refused) as error:
        merge_case(session, case_row(session, number), actor=DESK, now=LATER, number=into)
    assert error.value.code is Refusal.PAUSED


def test_the_listing_of_a_merged_case_ends_like_that_of_any_case_that_ended_otherwise(
    database: Database,
) -> None:
    with database.write() as session:
        into = neighbours.listed(session).number
        case = case_row(session, neighbours.listed(session).number)
        boss = reports.supervisor()
        listing = list_case(session, case, actor=boss, now=NOW, reason="多次催办")
    with database.write() as session:
        case = case_row(session, case.number)
        merge_case(session, case, actor=DESK, now=LATER, number=into)
    with database.write() as session:
        assert public_board(session, FAR).rows == []
        assert escalate(session, FAR) == 0
        delist(session, listing, actor=boss, now=LATER, finding="已并入另一事项")
    with database.read() as session:
        assert session.scalars(select(SupervisionListing.ending)).all() == [Ending.ENDED]


def test_identities_of_a_merged_case_stay_while_the_other_is_open_and_go_with_its_end(
    database: Database,
) -> None:
    with database.write() as session:
        into = neighbours.listed(session, words="甲的话").number
        case = case_row(session, neighbours.listed(session, words="乙的话").number)
        case_text = select(CaseText).where(CaseText.case_id == case.id)
        session.scalars(case_text).one().review = Review.WITHHELD
        reports.reporter(session, session.get_one(Case, (case.district, case.id)))
        merge_case(session, case, actor=DESK, now=LATER, number=into)
    with database.write() as session:
        assert remove_identities(session, FAR) == 0
        reports.walk(
            session,
            session.scalars(select(Case).where(Case.number == into)).one(),
            (Event.VOID,),
            at=LATER,
        )
    with database.write() as session:
        assert remove_identities(session, FAR) >= 1
        assert remove_identities(session, FAR) == 0
    with database.read() as session:
        assert all(session.scalars(select(CaseReporter.erased_at)))
        assert session.scalars(select(CaseText.text).where(CaseText.case_id == case.id)).one() == ""


def test_a_decision_on_a_neighbours_words_is_told_and_handed_out_to_her_alone(
    database: Database,
) -> None:
    with database.write() as session:
        first = accounts.person(session, "王小明", "+8613800001231").id
        me = accounts.person(session, "李小红", "+8613800001232").id
        made = neighbours.listed(session, reporter=session.get_one(accounts.Person, first))
        hers = _addition(session, made.number, me)
    with database.write() as session:
        case = case_row(session, made.number)
        shown = [about_text(hers, show=True, public_text="还在")]
        moderate_case(session, case, shown, actor=DESK, now=LATER)
    with database.read() as session:
        sent = session.scalars(
            select(OutboxMessage).where(OutboxMessage.template == "report.masked")
        ).all()
        vault = instance_of(session).vault
        assert [vault.unseal(one.sealed_to) for one in sent] == ["+8613800001232"]
        assert "还在" not in str(ReportsOfAPerson().export(session, first))
        assert "还在" in str(ReportsOfAPerson().export(session, me))
    with database.write() as session:
        ReportsOfAPerson().erase(session, first, LATER)
    with database.read() as session:
        assert session.scalars(select(ModerationEntry.after)).all() == ["还在"]
    with database.write() as session:
        ReportsOfAPerson().erase(session, me, LATER)
    with database.read() as session:
        assert session.scalars(select(ModerationEntry.after)).all() == [None]


def _addition(session: neighbours.Session, number: str, person: object) -> object:
    """What somebody who joined added; its key."""
    case = case_row(session, number)
    joined = join_case(session, case, Joiner(NOBODY, "b", "x", "zh_Hans"), now=NOW)
    row = next(r for r in reporters_of(session, case) if r.relation is Relation.ME_TOO)
    assert row.id == joined.reporter.id
    stored = session.get_one(CaseReporter, (row.district, row.id))
    stored.person_id = person
    made = session.scalars(select(Case).where(Case.id == case.id)).one()
    words = reports.text(session, made, "张三家门口还在", kind=TextKind.ADDITION)
    words.reporter_id = row.id
    return words.id
