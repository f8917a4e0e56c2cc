"""Rating an outcome: once, changeable, and an unhappy answer sends the matter back."""

from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select

from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.kernel.outbox import OutboxMessage, OutboxState
from portal.organisations.models import Organisation
from portal.reports import jobs
from portal.reports.models import CaseEvent, CaseText
from portal.reports.queries.case import CaseReporterRow, CaseRow, reporters_of
from portal.reports.queries.rating import rating_standing
from portal.reports.rules.codes import Event, Means, State, TextKind
from portal.reports.rules.rating import RatingRefusal
from portal.reports.service.handling import close_case
from portal.reports.service.personal import ReportsOfAPerson
from portal.reports.service.rating import Verdict, rate_outcome
from portal.satisfaction.models import RatingWords
from portal.satisfaction.queries.releases import cells
from portal.satisfaction.rules import Answers, SubjectKind
from portal.satisfaction.rules.release import slug_of
from tests.make import accounts
from tests.make import reports as make
from tests.make.areas import area
from tests.make.organisations import unit
from tests.make.ratings import DISSATISFIED, HAPPY, UNSOLVED, ratings_on
from tests.make.rows import case_now, case_row

PHONES = ("+8613800001291", "+8613800001292")
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Scene:
    """A closed case with two reporters who left phones, and the moment of closing."""

    database: Database
    number: str
    street: Area
    unit: Organisation

    @property
    def case(self) -> CaseRow:
        return case_now(self.database, self.number)

    @property
    def reporters(self) -> list[CaseReporterRow]:
        with self.database.read() as session:
            return reporters_of(session, self.case)

    def rate(
        self,
        answers: Answers,
        *,
        by: int = 0,
        seen: int = 0,
        passed_on: str = "",
        after: timedelta = HOUR,
        closed: CaseRow | None = None,
    ) -> bool:
        now = (closed or self.case).closed_at
        assert now is not None
        reporter = self.reporters[by]
        with self.database.write() as session:
            case = case_row(session, self.number)
            verdict = Verdict(answers, passed_on, seen)
            return rate_outcome(session, case, reporter, verdict, now=now + after)


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.write() as session:
        city = area(session, "370283", "city", "平度市")
        street = area(session, "370283001", "street", "东阁街道", city)
        ratings_on(session, city)
        owner = unit(session)
        made = make.case(session, street, state=State.HANDLED, unit=owner, phone=PHONES[0])
        make.reporter(session, made, phone=PHONES[1])
        number = made.number
    with database.write() as session:
        row = case_row(session, number)
        at = make.NOW + timedelta(hours=9)
        close_case(session, row, actor=make.verifier(), now=at, means=Means.SERVICE)
    return Scene(database, number, street, owner)


def test_a_happy_answer_is_kept_and_the_matter_stays_closed(scene: Scene) -> None:
    assert scene.rate(HAPPY) is False
    assert scene.case.state is State.CLOSED
    with scene.database.read() as session:
        standing = rating_standing(
            session, scene.case, scene.reporters[0].id, make.NOW + timedelta(days=1)
        )
    assert standing.mine is not None
    assert standing.mine.answers == HAPPY
    assert standing.refusal is None


@pytest.mark.parametrize("answers", [UNSOLVED, DISSATISFIED], ids=["unsolved", "dissatisfied"])
def test_an_unhappy_answer_sends_the_matter_back(scene: Scene, answers: Answers) -> None:
    assert scene.rate(answers) is True
    assert scene.case.state is State.REOPENED
    assert scene.case.cycle == 2
    assert scene.case.unit_id == scene.unit.id


def test_only_an_unhappy_verdict_reopens_the_case_also_when_service_was_bad(scene: Scene) -> None:
    assert scene.rate(replace(HAPPY, service=UNSOLVED.service)) is False
    assert scene.case.state is State.CLOSED


