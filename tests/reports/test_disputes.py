"""R181: what units pass back and forth comes before the joint meeting, and its word binds."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from portal.accounts.rules import Permission
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.ids import new_id
from portal.organisations.rules import HANDLING_KINDS, OrganisationKind
from portal.reports.models import Case
from portal.reports.queries.case import CaseRow, texts_of
from portal.reports.queries.case_parts import disputes_of
from portal.reports.queries.disputed import disputed_cases
from portal.reports.rules.codes import Event, State, TextKind
from portal.reports.rules.disputes import Resolution, flaw_of, times_disputed
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import ActorFacts, CaseFacts, Offer, Refusal, why_not
from portal.reports.service.disputes import escalate_case, resolve_case
from portal.reports.service.handling import take_step
from tests.make import reports
from tests.make.desk import small_city
from tests.make.organisations import unit
from tests.make.reports import NOW, handler
from tests.make.routing import Town, town
from tests.make.rows import case_row

TODAY = date(2026, 11, 23)
CENTRE = reports.staff(Permission.DISPUTE_SETTLE, Permission.REPORT_DISPATCH)
WHO = ActorFacts(holds=frozenset(Permission), of_unit=True)


def test_r181_only_what_was_disputed_twice_comes_before_the_meeting_and_once_at_a_time() -> None:
    assert (times_disputed(2, 0), times_disputed(1, 2), times_disputed(1, 1)) == (2, 2, 1)
    filed = CaseFacts(State.FILED, times_disputed=2)
    assert why_not(Event.ESCALATE, filed, WHO) is None
    once = CaseFacts(State.FILED, times_disputed=1)
    assert why_not(Event.ESCALATE, once, WHO) is Refusal.NOT_DISPUTED
    there = CaseFacts(State.FILED, times_disputed=2, before_meeting=True)
    assert why_not(Event.ESCALATE, there, WHO) is Refusal.BEFORE_MEETING
    assert why_not(Event.RESOLVE, filed, WHO) is Refusal.NOT_BEFORE_MEETING
    assert why_not(Event.RESOLVE, there, WHO) is None


def test_r181_whom_the_meeting_named_returns_nothing_and_nobody_else_is_given_it() -> None:
    here, there = new_id(), new_id()
    bound = CaseFacts(State.DISPATCHED, unit_id=here, bound_to=here)
    assert why_not(Event.RETURN, bound, WHO) is Refusal.BOUND
    elsewhere = CaseFacts(State.DISPATCHED, unit_id=there, bound_to=here)
    assert why_not(Event.RETURN, elsewhere, WHO) is None
    assert why_not(Event.DISPATCH, bound, WHO, Offer(unit_id=there)) is Refusal.BOUND_ELSEWHERE
    assert why_not(Event.DISPATCH, bound, WHO, Offer(unit_id=here)) is None


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("held_on", {"held_on": None}),
        ("held_on", {"held_on": TODAY + timedelta(days=1)}),
        ("resolution", {"number": " "}),
        ("words", {"words": ""}),
        ("unit", {"unit_id": None}),
        (None, {}),
    ],
)
def test_a_resolution_says_when_under_which_number_who_and_why(
    field: str | None, more: dict[str, Any]
) -> None:
    whole = {"held_on": TODAY, "number": "第3号", "unit_id": new_id(), "words": "由市政办"}
    assert flaw_of(Resolution(**(whole | more)), TODAY) == field


def _disputed(here: Town) -> str:
    """Given to two units in turn, each of which returns it."""
    case = here.case()
    for owner in (here.bureau, here.roads):
        sent = here.give(case, owner)
        why = {"actor": handler(owner), "now": NOW, "reason": Reason.NOT_OURS}
        take_step(here.session, sent, Event.RETURN, **why)
    return case.number


def test_r181_a_disputed_case_is_listed_put_before_the_meeting_and_settled(
    database: Database,
) -> None:
    assert OrganisationKind.JOINT_MEETING not in HANDLING_KINDS
    by: dict[str, Any] = {"actor": CENTRE, "now": NOW}
    with town(database) as here:
        number = _disputed(here)
        rows = disputed_cases(here.session, CENTRE).rows
        assert [(row.number, row.returned, row.dispute) for row in rows] == [(number, 2, None)]
        city = here.tree["370283"]
        meeting = unit(here.session, "LXH", kind=OrganisationKind.JOINT_MEETING, area=city)
        put = escalate_case(here.session, _seen(here, number), words="互相推", **by)
        (row,) = disputed_cases(here.session, CENTRE).rows
        assert row.dispute is not None
        assert (row.dispute.meeting_id, row.dispute.decided_at) == (meeting.id, None)
        said = Resolution(TODAY, "联席〔2026〕3号", here.roads.id, "由市政中心负责")
        given = resolve_case(here.session, put, resolution=said, **by)
        assert (given.state, given.unit_id) == (State.DISPATCHED, here.roads.id)
        (one,) = disputes_of(here.session, given)
        assert (one.held_on, one.resolution, one.unit_id) == (TODAY, said.number, here.roads.id)
        notes = [text.text for text in texts_of(here.session, given) if text.kind is TextKind.NOTE]
        assert {"互相推", "由市政中心负责"} <= set(notes)
        why = {"actor": handler(here.roads), "now": NOW, "reason": Reason.NOT_OURS}
        with pytest.raises(Refused) as refused:
            take_step(here.session, given, Event.RETURN, **why)
        assert refused.value.code is Refusal.BOUND


def test_without_a_meeting_in_the_register_nothing_is_put_before_it(database: Database) -> None:
    with town(database) as here:
        seen = _seen(here, _disputed(here))
        with pytest.raises(Refused) as refused:
            escalate_case(here.session, seen, actor=CENTRE, now=NOW, words="互相推")
    assert refused.value.code is Refusal.NO_MEETING


def _seen(here: Town, number: str) -> CaseRow:
    return case_row(here.session, number)


def test_r181_the_command_centre_does_it_on_its_pages(app: Flask, database: Database) -> None:
    city = small_city(app, database)
    number = city.case(state=State.FILED)
    with database.write() as session:
        unit(
            session,
            "LXH",
            "联席会议",
            kind=OrganisationKind.JOINT_MEETING,
            area=city.tree["370283"],
        )
        made = session.get_one(Case, (reports.DISTRICT, city.row(number).id))
        made.times_returned = 2
    browser = city.browser(city.centre)
    assert number in browser.get("/desk/disputes").text
    step = browser.get(f"/desk/cases/{number}/escalate").form().fill(words="互相推")
    page = step.send("Put it before the joint meeting", status=200)
    assert "Before the joint meeting since" in page.text
    step = browser.get(f"/desk/cases/{number}/resolve")
    early = step.form().fill(unit=str(city.unit.id), words="由环卫中心负责")
    again = early.send("Enter what the meeting resolved")
    assert "Give the day of the meeting; it cannot lie ahead." in again.text
    filled = again.form().fill(held_on="2026-11-20", resolution="联席〔2026〕3号")
    done = filled.send("Enter what the meeting resolved", status=200)
    assert "联席〔2026〕3号" in done.text
    # the unit reads what was resolved, not what was said of it before, and cannot return it
    text = city.browser(city.worker).get(f"/desk/cases/{number}").text
    assert "由环卫中心负责" in text
    assert "互相推" not in text
    assert "Return the case" not in text
