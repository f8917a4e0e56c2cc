"""The table of edges, thresholds and the lists: what can happen at all, checked exhaustively."""

from collections import deque
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volunteers.rules.adoption.life import (
    EDGES,
    HOLDING,
    LIVE,
    OVER,
    AdoptionState,
    Step,
    Who,
    edge_for,
    steps_from,
)
from volunteers.rules.adoption.lists import (
    adoption_forms,
    axes,
    deeds,
    deeds_for,
    ladder,
    thing_kinds,
    total,
)
from volunteers.rules.adoption.refusals import AdoptionRefusal
from volunteers.rules.adoption.thresholds import (
    Thresholds,
    gets_plaque,
    months_after,
    named_until,
    settings_from,
    why_no_name,
)

S = AdoptionState
NOT_EDGES = {Step.APPLY}  # what begins a history moves nothing


def test_every_state_and_step_has_at_most_one_edge_and_every_step_some() -> None:
    pairs = [(edge.state, edge.step) for edge in EDGES]
    assert len(pairs) == len(set(pairs))
    assert {edge.step for edge in EDGES} | NOT_EDGES == set(Step)
    for state in S:
        for step in Step:
            edge = edge_for(state, step)
            assert (edge is None) == ((state, step) not in pairs)
            assert edge is None or step in steps_from(state, edge.who)


def test_from_an_application_every_state_can_be_reached_and_an_end_leads_nowhere() -> None:
    seen, waiting = {S.APPLIED}, deque([S.APPLIED])
    while waiting:
        state = waiting.popleft()
        further = {edge.to for edge in EDGES if edge.state is state} - seen
        seen |= further
        waiting.extend(further)
    assert seen == set(S)
    assert {edge.state for edge in EDGES} == set(S) - OVER


def test_what_goes_against_an_adopter_has_a_reason_and_is_done_by_the_desk() -> None:
    against = {Step.UNFIT, Step.REMIND, Step.DEMAND, Step.END_NEGLECT, Step.LOSE, Step.RELOCATE}
    for edge in EDGES:
        if edge.step in against:
            assert (edge.who, edge.reason) == (Who.DESK, True)
    # neglect never ends it in one step
    assert [e.state for e in EDGES if e.step is Step.END_NEGLECT] == [S.TO_RECTIFY]
    assert [e.state for e in EDGES if e.step is Step.DEMAND] == [S.REMINDED]


def test_who_lives_in_an_agreement_holds_the_plot_and_can_always_leave() -> None:
    assert LIVE < HOLDING
    assert not HOLDING & OVER
    for state in LIVE - {S.LEAVING}:
        edge = edge_for(state, Step.GIVE_NOTICE)
        assert edge is not None
        assert (edge.who, edge.reason) == (Who.ADOPTER, False)


def test_a_name_needs_area_and_more_than_the_share_and_a_form_that_pays() -> None:
    settings, forms = Thresholds(), adoption_forms()
    assert why_no_name(forms["donate"], 1000, 51, settings) is None
    assert why_no_name(forms["build"], 1000, 51, settings) is None
    assert why_no_name(forms["donate"], 999, 51, settings) is AdoptionRefusal.NAME_SMALL
    assert why_no_name(forms["donate"], None, 51, settings) is AdoptionRefusal.NAME_SMALL
    assert why_no_name(forms["donate"], 1000, 50, settings) is AdoptionRefusal.NAME_SHARE
    assert why_no_name(forms["tend"], 1000, 100, settings) is AdoptionRefusal.NAME_SHARE
    assert [gets_plaque(m, settings) for m in (None, 999, 1000)] == [False, False, True]
    assert named_until(date(2026, 11, 25), settings) == date(2031, 11, 24)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 120))
def test_a_term_of_months_ends_the_day_before_and_longer_ones_end_later(
    start: date, months: int
) -> None:
    last = months_after(start, months)
    whole = (last.year - start.year) * 12 + last.month - start.month
    assert whole in {months - 1, months}
    assert start <= last < months_after(start, months + 1)


def test_settings_that_cannot_be_meant_are_refused_with_their_name() -> None:
    assert settings_from({"adoption_notice_days": 45}).notice_days == 45
    with pytest.raises(ValueError, match="adoption_notice_days"):
        settings_from({"adoption_notice_days": 0})
    with pytest.raises(ValueError, match="adoption_name_cost_percent"):
        settings_from({"adoption_name_cost_percent": 101})


def test_the_lists_fit_together_and_speak_three_languages() -> None:
    for deed in deeds().values():
        assert deed.kinds <= set(thing_kinds())
    assert all(deeds_for(code) for code in thing_kinds())
    named = [*thing_kinds().values(), *adoption_forms().values(), *deeds().values()]
    assert all(all(one.names.values()) for one in [*named, *axes().values()])
    assert list(ladder()) == [Step.REMIND, Step.DEMAND, Step.END_NEGLECT]
    assert all(rung.source for rung in ladder().values())


def test_points_are_of_a_hundred() -> None:
    found = [total(scores) for scores in ([5, 5, 5, 5], [1, 1, 1, 1], [5, 4, 3, 4], [])]
    assert found == [100, 20, 80, 0]