def test_a_happy_answer_changed_to_an_unhappy_one_sends_the_matter_back(scene: Scene) -> None:
    scene.rate(HAPPY)
    assert scene.rate(UNSOLVED, seen=1) is True
    assert scene.case.state is State.REOPENED


def test_an_unhappy_answer_sends_back_only_once_and_a_second_try_is_explained(
    scene: Scene,
) -> None:
    closed = scene.case
    scene.rate(UNSOLVED)
    for seen in (0, 1):
        with pytest.raises(Conflict) as refused:
            scene.rate(HAPPY, seen=seen, closed=closed)
        assert refused.value.code is RatingRefusal.SENT_BACK
    with pytest.raises(Conflict):
        scene.rate(UNSOLVED, by=1, closed=closed)
    with scene.database.read() as session:
        events = session.scalars(select(CaseEvent.event).where(CaseEvent.event == Event.REOPEN))
        assert len(events.all()) == 1


def test_the_next_cycle_has_a_rating_of_its_own(scene: Scene) -> None:
    scene.rate(UNSOLVED)
    with scene.database.write() as session:
        made = session.get_one(make.Case, (scene.case.district, scene.case.id))
        make.walk(
            session,
            made,
            (Event.HANDLE, Event.CLOSE),
            unit=scene.unit,
            at=make.NOW + timedelta(days=2),
        )
    assert scene.case.state is State.CLOSED
    assert scene.rate(HAPPY) is False
    with scene.database.read() as session:
        standing = rating_standing(
            session, scene.case, scene.reporters[0].id, make.NOW + timedelta(days=3)
        )
    assert standing.mine is not None
    assert (standing.mine.cycle, standing.mine.answers) == (2, HAPPY)


def test_a_late_verdict_is_refused_and_opens_nothing(scene: Scene) -> None:
    scene.rate(HAPPY, after=timedelta(days=14) - timedelta(microseconds=1))
    with pytest.raises(Refused) as refused:
        scene.rate(UNSOLVED, seen=1, after=timedelta(days=14))
    assert refused.value.code is RatingRefusal.LATE
    assert scene.case.state is State.CLOSED


def test_only_words_that_were_passed_on_reach_the_case(scene: Scene) -> None:
    scene.rate(replace(UNSOLVED, words="只给自己看"), passed_on="墙角还有一堆")
    with scene.database.read() as session:
        texts = session.execute(select(CaseText.kind, CaseText.text)).all()
    assert (TextKind.PASSED_ON, "墙角还有一堆") in [tuple(row) for row in texts]
    assert "只给自己看" not in "".join(row.text for row in texts)


def test_without_passed_on_words_nothing_is_added(scene: Scene) -> None:
    scene.rate(replace(UNSOLVED, words="只给自己看"))
    with scene.database.read() as session:
        kinds = session.scalars(select(CaseText.kind)).all()
    assert TextKind.PASSED_ON not in kinds


def reminders(scene: Scene) -> list[OutboxState]:
    with scene.database.read() as session:
        return list(
            session.scalars(
                select(OutboxMessage.state)
                .where(OutboxMessage.template == "report.rate_reminder")
                .order_by(OutboxMessage.id)
            )
        )


def test_a_rating_cancels_the_reminder_of_its_rater_only(scene: Scene) -> None:
    assert reminders(scene) == [OutboxState.WAITING] * 2
    scene.rate(HAPPY)
    assert reminders(scene) == [OutboxState.CANCELLED, OutboxState.WAITING]


def test_a_matter_sent_back_reminds_nobody(scene: Scene) -> None:
    scene.rate(UNSOLVED)
    assert reminders(scene) == [OutboxState.CANCELLED] * 2


