"""The table of transitions, compared edge by edge with the loop as the trade knows it."""

from dataclasses import replace
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.rules import Actor, Grant, Permission
from portal.kernel.ids import new_id
from portal.reports.rules.codes import Closing, Event, Means, PublicState, State
from portal.reports.rules.masking import MASK, masked, only_taken_away
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import (
    OPEN,
    TRANSITIONS,
    ActorFacts,
    CaseFacts,
    Offer,
    Refusal,
    Speaks,
    facts_of_actor,
    next_cycle,
    public_state,
    why_not,
)

S, E = State, Event
ME, OTHER, UNIT = new_id(), new_id(), new_id()
STAFF = ActorFacts(ME, frozenset(Permission), of_unit=False)
UNIT_STAFF = ActorFacts(ME, frozenset({Permission.REPORT_HANDLE}), of_unit=True)
REPORTER = ActorFacts(is_reporter=True)

# every step that moves a case, written down once more by hand
MOVES: dict[tuple[State, Event], State] = {
    (S.REPORTED, E.ACCEPT): S.ACCEPTED,
    (S.REPORTED, E.REFUSE): S.NOT_ACCEPTED,
    (S.ACCEPTED, E.FILE): S.FILED,
    (S.ACCEPTED, E.REFUSE_FILING): S.NOT_FILED,
    (S.ACCEPTED, E.HANDLE): S.HANDLED,
    (S.FILED, E.HANDLE): S.HANDLED,
    (S.FILED, E.DISPATCH): S.DISPATCHED,
    (S.HANDLED, E.CLOSE): S.CLOSED,
    (S.HANDLED, E.SEND_BACK): S.REWORK,
    (S.CLOSED, E.SEND_BACK): S.REWORK,
    (S.CLOSED, E.REOPEN): S.REOPENED,
}
for _state in (S.DISPATCHED, S.REWORK, S.REOPENED):
    MOVES[_state, E.HANDLE] = S.HANDLED
    MOVES[_state, E.RETURN] = S.FILED
    MOVES[_state, E.DISPATCH] = S.DISPATCHED
for _state in (S.REPORTED, S.ACCEPTED, S.FILED, S.DISPATCHED):
    MOVES[_state, E.WITHDRAW] = S.WITHDRAWN
for _state in (S.REPORTED, S.ACCEPTED, S.FILED, S.DISPATCHED, S.HANDLED, S.REWORK, S.REOPENED):
    MOVES[_state, E.VOID] = S.VOID
for _state in (S.REPORTED, S.ACCEPTED, S.FILED, S.DISPATCHED, S.REWORK, S.REOPENED):
    MOVES[_state, E.HAND_OVER] = S.HANDED_OVER
MOVES[S.HANDED_OVER, E.TAKE_BACK] = S.ACCEPTED
for _state in (S.REPORTED, S.ACCEPTED, S.FILED, S.DISPATCHED, S.REWORK, S.REOPENED):
    MOVES[_state, E.SELF_SOLVE] = S.SELF_SOLVED
MOVES[S.SELF_SOLVED, E.DOUBT] = S.ACCEPTED
for _state in (S.ACCEPTED, S.FILED):
    MOVES[_state, E.SETTLE] = S.HANDLED
MOVES[S.HANDLED, E.CONFIRM] = S.SETTLED
MOVES[S.HANDLED, E.DENY] = S.REOPENED
# a case about which everything holds that some step asks for, beyond its state
FIT = {
    E.SETTLE: CaseFacts(S.ACCEPTED, small=True),
    E.CONFIRM: CaseFacts(S.HANDLED, awaited=True),
    E.DENY: CaseFacts(S.HANDLED, awaited=True),
}
MOVING = {event for _, event in MOVES}


