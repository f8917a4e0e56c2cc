"""Neighbours: near matters before filing, 我也遇到, and "it is still there"; on both engines."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.outbox import OutboxMessage
from portal.reports.models import Case, CaseReporter, CaseText, Category
from portal.reports.queries.case import reporters_of
from portal.reports.queries.neighbours import joined_count, matters_near
from portal.reports.rules.codes import Means, Precision, Review, State, Target
from portal.reports.rules.intake import Contact
from portal.reports.rules.neighbours import CLOSED_FOR, JoinRefusal
from portal.reports.rules.transitions import Refusal
from portal.reports.service.handling import close_case
from portal.reports.service.joining import add_to_case, join_case
from portal.reports.service.personal import ReportsOfAPerson
from portal.reports.service.rating import Verdict, rate_outcome
from portal.reports.service.reporter import withdraw_case
from portal.reports.service.search import index_case
from portal.reports.service.track import open_by_code
from portal.satisfaction.rules import Answers, Level
from tests.make import accounts, reports
from tests.make.areas import small_tree
from tests.make.intake import answers
from tests.make.neighbours import AREA, SPOT, STEP, join, joiner, listed, race
from tests.make.ratings import ratings_on
from tests.make.reports import NOW
from tests.make.rows import case_row


def _near(session: Session, **changes: Any) -> list[tuple[str, int | None]]:
    draft = answers(lon=SPOT[0], lat=SPOT[1], **changes)
    return [(one.case.number, one.metres) for one in matters_near(session, draft, NOW)]


def test_near_matters_of_the_same_kind_are_offered_the_nearest_first(database: Database) -> None:
    with database.write() as session:
        far, near = listed(session, 249), listed(session, 20)
        listed(session, 252)
        listed(session, 10, category_code="street_lamp")
        hidden = listed(session, 5)
        hidden.listed = False
        assert _near(session) == [(near.number, 20), (far.number, 249)]


def test_what_was_closed_is_offered_for_twelve_weeks(database: Database) -> None:
    with database.write() as session:
        edge = NOW - CLOSED_FOR
        kept = listed(session, 1, state=State.CLOSED, at=NOW - timedelta(days=3))
        over = listed(session, 2, state=State.CLOSED, at=NOW - timedelta(days=3))
        kept.closed_at, over.closed_at = edge + timedelta(seconds=1), edge
        listed(session, 3, state=State.VOID)
        assert _near(session) == [(kept.number, 1)]


def test_P5_a_matter_about_a_person_or_a_shop_is_never_offered_or_joined(
    database: Database,
) -> None:
    with database.write() as session:
        made = listed(session, 1)
        category = session.get_one(Category, "litter")
        category.target = Target.PERSON_OR_SHOP
        assert _near(session) == []
        number = made.number
    with pytest.raises(Refused) as refused:
        join(database, number)
    assert refused.value.code is JoinRefusal.PROTECTED


def test_P5_moving_ones_own_pin_about_tells_no_more_than_the_public_map(
    database: Database,
) -> None:
    """Of a kind that is public to the road, the middle of a square decides what is near."""
    with database.write() as session:
        reports.category(session, precision=Precision.ROAD)
        made = listed(session, 0)
        seen = set()
        for north in range(-240, 241, 40):
            made.lat = 36.781 + north * 0.1 * STEP
            session.flush()
            index_case(session, made)
            seen.add(tuple(_near(session)))
    assert len(seen) == 1
    assert seen != {()}


def test_without_a_point_the_community_is_looked_at_and_nothing_wider(database: Database) -> None:
    with database.write() as session:
        made = listed(session, 90)
        here = answers(area_code=AREA)
        assert [n.case.number for n in matters_near(session, here, NOW)] == [made.number]
        assert matters_near(session, replace(here, area_code=AREA[:9]), NOW) == []


def test_who_joins_is_told_like_everybody_with_a_link_and_a_rating_of_her_own(
    database: Database,
) -> None:
    """The receipt opens the matter, and at its closing each is asked by herself."""
    with database.write() as session:
        tree = small_tree(session)
        ratings_on(session, tree["370283"])
        made = reports.listed(session, tree, state=State.HANDLED, phone="13800001201")
        number = made.number
    phone = {"contact": Contact.PHONE, "phone": "138 0000 1202"}
    joined = join(database, number, at=NOW + timedelta(hours=5), **phone)
    later = NOW + timedelta(hours=9)
    with database.write() as session:
        opened = open_by_code(session, number, joined.lookup_code, address="x", now=later)
        assert opened == joined.reporter.id
        close_case(
            session,
            case_row(session, number),
            actor=reports.verifier(),
            now=later,
            means=Means.SERVICE,
        )
    with database.write() as session:
        asked = session.scalars(
            select(OutboxMessage.id).where(OutboxMessage.template == "report.rate")
        )
        assert len(asked.all()) == 2
        case = case_row(session, number)
        happy = Verdict(Answers(solved=True, result=Level(1), service=Level(1)))
        for one in reporters_of(session, case):
            assert rate_outcome(session, case, one, happy, now=later + timedelta(hours=1)) is False


def test_an_account_joins_once_and_its_own_report_not_at_all(database: Database) -> None:
    with database.write() as session:
        me = accounts.person(session, phone="13800001203")
        actor = Actor(me.id, "me")
        other, mine = listed(session), listed(session, reporter=me)
        numbers = other.number, mine.number
    join(database, numbers[0], actor=actor)
    for number in numbers:
        with pytest.raises(Refused) as refused:
            join(database, number, actor=actor, browser="another")
        assert refused.value.code is JoinRefusal.YOURS
    with database.read() as session:
        assert joined_count(session, case_row(session, numbers[0])) == 1


def test_N1_a_typed_telephone_is_compared_with_nothing_so_that_nobody_can_ask_who_reported(
    database: Database,
) -> None:
    with database.write() as session:
        number = listed(session, phone="+8613800001204").number
    typed = {"contact": Contact.PHONE, "phone": "13800001204"}
    for browser in ("one", "two"):
        assert join(database, number, browser=browser, **typed).number == number


def test_joining_does_not_touch_what_the_public_or_the_desk_could_notice(
    database: Database,
) -> None:
    with database.write() as session:
        number = listed(session).number
    with database.read() as session:
        before = case_row(session, number)
    join(database, number, at=NOW + timedelta(days=1))
    with database.read() as session:
        assert case_row(session, number) == before
        assert session.scalars(select(Case.updated_at)).one() == before.updated_at


def test_what_is_not_public_cannot_be_joined_nor_found_out(database: Database) -> None:
    with database.write() as session:
        made = listed(session)
        made.listed = False
    with pytest.raises(Missing):
        join(database, made.number)


def test_joins_from_one_address_are_slowed_down_like_reports(database: Database) -> None:
    with database.write() as session:
        number = listed(session).number
    for browser in range(30):
        join(database, number, browser=str(browser))
    with pytest.raises(Refused) as refused:
        join(database, number, browser="one more")
    assert refused.value.code == "intake.too_many"


def test_who_joined_cannot_withdraw_what_another_reported(database: Database) -> None:
    """Also where the matter came by a hotline, and she is the only one behind it."""
    with database.write() as session:
        made = reports.reported(session, small_tree(session)[AREA], listed=True)
        number = made.number
    joined = join(database, number)
    with database.write() as session, pytest.raises(Refused) as refused:
        withdraw_case(session, case_row(session, number), joined.reporter, now=NOW)
    assert refused.value.code is Refusal.NOT_ALONE


def test_additions_wait_for_the_check_and_belong_to_whoever_wrote_them(
    database: Database,
) -> None:
    with database.write() as session:
        number = listed(session).number
    joined = join(database, number)
    with database.write() as session:
        case = case_row(session, number)
        for publish, review in ((True, Review.PENDING), (False, Review.WITHHELD)):
            mine = answers(publish=publish, words=f"也看到了 {publish}")
            add_to_case(session, case, joined.reporter, mine, "draft:x", now=NOW)
            text = session.scalars(select(CaseText).where(CaseText.text == mine.words)).one()
            assert (text.review, text.reporter_id) == (review, joined.reporter.id)


def test_four_clicks_of_one_person_at_once_join_once(database: Database) -> None:
    with database.write() as session:
        actor = Actor(accounts.person(session, phone="13800001205").id, "me")
        number = listed(session).number
    with database.read() as session:
        seen = case_row(session, number)
    me = joiner(actor=actor)
    told = race(database, [lambda session: join_case(session, seen, me, now=NOW)] * 4)
    assert told == ["done", *["join.yours"] * 3]
    with database.read() as session:
        assert joined_count(session, seen) == 1


def test_a_report_that_is_joined_at_the_same_moment_is_not_withdrawn(database: Database) -> None:
    with database.write() as session:
        number = listed(session, phone="13800001206").number
    with database.read() as session:
        seen = case_row(session, number)
    told = race(
        database,
        [
            lambda session: join_case(session, seen, joiner(), now=NOW),
            lambda session: withdraw_case(session, seen, now=NOW),
        ],
    )
    with database.read() as session:
        case = case_row(session, number)
        behind = len(reporters_of(session, case))
    assert told in (["case.not_alone", "done"], ["conflict", "done"])
    assert (case.state, behind) in {(State.REPORTED, 2), (State.WITHDRAWN, 1)}


def test_P2_a_neighbours_addition_is_hers_in_the_copy_and_in_the_erasure(
    database: Database,
) -> None:
    with database.write() as session:
        first, me = accounts.person(session), accounts.person(session, phone="13800001208")
        number = listed(session, reporter=first, words="先报的话").number
        ids = first.id, me.id
    joined = join(database, number, actor=Actor(ids[1], "me"))
    with database.write() as session:
        mine = answers(words="后加的话")
        add_to_case(session, case_row(session, number), joined.reporter, mine, "draft:x", now=NOW)
    with database.read() as session:
        copies = [str(ReportsOfAPerson().export(session, one)) for one in ids]
    assert ["先报的话" in copies[0], "后加的话" in copies[0]] == [True, False]
    assert ["先报的话" in copies[1], "后加的话" in copies[1]] == [False, True]
    with database.write() as session:
        ReportsOfAPerson().erase(session, ids[1], NOW)
    with database.read() as session:
        assert set(session.scalars(select(CaseText.text))) == {"先报的话", ""}
        gone = session.scalars(
            select(CaseReporter).where(CaseReporter.erased_at.is_not(None))
        ).one()
        assert (gone.person_id, gone.joined_key) == (None, None)
        # the count does not tell that somebody had herself erased
        assert joined_count(session, case_row(session, number)) == 1