@pytest.mark.parametrize("raters", [(0, 0), (0, 1)], ids=["one reporter", "two reporters"])
def test_of_two_unhappy_answers_at_once_one_wins_and_the_other_is_told(
    scene: Scene, raters: tuple[int, int]
) -> None:
    closed, start, outcomes = scene.case, Barrier(2), []

    def send(by: int) -> None:
        start.wait()
        try:
            outcomes.append(scene.rate(UNSOLVED, by=by, closed=closed))
        except Conflict:
            outcomes.append(None)

    threads = [Thread(target=send, args=(by,)) for by in raters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [None, True]
    assert scene.case.cycle == 2


def test_rating_waits_for_the_switch_of_the_place(database: Database) -> None:
    with database.write() as session:
        city = area(session, "370283", "city", "平度市")
        made = make.case(session, city, state=State.CLOSED, phone=PHONES[0])
        row = make.row_of(session, made)
        reporter = reporters_of(session, row)[0]
        with pytest.raises(Refused) as refused:
            rate_outcome(session, row, reporter, Verdict(HAPPY), now=make.NOW + timedelta(days=1))
    assert refused.value.code is RatingRefusal.NOT_LIVE


def test_the_job_makes_each_month_once_and_counts_closings_by_the_end_of_their_window(
    scene: Scene,
) -> None:
    database, closed_at = scene.database, scene.case.closed_at
    assert closed_at is not None  # 23 November; its window ends on 7 December
    scene.rate(HAPPY)
    with database.write() as session:
        for _ in range(11):
            made = make.case(session, scene.street, state=State.HANDLED, unit=scene.unit)
            make.walk(session, made, (Event.CLOSE,), unit=scene.unit, at=make.NOW)
    assert jobs.close_months(database, closed_at + timedelta(days=20)) == []
    january = closed_at + timedelta(days=45)
    made = [slug_of("2026-12", kind, 1) for kind in SubjectKind]
    assert jobs.close_months(database, january) == made
    assert jobs.close_months(database, january) == []
    with database.read() as session:
        rows = {row.code: row for row in cells(session, "2026-12")}
    assert rows["370283"].closed == 12
    assert rows["370283"].answered is None


def test_two_job_runs_at_once_make_one_month(scene: Scene) -> None:
    scene.rate(HAPPY)
    january, start, made = make.NOW + timedelta(days=45), Barrier(3), []

    def run() -> None:
        start.wait()
        made.extend(jobs.close_months(scene.database, january))

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == sorted(slug_of("2026-12", kind, 1) for kind in SubjectKind)


def test_P2_a_person_takes_her_ratings_with_her_and_has_their_words_erased(
    database: Database,
) -> None:
    with database.write() as session:
        city = area(session, "370283", "city", "平度市")
        ratings_on(session, city)
        hers, other = accounts.person(session), accounts.person(session)
        cases = [
            make.case(session, city, state=State.CLOSED, reporter=who) for who in (hers, other)
        ]
        for made in cases:
            row = make.row_of(session, made)
            verdict = Verdict(replace(HAPPY, words="谢谢师傅"))
            reporter = reporters_of(session, row)[0]
            rate_outcome(session, row, reporter, verdict, now=make.NOW + timedelta(days=1))
        number, who, whom = cases[0].number, hers.id, other.id
    provider = ReportsOfAPerson()
    with database.read() as session:
        (rating,) = ratings_in(provider.export(session, who))
    assert (rating["number"], rating["solved"], rating["words"]) == (number, True, "谢谢师傅")
    with database.write() as session:
        provider.erase(session, who, make.NOW)
    with database.read() as session:
        assert len(session.scalars(select(RatingWords.sealed_text)).all()) == 1
        (kept,) = ratings_in(provider.export(session, whom))
    assert kept["words"] == "谢谢师傅"


def ratings_in(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["table"] == "rating"]


def test_words_of_ratings_are_forgotten_after_a_year(scene: Scene) -> None:
    scene.rate(replace(HAPPY, words="谢谢师傅"))
    for days, left in ((364, 1), (367, 0)):
        jobs.forget_old(scene.database, make.NOW + timedelta(days=days))
        with scene.database.read() as session:
            assert len(session.scalars(select(RatingWords.sealed_text)).all()) == left