@pytest.mark.parametrize(("state", "event"), list(product(State, sorted(MOVING))))
def test_each_step_leads_where_the_trade_says_and_nowhere_else(state: State, event: Event) -> None:
    who = REPORTER if TRANSITIONS[event].by_reporter else STAFF
    facts = replace(FIT.get(event, CaseFacts(state)), state=state)
    refusal = why_not(event, facts, who)
    if (state, event) in MOVES:
        assert refusal is None
        assert TRANSITIONS[event].to is MOVES[state, event]
    else:
        assert refusal is Refusal.WRONG_STATE


def test_every_event_but_the_report_itself_has_one_row() -> None:
    assert set(TRANSITIONS) == set(Event) - {Event.REPORT}


def test_what_is_over_stays_over_except_what_was_closed_handed_over_or_doubted() -> None:
    leaving = {state for state, _ in MOVES}
    assert leaving == OPEN | {State.CLOSED, State.HANDED_OVER, State.SELF_SOLVED}


@pytest.mark.parametrize("event", list(TRANSITIONS))
def test_nobody_acts_without_holding_the_permission(event: Event) -> None:
    row = TRANSITIONS[event]
    for state in row.sources:
        assert why_not(event, CaseFacts(state), ActorFacts(ME)) is Refusal.NOT_ALLOWED
        lacking = replace(STAFF, holds=STAFF.holds - row.who)
        assert why_not(event, CaseFacts(state), lacking) is Refusal.NOT_ALLOWED


@pytest.mark.parametrize("event", [e for e, row in TRANSITIONS.items() if row.by_reporter])
def test_staff_never_acts_in_a_reporters_place(event: Event) -> None:
    state = min(TRANSITIONS[event].sources)
    assert why_not(event, CaseFacts(state), STAFF) is Refusal.NOT_ALLOWED
    fit = replace(FIT.get(event, CaseFacts(state)), state=state, question_open=True)
    assert why_not(event, fit, REPORTER) is None


@pytest.mark.parametrize("event", [Event.CLOSE, Event.SEND_BACK])
def test_who_verifies_is_not_who_handled_dispatched_or_works_for_the_unit(event: Event) -> None:
    case = CaseFacts(State.HANDLED, unit_id=UNIT, handler_id=OTHER, dispatcher_id=OTHER)
    assert why_not(event, case, STAFF) is None
    assert why_not(event, replace(case, handler_id=ME), STAFF) is Refusal.HANDLED_IT
    assert why_not(event, replace(case, dispatcher_id=ME), STAFF) is Refusal.DISPATCHED_IT
    assert why_not(event, case, replace(STAFF, of_unit=True)) is Refusal.OF_THE_UNIT


def test_a_dispatched_case_is_handled_by_its_unit_alone_others_on_the_spot() -> None:
    dispatched = CaseFacts(State.DISPATCHED, unit_id=UNIT)
    assert why_not(Event.HANDLE, dispatched, STAFF) is Refusal.NOT_YOUR_UNIT
    assert why_not(Event.RETURN, dispatched, STAFF) is Refusal.NOT_YOUR_UNIT
    assert why_not(Event.HANDLE, dispatched, UNIT_STAFF) is None
    assert why_not(Event.HANDLE, CaseFacts(State.FILED), STAFF) is None


def test_handling_needs_words_and_a_photo_unless_the_class_closes_by_words() -> None:
    case = CaseFacts(State.FILED)
    words = Offer(words="swept")
    assert why_not(Event.HANDLE, case, STAFF, Offer(photos=1)) is Refusal.WORDS_MISSING
    assert why_not(Event.HANDLE, case, STAFF, words) is Refusal.PHOTO_MISSING
    assert why_not(Event.HANDLE, case, STAFF, replace(words, photos=1)) is None
    by_words = replace(case, closing=Closing.WORDS)
    assert why_not(Event.HANDLE, by_words, STAFF, words) is None


