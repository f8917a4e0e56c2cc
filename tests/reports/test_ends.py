"""Ends without a unit: solved by the reporter (R276), or by the head of her building."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import Permission
from portal.areas.models import Area
from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.instance import instance_of
from portal.kernel.photos import clean_photo
from portal.kernel.uploads import KeptPhotos, keep_upload
from portal.reports.models import Case, CasePhoto, CaseReporter, CaseText
from portal.reports.queries.case import CaseRow, events_of, reporters_of
from portal.reports.queries.counters import public_counts
from portal.reports.queries.desk import desk_page
from portal.reports.rules.codes import Event, Means, PhotoKind, Review, State, Target
from portal.reports.rules.desk import Task
from portal.reports.rules.doors import is_awaited, small_matters
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import Refusal
from portal.reports.service.ends import (
    confirm_settled,
    deny_settled,
    settle_case,
    solve_case,
)
from portal.reports.service.handling import close_case, send_back_case, take_step
from portal.reports.service.rating import Verdict, rate_outcome
from tests.make import accounts, ratings, reports
from tests.make.doors import building, settled
from tests.make.intake import COMMUNITY, ready, visitor
from tests.make.neighbours import join, race
from tests.make.photos import jpeg
from tests.make.reports import NOW, row_of
from tests.make.rows import case_row
from tests.pages import Browser

DESK, CHECKER, HEAD = reports.desk(), reports.verifier(), reports.staff(Permission.REPORT_SETTLE)
DAYS = timedelta(days=5)


def upload(session: Session) -> KeptPhotos:
    """One photo that was just sent."""
    zone = instance_of(session).city.zone
    token = keep_upload(session, clean_photo(jpeg(), zone), owner="me", now=now())
    # the step looks for it
    session.flush()
    return KeptPhotos("me", (token,))


def test_what_is_small_is_the_citys_to_say_and_a_day_more_or_less_is_exact() -> None:
    told = small_matters({"building_head": {"kinds": ["litter"], "levels": ["building"]}})
    assert (told.kinds, told.levels, told.answer_time) == ({"litter"}, {"building"}, DAYS)
    assert small_matters({}).kinds == frozenset()
    for days in (0, 31, True, "5"):
        with pytest.raises(ValueError, match="answer_days"):
            small_matters({"building_head": {"answer_days": days}})
    assert is_awaited(NOW, NOW - timedelta(microseconds=1))
    assert not is_awaited(NOW, NOW)
    assert not is_awaited(None, NOW)


def test_r276_a_reporter_ends_her_matter_and_the_desk_agrees_or_doubts(database: Database) -> None:
    tree = ready(database)
    with database.write() as session:
        made = reports.case(session, tree[COMMUNITY], state=State.DISPATCHED, phone="13800001371")
        case = row_of(session, made)
        (me,) = reporters_of(session, case)
        shown = upload(session)
        solved = solve_case(session, case, me, words="自己清了", photos=shown, now=now())
        assert (solved.state, solved.fed_back_at) == (State.SELF_SOLVED, None)
        photo = session.scalars(
            select(CasePhoto).where(CasePhoto.kind == PhotoKind.AFTER, CasePhoto.by_reporter)
        ).one()
        words = session.scalars(select(CaseText).where(CaseText.text == "自己清了")).one()
        assert (photo.review, words.review) == (Review.PENDING, Review.PENDING)
        # it waits at the desk, and counts nowhere as settled by a unit
        waiting = desk_page(session, DESK, Task.CHECK, now()).rows
        assert [row.number for row in waiting] == [made.number]
        counted = public_counts(session, None, NOW)
        assert (counted.settled, counted.open) == (0, 0)
        agreed = take_step(session, solved, Event.CONFIRM_SOLVED, actor=DESK, now=now())
        assert agreed.fed_back_at is not None
        assert desk_page(session, DESK, Task.CHECK, now()).rows == []
        with pytest.raises(Refused) as refused:
            rate_outcome(session, agreed, me, Verdict(ratings.HAPPY), now=now())
        assert refused.value.code == "rating.nothing_done"
        doubted = take_step(session, agreed, Event.DOUBT, actor=DESK, words="照片看不清", now=now())
        assert (doubted.state, doubted.fed_back_at, doubted.unit_id) == (State.ACCEPTED, None, None)
        assert doubted.promised_at == case.promised_at, "the promise stands"


def test_r276_what_others_reported_too_and_an_unseen_hazard_are_not_ended_by_one(
    database: Database,
) -> None:
    tree = ready(database)
    with database.write() as session:
        made = reports.listed(session, tree, "垃圾")
        number = made.number
        hazard = row_of(session, reports.reported(session, tree[COMMUNITY], urgent=True))
        reporter = reports.reporter(session, session.get_one(Case, (hazard.district, hazard.id)))
        first = next(row for row in reporters_of(session, hazard) if row.id == reporter.id)
        shown = upload(session)
    for case, me, refusal in (
        (hazard, first, Refusal.HAZARD_UNCHECKED),
        (None, None, Refusal.NOT_ALONE),
    ):
        if case is None:
            join(database, number)
        with database.read() as session:
            seen = case or case_row(session, number)
            who = me or reporters_of(session, seen)[0]
        with pytest.raises(Refused) as refused, database.write() as session:
            solve_case(session, seen, who, words="好了", photos=shown, now=now())
        assert refused.value.code is refusal


def test_r276_of_a_hazard_nobody_has_looked_at_the_end_is_not_offered(
    app: Flask, database: Database
) -> None:
    tree = ready(database)
    with database.write() as session:
        resident = accounts.person(session)
        made = reports.case(session, tree[COMMUNITY], state=State.REPORTED, reporter=resident)
        made.urgent = True
    hers = Browser(app)
    accounts.sign_in_as(hers, resident)
    end = f"/reports/{made.number}/solved"
    assert end not in hers.get(f"/reports/{made.number}", status=200).html
    with database.write() as session:
        session.get_one(Case, (made.district, made.id)).state = State.ACCEPTED
    # looked at: now it may have been put right meanwhile
    assert end in hers.get(f"/reports/{made.number}", status=200).html


def test_r276_whoever_agreed_to_show_nothing_shows_neither_how_she_solved_it(
    database: Database,
) -> None:
    tree = ready(database)
    with database.write() as session:
        made = reports.case(session, tree[COMMUNITY], words=None)
        text = reports.text(session, made, "不公开", review=Review.WITHHELD)
        text.review_reason = Reason.NOT_AGREED.value
        case = row_of(session, made)
        (me,) = reporters_of(session, case)
        photos = upload(session)
        solve_case(session, case, me, words="好了", photos=photos, now=now())
        (photo,) = session.scalars(select(CasePhoto)).all()
        assert (photo.review, photo.review_reason) == (Review.WITHHELD, Reason.NOT_AGREED.value)


def test_r276_seen_and_solved_by_oneself_is_reported_and_ended_in_one_go(
    app: Flask, database: Database
) -> None:
    ready(database)
    reader = visitor(app)
    form = reader.get("/reports/solved", status=200).form()
    form.fill(
        category="litter", words="花坛里有垃圾", how="带到了桶里", where="东阁街道001社区",
        contact="none", publish="show",
    )  # fmt: skip
    again = form.attach("photos", jpeg()).send("Send", status=422)
    assert any("shows that it is solved" in words for words in again.errors)
    assert "带到了桶里" in again.html
    done = again.form().attach("after", jpeg()).send("Send", status=200)
    assert done.h1 == "Your report was sent"
    with database.read() as session:
        (case,) = session.scalars(select(Case)).all()
        assert (case.state, case.listed, case.fed_back_at) == (State.SELF_SOLVED, False, None)
        kinds = [photo.kind for photo in session.scalars(select(CasePhoto))]
        assert sorted(kinds) == [PhotoKind.AFTER, PhotoKind.BEFORE]


@pytest.fixture
def small(database: Database) -> str:
    """A small matter in a building, accepted."""
    tree = ready(database)
    with database.write() as session:
        place = building(session, tree)
        return reports.case(
            session, place, state=State.ACCEPTED, phone="13800001372", at=now() - timedelta(days=9)
        ).number


def test_a_head_closes_a_small_matter_only_with_the_reporters_yes(
    app: Flask, database: Database, small: str
) -> None:
    with database.write() as session:
        who = accounts.staff(session, "building_head", area=case_row(session, small).area_id)
        resident = accounts.person(session)
        (me,) = reporters_of(session, case_row(session, small))
        session.execute(_hers(me.id, resident))
    head = Browser(app)
    accounts.sign_in_as(head, who)
    page = head.in_language("en").get(f"/desk/cases/{small}/settle", status=200)
    form = page.form().fill(words="搬走了")
    assert form.send("Solved in my building", status=422).errors
    form.attach("photos", jpeg()).send("Solved in my building", status=200)
    with database.read() as session:
        case = case_row(session, small)
        assert (case.state, case.handler_id) == (State.HANDLED, who.id)
        assert case.confirm_until is not None
        assert timedelta(days=4) < case.confirm_until - now() <= DAYS
        # the verifier neither sees it in her queue nor may close it
        assert desk_page(session, CHECKER, Task.VERIFY, now()).rows == []
        late = case.confirm_until
        assert [row.number for row in desk_page(session, CHECKER, Task.VERIFY, late).rows] == [
            small
        ]
    reader = Browser(app)
    accounts.sign_in_as(reader, resident)
    mine = reader.in_language("en").get(f"/reports/{small}", status=200)
    asked = mine.click("Is it solved? Yes or no", status=200)
    assert asked.soup.select("img.photo-img, .photo-pair img"), "she sees what she is asked about"
    done = asked.form().send("Yes, it is solved", status=200)
    assert "Solved in the building" in done.text
    with database.read() as session:
        case = case_row(session, small)
        assert (case.state, case.means, case.closed_at) == (State.SETTLED, None, None)
        assert events_of(session, case)[-1].actor_id is None


def _hers(reporter_id: UUID, person: Person) -> Any:
    """Puts her account behind a case."""
    return update(CaseReporter).where(CaseReporter.id == reporter_id).values(person_id=person.id)


def test_a_no_goes_the_usual_way_and_without_an_answer_the_verifier_has_the_say(
    database: Database, small: str
) -> None:
    with database.write() as session:
        made = session.scalars(select(Case).where(Case.number == small)).one()
        at = now()
        asked = settled(session, made, HEAD, at)
        (me,) = reporters_of(session, asked)
        with pytest.raises(Refused) as refused:
            close_case(session, asked, actor=CHECKER, means=Means.SERVICE, now=at)
        assert refused.value.code is Refusal.AWAITED
        denied = deny_settled(session, asked, me, words="还在", now=at)
        assert (denied.state, denied.times_sent_back, denied.cycle) == (State.REOPENED, 1, 1)
        with pytest.raises(Refused) as refused:
            settle_case(session, denied, actor=HEAD, words="x", photos=KeptPhotos(), now=at)
        assert refused.value.code is Refusal.WRONG_STATE, "after a no it is a unit's"
        other = reports.case(
            session, _area(session, made.place_path), state=State.ACCEPTED, at=at - DAYS
        )
        again = settled(session, other, HEAD, at)
        over = at + DAYS
        with pytest.raises(Refused) as refused:
            confirm_settled(session, again, reporters_of(session, again)[0], now=over)
        assert refused.value.code is Refusal.NOT_AWAITED
        closed = close_case(session, again, actor=CHECKER, means=Means.SERVICE, now=over)
        assert closed.state is State.CLOSED
        # whoever verified the work has checked its photo
        shown = session.scalars(select(CasePhoto).where(CasePhoto.case_id == closed.id))
        assert [photo.review for photo in shown] == [Review.APPROVED]


def _area(session: Session, path: str) -> Area:
    return session.scalars(select(Area).where(Area.path == path)).one()


def test_a_matter_nobody_can_answer_for_goes_to_the_verifier_at_once(
    database: Database, small: str
) -> None:
    with database.write() as session:
        case = case_row(session, small)
        (me,) = reporters_of(session, case)
        gone = update(CaseReporter).where(CaseReporter.id == me.id).values(erased_at=now())
        session.execute(gone)
        handled = settle_case(
            session, case, actor=HEAD, words="搬走了", photos=upload(session), now=now()
        )
        assert (handled.state, handled.confirm_until) == (State.HANDLED, None)
        # elsewhere than in a building the same kind is not hers
        outside = reports.case(session, _area(session, "/370283/370283001/"), state=State.ACCEPTED)
        with pytest.raises(Refused) as refused:
            settle_case(
                session, row_of(session, outside), actor=HEAD, words="x",
                photos=upload(session), now=now(),
            )  # fmt: skip
        assert refused.value.code is Refusal.NOT_SMALL


@pytest.mark.parametrize("over", [False, True])
def test_of_yes_no_and_the_verifier_at_once_one_alone_has_the_say(
    database: Database, small: str, over: bool
) -> None:
    with database.write() as session:
        made = session.scalars(select(Case).where(Case.number == small)).one()
        asked = settled(session, made, HEAD, now())
        (me,) = reporters_of(session, asked)
    at = now() + (DAYS + DAYS if over else timedelta(0))

    def step(act: Callable[[Session, CaseRow], object]) -> Callable[[Session], object]:
        return lambda session: act(session, asked)

    told = race(
        database,
        [
            step(lambda session, case: confirm_settled(session, case, me, now=at)),
            step(lambda session, case: deny_settled(session, case, me, words="", now=at)),
            step(
                lambda session, case: close_case(
                    session, case, actor=CHECKER, means=Means.SERVICE, now=at
                )
            ),
            step(
                lambda session, case: send_back_case(
                    session, case, actor=CHECKER, reason=Reason.NOT_DONE, now=at
                )
            ),
        ],
    )
    assert told.count("done") == 1, told
    refused = Refusal.NOT_AWAITED if over else Refusal.AWAITED
    assert told.count(refused.value) == 2
    with database.read() as session:
        case = case_row(session, small)
        ends = {State.CLOSED, State.REWORK} if over else {State.SETTLED, State.REOPENED}
        assert case.state in ends
        assert len(events_of(session, case)) == 4


@pytest.mark.parametrize("code", ["noise", "behaviour", "pit", "nothing"])
def test_r276_only_what_the_form_offers_is_solved_by_oneself(
    app: Flask, database: Database, code: str
) -> None:
    """What is aimed at somebody, may hurt or is never public, is not for one person to end."""
    ready(database)
    with database.write() as session:
        reports.category(session, "noise", target=Target.PERSON_OR_SHOP, name="噪声")
        reports.category(session, BEHAVIOUR, target=Target.PERSON_OR_SHOP, name="不文明行为")
        reports.category(session, "pit", name="井盖缺失").urgent = True
    reader = visitor(app)
    form = reader.get("/reports/solved", status=200).form()
    form.fill(words="邻居", how="劝住了", where="东阁街道001社区", contact="none", publish="show",
              category=code)  # fmt: skip
    again = form.attach("photos", jpeg()).attach("after", jpeg()).send("Send", status=422)
    assert again.errors
    with database.read() as session:
        assert session.scalars(select(Case)).all() == []
