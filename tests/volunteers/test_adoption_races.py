"""Two leads on one plot, two hand-overs, two who confirm at once: one of them is told."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Refused
from tests.make.accounts import actor, person
from tests.make.adoption import NOW, Park, active, applied, park, plot, row_of
from tests.make.together import at_once
from volunteers.models.adoption import Adoption, AdoptionCare, AdoptionEvent, AdoptionMember
from volunteers.queries.adoption.adoptions import members_of
from volunteers.rules.adoption.life import AdoptionState, Role, Step
from volunteers.service.adoption.care import Done, confirm_care, void_own_care, write_care
from volunteers.service.adoption.checking import check_site
from volunteers.service.adoption.members import answer_joining, ask_to_join, hand_over


@pytest.fixture
def made(database: Database) -> Park:
    return park(database)


def tried(database: Database, act: Callable[[Any], Any]) -> Callable[[], str]:
    """An act in a transaction of its own: what became of it."""

    def run() -> str:
        try:
            with database.write() as session:
                act(session)
        except (Refused, Forbidden) as told:
            return type(told).__name__
        return "done"

    return run


def test_of_many_who_are_checked_for_one_plot_at_once_one_leads(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        where = plot(session, made)
        people = [actor(session, person(session)) for _ in range(6)]
        numbers = [applied(session, made, where, who) for who in people]

    def check(number: str) -> Callable[[], str]:
        return tried(
            database,
            lambda s: check_site(s, made.desk, number, fits=True, reason="合适", now=NOW),
        )

    outcomes = at_once(*map(check, numbers))
    assert sorted(outcomes) == ["Conflict"] * 5 + ["done"]
    with database.read() as session:
        leads = select(func.count()).where(AdoptionMember.role == Role.LEAD)
        assert session.scalar(leads) == 1
        offered = select(func.count()).where(Adoption.state == AdoptionState.OFFERED)
        assert session.scalar(offered) == 1
        # whoever lost is where she was
        waiting = select(func.count()).where(Adoption.state == AdoptionState.APPLIED)
        assert session.scalar(waiting) == 5


def test_of_two_hand_overs_at_once_one_counts_and_one_leads(database: Database, made: Park) -> None:
    with database.write() as session:
        where = plot(session, made)
        number = active(session, made, where)
        for who in (made.friend, made.neighbour):
            ask_to_join(session, who, where.number, now=NOW)
        session.flush()
        row = row_of(session, number)
        others = [m.number for m in members_of(session, [row.id])[row.id] if m.role is Role.ASKED]
        for member in others:
            answer_joining(session, made.lead, number, member, yes=True)

    def over(member: str) -> Callable[[], str]:
        return tried(database, lambda s: hand_over(s, made.lead, number, member, now=NOW))

    outcomes = at_once(*map(over, others))
    assert outcomes.count("done") == 1
    with database.read() as session:
        roles = session.scalars(select(AdoptionMember.role).order_by(AdoptionMember.role)).all()
        assert roles == [Role.LEAD, Role.MEMBER, Role.MEMBER]
        steps = select(func.count()).where(AdoptionEvent.step == Step.HAND_OVER)
        assert session.scalar(steps) == 1


def test_a_line_that_is_confirmed_and_struck_out_at_once_is_one_of_both(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        number = active(session, made, plot(session, made))
        day = date(2026, 11, 25)
        line = write_care(session, made.lead, number, Done("watering", day), now=NOW)
    outcomes = at_once(
        tried(database, lambda s: confirm_care(s, made.desk, number, line, now=NOW)),
        tried(database, lambda s: void_own_care(s, made.lead, number, line, "误记", now=NOW)),
    )
    assert sorted(outcomes) == [Conflict.__name__, "done"]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(AdoptionCare)) == 1