def test_r155_nobody_closes_without_saying_how_it_was_solved() -> None:
    handled = CaseFacts(State.HANDLED, handler_id=OTHER)
    assert why_not(Event.CLOSE, handled, STAFF, Offer(words="swept")) is Refusal.MEANS_MISSING
    assert why_not(Event.CLOSE, handled, STAFF, Offer(means=Means.SERVICE)) is None


def test_the_first_response_is_given_once() -> None:
    assert why_not(Event.RESPOND, CaseFacts(State.REPORTED), STAFF) is None
    answered = CaseFacts(State.REPORTED, responded=True)
    assert why_not(Event.RESPOND, answered, STAFF) is Refusal.RESPONDED_ALREADY


def test_r036_whoever_filed_it_for_somebody_may_handle_it_but_never_verifies_it() -> None:
    case = CaseFacts(State.HANDLED, handler_id=OTHER, filer_id=ME)
    assert why_not(Event.CLOSE, case, STAFF) is Refusal.FILED_IT
    assert why_not(Event.SEND_BACK, case, STAFF) is Refusal.FILED_IT
    assert why_not(Event.HANDLE, CaseFacts(State.FILED, filer_id=ME), STAFF) is None
    solved = CaseFacts(State.SELF_SOLVED, filer_id=ME)
    assert why_not(Event.CONFIRM_SOLVED, solved, STAFF) is Refusal.FILED_IT


def test_r276_a_reporter_ends_her_own_matter_alone_with_words_and_a_photo() -> None:
    shown = Offer(words="swept it ourselves", photos=1)
    mine = CaseFacts(State.DISPATCHED)
    assert why_not(Event.SELF_SOLVE, mine, REPORTER, shown) is None
    assert why_not(Event.SELF_SOLVE, mine, REPORTER, Offer(photos=1)) is Refusal.WORDS_MISSING
    by_words = replace(mine, closing=Closing.WORDS)
    no_photo = why_not(Event.SELF_SOLVE, by_words, REPORTER, Offer(words="gone"))
    assert no_photo is Refusal.PHOTO_MISSING
    assert why_not(Event.SELF_SOLVE, replace(mine, reporters=2), REPORTER) is Refusal.NOT_ALONE
    hazard = CaseFacts(State.REPORTED, urgent=True)
    assert why_not(Event.SELF_SOLVE, hazard, REPORTER) is Refusal.HAZARD_UNCHECKED
    assert why_not(Event.SELF_SOLVE, replace(hazard, state=S.ACCEPTED), REPORTER) is None
    seen = CaseFacts(State.SELF_SOLVED, fed_back=True)
    assert why_not(Event.CONFIRM_SOLVED, seen, STAFF) is Refusal.CONFIRMED_ALREADY
    assert why_not(Event.DOUBT, seen, STAFF, Offer()) is Refusal.WORDS_MISSING


def test_a_head_settles_small_matters_and_either_the_reporter_or_the_verifier_has_the_say() -> None:
    small = CaseFacts(State.ACCEPTED, small=True, closing=Closing.WORDS)
    head = ActorFacts(ME, frozenset({Permission.REPORT_SETTLE}))
    assert why_not(Event.SETTLE, small, head, Offer(words="x", photos=1)) is None
    assert why_not(Event.SETTLE, small, head, Offer(words="x")) is Refusal.PHOTO_MISSING
    assert why_not(Event.SETTLE, replace(small, small=False), head) is Refusal.NOT_SMALL
    asked = CaseFacts(State.HANDLED, handler_id=OTHER, awaited=True)
    assert why_not(Event.CLOSE, asked, STAFF) is Refusal.AWAITED
    assert why_not(Event.SEND_BACK, asked, STAFF) is Refusal.AWAITED
    over = replace(asked, awaited=False)
    assert why_not(Event.CLOSE, over, STAFF) is None
    for event in (Event.CONFIRM, Event.DENY):
        assert why_not(event, asked, REPORTER) is None
        assert why_not(event, over, REPORTER) is Refusal.NOT_AWAITED


