"""Care, checks, the ladder of neglect, dry weeks, ends: on both engines."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from credit.models import Entry
from credit.rules.kinds import Kind
from credit.service import give_consent, publish_rule
from credit.service.sealing import seal
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Missing
from portal.kernel.outbox import OutboxMessage
from portal.satisfaction.queries import final_ratings
from portal.satisfaction.rules import Answers, Level, SubjectKind
from portal.satisfaction.rules.bands import Band
from tests.credit.rulebook import shift_rule
from tests.make.accounts import actor, person
from tests.make.adoption import (
    DAY,
    NOW,
    STREET,
    Park,
    active,
    applied,
    offered,
    park,
    plot,
    refusal_of,
    row_of,
    signature,
)
from tests.make.credit import DISTRICT, adult
from volunteers.models.adoption import Adoption, AdoptionPlaque, AdoptionPlot
from volunteers.queries.adoption.adoptions import first_right_of
from volunteers.queries.adoption.care import care_by_number, inspections_of
from volunteers.queries.adoption.plots import Standing, plot_by_number
from volunteers.queries.rating import opinion_of_plot
from volunteers.rules.adoption.life import AdoptionState, CareState, PlotState, Step
from volunteers.rules.adoption.lists import axes
from volunteers.rules.adoption.refusals import AdoptionRefusal
from volunteers.service.adoption.care import (
    Done,
    confirm_care,
    void_care,
    void_own_care,
    write_care,
)
from volunteers.service.adoption.checking import check_site
from volunteers.service.adoption.clocks import run_clocks
from volunteers.service.adoption.dry import mark_dry, remind_dry
from volunteers.service.adoption.looking_after import give_notice, inspect, stay, take_step
from volunteers.service.adoption.rating import rate_plot
from volunteers.service.adoption.signing import ForTheCity, ask_renewal, renew

S, R = AdoptionState, AdoptionRefusal
TODAY = date(2026, 11, 25)
MANY = Band(80, 100)


@pytest.fixture
def made(database: Database) -> Park:
    return park(database)


def _care(session: Any, number: str) -> Any:
    session.flush()
    found = care_by_number(session, number)
    assert found is not None
    return found


def test_an_adopter_only_ever_writes_into_her_own_log(database: Database, made: Park) -> None:
    with database.write() as session:
        number = active(session, made, plot(session, made))
        done = Done("watering", TODAY, 30, "浇透")
        for stranger in (made.neighbour, made.desk):
            with pytest.raises(Missing):
                write_care(session, stranger, number, done, now=NOW)
        line = write_care(session, made.lead, number, done, now=NOW)
        other = active(session, made, plot(session, made, register_number="X"), made.neighbour)
        session.flush()
        with pytest.raises(Missing):
            void_own_care(session, made.neighbour, other, line, "不是", now=NOW)
        with pytest.raises(Missing):
            confirm_care(session, made.desk, other, line, now=NOW)
        assert _care(session, line).state is CareState.WRITTEN


def test_care_is_of_this_kind_of_thing_and_of_a_day_within_the_agreement(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        number = active(session, made, plot(session, made))
        for deed, day, why in (
            ("clearing", TODAY, R.UNKNOWN_DEED),
            ("watering", date(2026, 11, 26), R.DAY_AHEAD),
            ("watering", date(2026, 11, 24), R.DAY_BEFORE),
        ):
            done = Done(deed, day)
            code = refusal_of(lambda d=done: write_care(session, made.lead, number, d, now=NOW))
            assert code is why


def test_confirmed_care_is_a_fact_of_the_ledger_once_and_struck_out_is_taken_back(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        rule = shift_rule(NOW - DAY, code="care", fact="plot_cared", points=1)
        publish_rule(session, DISTRICT, rule, actor_id=None, now=NOW - DAY)
    seal(database, NOW - DAY)
    with database.write() as session:
        helper = adult(session)
        give_consent(session, DISTRICT, helper.id, now=NOW - DAY)
        who = actor(session, helper)
        number = active(session, made, plot(session, made), who)
        line = write_care(session, who, number, Done("watering", TODAY), now=NOW)
        session.flush()
        confirm_care(session, made.desk, number, line, now=NOW)
        session.flush()
        assert _count(session, Kind.AWARD) == 1
        with pytest.raises(Conflict):
            confirm_care(session, made.desk, number, line, now=NOW)
        code = refusal_of(lambda: void_care(session, made.desk, number, line, " ", now=NOW))
        assert code is R.NO_REASON
        void_care(session, made.desk, number, line, "照片是旧的", now=NOW)
        session.flush()
        assert (_count(session, Kind.AWARD), _count(session, Kind.CORRECTION)) == (1, 1)
        # it stays to be read, and nothing changes it any more
        assert _care(session, line).void_reason == "照片是旧的"
        code = refusal_of(lambda: void_care(session, made.desk, number, line, "再", now=NOW))
        assert code is R.VOID_ALREADY


def _count(session: Any, kind: Kind) -> int:
    return session.scalar(select(func.count()).select_from(Entry).where(Entry.kind == kind)) or 0


def test_an_adopter_strikes_out_her_own_line_until_it_is_confirmed(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        number = active(session, made, plot(session, made))
        first, second = (
            write_care(session, made.lead, number, Done("watering", TODAY), now=NOW)
            for _ in range(2)
        )
        session.flush()
        void_own_care(session, made.lead, number, first, "写重了", now=NOW)
        confirm_care(session, made.desk, number, second, now=NOW)
        session.flush()
        with pytest.raises(Conflict):
            void_own_care(session, made.lead, number, second, "后悔", now=NOW)
        assert [_care(session, n).state for n in (first, second)] == [
            CareState.VOID, CareState.CONFIRMED,
        ]  # fmt: skip


def test_a_check_needs_points_for_every_axis(database: Database, made: Park) -> None:
    with database.write() as session:
        where = plot(session, made)
        number = active(session, made, where)
        fives = dict.fromkeys(axes(), 5)
        missing = {**fives, next(iter(axes())): 0}
        code = refusal_of(lambda: inspect(session, made.desk, number, missing, "", now=NOW))
        assert code is R.NO_SCORE
        inspect(session, made.desk, number, fives, "很好", now=NOW)
        session.flush()
        assert [one.total for one in inspections_of(session, where.id)] == [100]


def test_neglect_is_reminded_then_has_days_then_ends(database: Database, made: Park) -> None:
    with database.write() as session:
        number = active(session, made, plot(session, made))

        def step(what: Step, days: int, rectify_by: date | None = None) -> None:
            take_step(
                session, made.desk, number, what, reason="无人浇水", now=NOW + days * DAY,
                rectify_by=rectify_by,
            )  # fmt: skip

        for early in (Step.DEMAND, Step.END_NEGLECT):
            with pytest.raises(Conflict):
                step(early, 0, date(2027, 1, 1))
        step(Step.REMIND, 0)
        assert refusal_of(lambda: step(Step.DEMAND, 6, date(2027, 1, 1))) is R.TOO_EARLY
        code = refusal_of(lambda: step(Step.DEMAND, 7, date(2026, 12, 16)))
        assert code is R.BAD_RECTIFY_DAY
        step(Step.DEMAND, 7, date(2026, 12, 17))
        assert refusal_of(lambda: step(Step.END_NEGLECT, 22)) is R.NOT_OVER
        step(Step.END_NEGLECT, 23)
        assert row_of(session, number).state is S.ENDED
        plaque = session.scalars(select(AdoptionPlaque)).one()
        assert plaque.ended_at is not None


def test_what_is_put_right_begins_anew(database: Database, made: Park) -> None:
    with database.write() as session:
        number, desk = active(session, made, plot(session, made)), made.desk
        take_step(session, desk, number, Step.REMIND, reason="枯", now=NOW)
        take_step(session, desk, number, Step.PUT_RIGHT, reason="", now=NOW)
        assert row_of(session, number).state is S.ACTIVE
        take_step(session, desk, number, Step.REMIND, reason="枯", now=NOW + DAY)
        given = {"reason": "枯", "now": NOW + 7 * DAY, "rectify_by": date(2027, 1, 31)}
        code = refusal_of(lambda: take_step(session, desk, number, Step.DEMAND, **given))
        assert code is R.TOO_EARLY


def test_leaving_takes_thirty_days_needs_no_reason_and_can_be_taken_back(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        where = plot(session, made)
        number = active(session, made, where)
        assert give_notice(session, made.lead, number, now=NOW) == date(2026, 12, 25)
        stay(session, made.lead, number, now=NOW + DAY)
        give_notice(session, made.lead, number, now=NOW + 2 * DAY)
    ran = [run_clocks(database, NOW + days * DAY) for days in (32, 33, 33)]
    assert ran == [0, 1, 0]
    with database.read() as session:
        assert session.scalars(select(Adoption.state)).all() == [S.ENDED]
        free = plot_by_number(session, where.number)
        assert free is not None
        assert free.standing is Standing.FREE


def test_an_offer_lapses_and_a_term_ends_by_themselves(database: Database, made: Park) -> None:
    with database.write() as session:
        offered(session, made, plot(session, made))
        active(session, made, plot(session, made, register_number="LD-2"), made.neighbour)
    ran = [run_clocks(database, NOW + days * DAY) for days in (14, 15, 364, 365)]
    assert ran == [0, 1, 0, 1]
    with database.read() as session:
        assert set(session.scalars(select(Adoption.state))) == {S.LAPSED, S.ENDED}


def test_it_is_renewed_when_both_sign_again(database: Database, made: Park) -> None:
    with database.write() as session:
        number = active(session, made, plot(session, made))
        mine, city, late = signature(session), ForTheCity("徐"), NOW + 340 * DAY
        code = refusal_of(lambda: ask_renewal(session, made.lead, number, mine, now=NOW))
        assert code is R.TOO_EARLY
        code = refusal_of(lambda: renew(session, made.desk, number, city, now=late))
        assert code is R.NOT_ASKED
        ask_renewal(session, made.lead, number, mine, now=late)
        session.flush()
        renew(session, made.desk, number, city, now=late)
        assert row_of(session, number).ends_on == date(2028, 11, 24)
        code = refusal_of(lambda: renew(session, made.desk, number, city, now=late))
        assert code is R.NOT_ASKED


def test_when_the_plot_is_needed_its_adopter_goes_first_elsewhere(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        where, other = (plot(session, made, register_number=n) for n in ("LD-1", "LD-2"))
        number, desk = active(session, made, where), made.desk
        take_step(session, desk, number, Step.RELOCATE, reason="道路拓宽", now=NOW)
        row = row_of(session, number)
        gone = plot_by_number(session, where.number)
        assert gone is not None
        assert (row.state, gone.state) == (S.TO_SETTLE, PlotState.GONE)
        first = applied(session, made, other, made.neighbour)
        moved = applied(session, made, other)
        assert row_of(session, moved).first_right_of == row.id
        said = {"fits": True, "reason": "合适", "now": NOW}
        assert refusal_of(lambda: check_site(session, desk, first, **said)) is R.FIRST_RIGHT
        check_site(session, desk, moved, **said)
        take_step(session, desk, number, Step.SETTLE, reason="改认养 LD-2", now=NOW)
        assert row_of(session, number).state is S.ENDED
        person_id = made.lead.person_id
        assert person_id is not None
        assert first_right_of(session, person_id, TODAY) == row.id
        assert first_right_of(session, person_id, date(2027, 3, 1)) is None


def test_in_a_dry_week_adopters_of_thirsty_things_there_are_told_once(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        active(session, made, plot(session, made))
        bench = plot(session, made, register_number="ZY", kind="bench", square_metres=None)
        active(session, made, bench, made.neighbour)
        mark_dry(session, made.desk, STREET, TODAY, now=NOW)
        code = refusal_of(lambda: mark_dry(session, made.desk, STREET, TODAY, now=NOW))
        assert code is R.DRY_ALREADY
        later = date(2026, 11, 30)
        code = refusal_of(lambda: mark_dry(session, made.desk, STREET, later, now=NOW))
        assert code is R.NOT_MONDAY_YET
        code = refusal_of(lambda: mark_dry(session, made.other_desk, STREET, TODAY, now=NOW))
        assert code is R.NOT_YOUR_PLACE
    assert [remind_dry(database, NOW), remind_dry(database, NOW)] == [1, 0]
    with database.read() as session:
        told = select(func.count()).where(OutboxMessage.template == "adoption.dry")
        assert session.scalar(told) == 1


def test_residents_rate_once_a_quarter_and_adopters_not_their_own(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        where = plot(session, made)
        good = Answers(solved=True, result=Level.SATISFIED, service=Level.SATISFIED)
        bad = Answers(solved=False, result=Level.DISSATISFIED, service=Level.DISSATISFIED)
        number = where.number
        code = refusal_of(lambda: rate_plot(session, made.friend, number, good, seen=0, now=NOW))
        assert code is R.NOT_RATED_YET
        active(session, made, where)
        code = refusal_of(lambda: rate_plot(session, made.lead, number, good, seen=0, now=NOW))
        assert code is R.OWN_RATING
        rate_plot(session, made.friend, number, good, seen=0, now=NOW)
        with pytest.raises(Conflict):
            rate_plot(session, made.friend, number, good, seen=0, now=NOW)
        rate_plot(session, made.friend, number, bad, seen=1, now=NOW)
        rate_plot(session, made.friend, number, good, seen=0, now=NOW + 60 * DAY)
        plots = select(AdoptionPlot.id).where(AdoptionPlot.id == where.id)
        kept = final_ratings(session, SubjectKind.ADOPTION, plots, NOW + 365 * DAY)
        assert [one.solved for one in kept] == [False, True]


def test_what_residents_say_of_a_plot_is_told_in_batches_of_closed_quarters(
    database: Database, made: Park
) -> None:
    with database.write() as session:
        where = plot(session, made)
        active(session, made, where)
        good = Answers(solved=True, result=Level.SATISFIED, service=Level.SATISFIED)
        bad = Answers(solved=False, result=Level.DISSATISFIED, service=Level.DISSATISFIED)
        raters = [actor(session, person(session)) for _ in range(20)]
        later = NOW + 60 * DAY
        over = NOW + 365 * DAY

        def said(now: datetime = over) -> tuple[int, Band] | None:
            found = opinion_of_plot(session, where.id, now)
            return (found.answered, found.result) if found else None

        for nth, one in enumerate(raters):
            answers = bad if nth in {9, 12} else good
            at = NOW if nth < 11 else later
            rate_plot(session, one, where.number, answers, seen=0, now=at)
            # nine tell nothing; what follows the tenth waits for the next ten
            if nth < 9:
                assert said() is None
            elif nth < 19:
                assert said() == (10, MANY)
        assert said() == (20, MANY)
        # while a quarter lasts an answer can be changed: none of it counts
        assert said(NOW + DAY) is None
        assert said(later) == (10, MANY)