def test_a_matter_that_others_reported_too_is_not_withdrawn() -> None:
    assert why_not(Event.WITHDRAW, CaseFacts(S.FILED, reporters=1), REPORTER) is None
    shared = CaseFacts(S.FILED, reporters=2)
    assert why_not(Event.WITHDRAW, shared, REPORTER) is Refusal.NOT_ALONE


@pytest.mark.parametrize(
    "event", [e for e, row in TRANSITIONS.items() if Reason.OTHER in row.reasons]
)
def test_a_step_that_disappoints_says_why_in_words_when_the_reason_is_another(
    event: Event,
) -> None:
    row = TRANSITIONS[event]
    case = CaseFacts(min(row.sources))
    foreign = next(reason for reason in Reason if reason not in row.reasons)
    assert why_not(event, case, STAFF, Offer(reason=foreign)) is Refusal.REASON_MISSING
    assert why_not(event, case, STAFF, Offer(reason=row.reasons[0])) is None
    assert why_not(event, case, STAFF, Offer(reason=Reason.OTHER)) is Refusal.WORDS_MISSING
    blank = Offer(reason=Reason.OTHER, words=" \n ")
    assert why_not(event, case, STAFF, blank) is Refusal.WORDS_MISSING
    assert why_not(event, case, STAFF, replace(blank, words="because")) is None
    if event is not Event.MODERATE:
        assert why_not(event, case, STAFF, Offer()) is Refusal.REASON_MISSING


def test_p5_what_is_about_a_person_or_shop_can_be_withheld_but_never_shown() -> None:
    case = CaseFacts(State.ACCEPTED, protected=True)
    assert why_not(Event.MODERATE, case, STAFF, Offer()) is Refusal.NEVER_PUBLIC
    keep = Offer(reason=Reason.ABOUT_A_PERSON_OR_SHOP)
    assert why_not(Event.MODERATE, case, STAFF, keep) is Refusal.REASON_MISSING
    assert why_not(Event.MODERATE, case, STAFF, Offer(reason=Reason.INSULT)) is None


def test_a_closed_case_that_opens_again_is_rated_anew() -> None:
    assert next_cycle(State.CLOSED, State.REOPENED, 1) == 2
    assert next_cycle(State.CLOSED, State.REWORK, 4) == 5
    assert next_cycle(State.HANDLED, State.REWORK, 1) == 1
    assert next_cycle(State.HANDLED, State.CLOSED, 1) == 1
    assert next_cycle(State.CLOSED, None, 1) == 1


def test_residents_read_the_five_words_in_their_order() -> None:
    walk = (S.REPORTED, S.ACCEPTED, S.FILED, S.DISPATCHED, S.HANDLED, S.CLOSED)
    words = list(dict.fromkeys(public_state(state) for state in walk))
    assert words == list(PublicState)
    assert {public_state(state) for state in State} == set(PublicState)


@given(
    st.sampled_from(State),
    st.sampled_from(sorted(TRANSITIONS)),
    st.builds(
        CaseFacts,
        state=st.sampled_from(State),
        closing=st.sampled_from(Closing),
        protected=st.booleans(),
        unit_id=st.sampled_from([None, UNIT]),
        handler_id=st.sampled_from([None, ME, OTHER]),
        dispatcher_id=st.sampled_from([None, ME, OTHER]),
        responded=st.booleans(),
        reporters=st.integers(0, 3),
        urged_today=st.booleans(),
        filer_id=st.sampled_from([None, ME]),
        urgent=st.booleans(),
        small=st.booleans(),
        awaited=st.booleans(),
    ),
    st.builds(
        Offer,
        reason=st.sampled_from([None, *Reason]),
        words=st.sampled_from([None, "", "x"]),
        photos=st.integers(0, 2),
        unit_id=st.sampled_from([None, UNIT]),
    ),
    st.frozensets(st.sampled_from(Permission)),
    st.booleans(),
    st.booleans(),
)
def test_whatever_is_allowed_keeps_the_promises_of_the_loop(
    state: State,
    event: Event,
    case: CaseFacts,
    offer: Offer,
    held: frozenset[Permission],
    of_unit: bool,
    is_reporter: bool,
) -> None:
    who = ActorFacts(ME, held, of_unit=of_unit, is_reporter=is_reporter)
    if why_not(event, case, who, offer) is not None:
        return
    row = TRANSITIONS[event]
    assert case.state in row.sources
    assert is_reporter if row.by_reporter else held & row.who
    if row.to is State.CLOSED:
        assert case.state is State.HANDLED
        assert ME not in {case.handler_id, case.dispatcher_id}
        assert case.filer_id != ME
        assert not case.awaited
    if row.to is State.HANDLED:
        assert offer.words
        by_words = case.closing is Closing.WORDS and event is not Event.SETTLE
        assert offer.photos or by_words
    if row.to is State.SELF_SOLVED:
        assert (case.reporters <= 1, bool(offer.photos), is_reporter) == (True, True, True)
        assert not (case.urgent and case.state is State.REPORTED)
    if row.to is State.SETTLED:
        assert case.awaited
        assert is_reporter
    if row.to in {State.NOT_ACCEPTED, State.NOT_FILED, State.VOID, State.REWORK}:
        assert offer.reason in row.reasons
    if row.speaks is Speaks.MUST:
        assert offer.words


def _actor(*grants: Grant) -> Actor:
    return Actor(person_id=ME, grants=frozenset(grants))


def test_a_units_grant_reaches_only_cases_dispatched_to_it() -> None:
    read, handle = Permission.REPORT_READ, Permission.REPORT_HANDLE
    unit = _actor(Grant(read, None, UNIT), Grant(handle, None, UNIT))
    assert facts_of_actor(unit, "/1/2/", None).holds == frozenset()
    assert facts_of_actor(unit, "/1/2/", OTHER).holds == frozenset()
    assert facts_of_actor(unit, "/1/2/", UNIT) == ActorFacts(
        ME, frozenset({read, handle}), of_unit=True
    )


def test_a_places_grant_reaches_what_lies_in_it_and_is_no_unit() -> None:
    lead = _actor(Grant(Permission.REPORT_HANDLE, "/1/2/"))
    assert facts_of_actor(lead, "/1/2/3/", UNIT).holds == {Permission.REPORT_HANDLE}
    assert not facts_of_actor(lead, "/1/2/3/", UNIT).of_unit
    assert facts_of_actor(lead, "/1/20/", None).holds == frozenset()


@pytest.mark.parametrize(
    "number",
    [
        "13800001234",
        "138 0000 1234",
        "138-0000-1234",
        "+86 13800001234",
        "+8613800001234",
        "１３８００００１２３４",
        "0532-88001234",
        "(0532) 8800 1234",
        "053288001234",
        "370283199001011234",
        "37028319900101123X",
    ],
)
def test_no_number_that_reaches_a_person_is_left_in_public_words(number: str) -> None:
    shown = masked(f"请联系{number}谢谢")
    assert MASK in shown
    assert "1234" not in shown
    assert "１２３４" not in shown
    assert shown.startswith("请联系")
    assert shown.endswith("谢谢")


@pytest.mark.parametrize("harmless", ["3号楼2单元", "2026年11月23日", "12345", "路灯编号 00123456"])
def test_other_numbers_stay(harmless: str) -> None:
    assert masked(harmless) == harmless


@given(st.text(), st.data())
def test_leaving_out_is_allowed_and_adding_is_not(text: str, data: st.DataObject) -> None:
    kept = [char for char in text if data.draw(st.booleans())]
    assert only_taken_away(text, "".join(kept))
    assert only_taken_away(text, masked(text))
    assert not only_taken_away(text, text + "臁臁")
    assert not only_taken_away("", UUID(int=0).hex)
