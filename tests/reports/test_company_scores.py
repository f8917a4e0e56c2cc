"""R249: the score of a company is a published formula over counts that anybody can read."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.organisations.models import Organisation
from portal.reports.jobs import make_company_scores
from portal.reports.models import CaseReporter
from portal.reports.queries.companies import ScoreRow, resident_sums, scores, standing_scores
from portal.reports.rules.codes import State
from portal.reports.rules.companies import CompanyRefusal, Matter, Outcome
from portal.reports.rules.company_scores import (
    Count,
    Part,
    banded,
    bounds_of,
    days_of,
    formula_by_version,
    formula_of,
    interval,
    last_closed,
    quarter_of,
    score,
)
from portal.reports.service.companies import say
from portal.reports.service.company_scores import freeze_scores, quarter_due, settle_score
from portal.reports.service.counting import count_everything, refresh_counts
from portal.satisfaction.rules import Answers, Level, SubjectKind
from portal.satisfaction.rules.bands import band_of
from portal.satisfaction.service import Subject, record_rating
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.companies import checked, chief, contracted, heard, row_of
from tests.make.reports import handler
from tests.make.together import at_once

QUARTER, SHANGHAI = "2026-Q3", ZoneInfo("Asia/Shanghai")
FOUND = datetime(2026, 8, 3, 1, 0, tzinfo=UTC)
SEEN = datetime(2026, 8, 12, 1, 0, tzinfo=UTC)
AFTER = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)


def test_quarters_meet_and_end_when_nobody_rates_any_more() -> None:
    assert days_of("2026-Q4") == (date(2026, 10, 1), date(2027, 1, 1))
    for bad in ("2026-Q5", "2026-10", "x"):
        with pytest.raises(ValueError, match=bad):
            days_of(bad)
    end = bounds_of(QUARTER, SHANGHAI)[1]
    waits = timedelta(days=20)
    assert last_closed(end + waits, SHANGHAI, 14) == QUARTER
    assert last_closed(end + waits - timedelta(seconds=1), SHANGHAI, 14) == "2026-Q2"
    assert last_closed(end + waits, SHANGHAI, 30) == "2026-Q2"
    assert formula_of("2025-Q4") is None


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_every_day_lies_in_its_quarter(day: date) -> None:
    first, after = days_of(quarter_of(day))
    assert first <= day < after


COUNTS = st.integers(0, 60).flatmap(
    lambda of: st.builds(Count, st.integers(0, of), st.just(of), st.just(of))
)


@given(st.dictionaries(st.sampled_from(Part), COUNTS))
def test_a_score_is_the_mean_of_what_is_known_or_nothing(counts: dict[Part, Count]) -> None:
    formula = formula_by_version(1)
    found = score(formula, counts)
    shares = {
        part: (counts[part].got / counts[part].of, weight.weight)
        for part, weight in formula.parts.items()
        if part in counts and counts[part].of and counts[part].known >= weight.fewest
    }
    total = sum(weight for _, weight in shares.values())
    if total < 50:
        assert found is None
    else:
        assert found is not None
        mean = sum(share * weight for share, weight in shares.values()) / total
        assert abs(found - mean * 1000) <= 0.51
        assert 0 <= found <= 1000


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_residents_are_shown_from_ten_people_on_and_never_all_or_none(
    satisfied: int, others: int, raters: int
) -> None:
    answers = satisfied + others
    found = banded(satisfied, answers, raters)
    if raters < 10 or not answers:
        assert found is None
        return
    assert found is not None
    band = band_of(found.got, found.of)
    assert band == band_of(satisfied, answers)
    assert band.low <= satisfied * 100 / answers < band.high or band.high == 100
    assert band.high - band.low >= 10
    # all of a kind look like others: nobody's answer follows
    if satisfied in {0, answers} and answers >= 10:
        assert banded(abs(satisfied - answers // 10), answers, raters) == found
    around = interval(found)
    assert around[0] <= found.got <= around[1] <= 100


def _rated(session: Session, made: CaseReporter, case_id: object, service: Level) -> None:
    assert made.case_id == case_id
    subject = Subject(
        SubjectKind.CASE, made.case_id, made.district, 1, "/370283/370283001/370283001001/",
        "litter", FOUND + timedelta(days=20),
    )  # fmt: skip
    answers = Answers(True, Level.SATISFIED, service)
    record_rating(session, subject, made.id, answers, seen=0, now=FOUND + timedelta(days=2))


class Quarter:
    """A quarter of a company's work: matters that were closed, and what people said of them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.write() as session:
            tree: dict[str, Area] = small_tree(session)
            self.area = tree["370283001001"]
            firm = contracted(session)
            self.unit_id = firm.id
            self.speaker: Actor = handler(firm.id)

    def work(self, closed: int, content: int, *, rate: int | None = None) -> None:
        with self.database.write() as session:
            firm = session.get_one(Organisation, self.unit_id)
            for at in range(closed):
                made = reports.case(session, self.area, state=State.CLOSED, unit=firm, at=FOUND)
                who = reports.reporter(session, made)
                if at < (closed if rate is None else rate):
                    level = Level.SATISFIED if at < content else Level.DISSATISFIED
                    _rated(session, who, made.id, level)
        with self.database.write() as session:
            count_everything(session, AFTER)

    def freeze(self, quarter: str = QUARTER) -> int:
        with self.database.write() as session:
            return freeze_scores(session, quarter, now=AFTER)

    def sums(self) -> tuple[int, int, int]:
        """People, answers and satisfied ones as they would be counted now."""
        with self.database.read() as session:
            return resident_sums(session, self.unit_id, *bounds_of(QUARTER, SHANGHAI))

    def rows(self) -> list[ScoreRow]:
        with self.database.read() as session:
            return scores(session, [self.unit_id])


def test_r249_a_score_counts_cases_checks_and_residents_and_is_computed_again_from_its_inputs(
    database: Database,
) -> None:
    here = Quarter(database)
    here.work(20, 15)
    with database.write() as session:
        checked(session, on=SEEN.date(), now=SEEN)
    assert here.freeze() == 1
    [row] = here.rows()
    assert row.counts[Part.IN_TIME].of == 20
    assert row.counts[Part.KEPT] == Count(20, 20, 20)
    assert row.counts[Part.SPOT] == Count(14, 20, 1)
    assert row.counts[Part.RESIDENT] == Count(75, 100, 20)
    assert row.points == score(formula_by_version(row.formula), row.counts)
    assert sha256(row.inputs.encode()).hexdigest() == row.digest
    # nothing that comes later changes it, and a second run makes nothing
    here.work(5, 0)
    assert here.freeze() == 0
    assert here.rows() == [row]


def test_no_answer_is_counted_of_fewer_than_ten_people(database: Database) -> None:
    here = Quarter(database)
    here.work(12, 0, rate=9)
    here.freeze()
    [row] = here.rows()
    assert Part.RESIDENT not in row.counts
    assert '"resident"' not in row.inputs


def test_P4_the_eleventh_to_nineteenth_who_rate_move_no_figure(database: Database) -> None:
    here = Quarter(database)
    here.work(10, 6)
    seen = here.sums()
    assert seen == (10, 10, 6)
    for _ in range(9):
        here.work(1, 0)
        assert here.sums() == seen
    here.work(1, 0)
    assert here.sums() == (20, 20, 6)


def test_a_score_that_is_made_while_people_rate_is_that_of_a_recount(database: Database) -> None:
    here = Quarter(database)
    here.work(15, 12)
    with database.write() as session:
        # the next quarter goes on while this one is counted
        firm = session.get_one(Organisation, here.unit_id)
        made = reports.case(session, here.area, state=State.CLOSED, unit=firm, at=AFTER)
        who, case_id = reports.reporter(session, made), made.id

    def rate_now() -> int:
        with database.write() as session:
            about = Subject(
                SubjectKind.CASE, case_id, who.district, 1, here.area.path, "litter",
                AFTER + timedelta(days=14),
            )  # fmt: skip
            said = Answers(True, Level.SATISFIED, Level.VERY_DISSATISFIED)
            record_rating(session, about, who.id, said, seen=0, now=AFTER)
        return 0

    made_now = at_once(here.freeze, rate_now, here.freeze)
    assert sum(made_now) == 1
    [row] = here.rows()
    people, answers, satisfied = here.sums()
    assert (people, answers) == (10, 10)
    assert row.counts[Part.RESIDENT] == banded(satisfied, answers, people)


def test_r249_an_objection_stands_beside_the_figure_and_a_right_one_makes_a_revision(
    database: Database,
) -> None:
    here = Quarter(database)
    here.work(12, 12)
    with database.write() as session:
        check = checked(session, on=SEEN.date(), now=SEEN)
    here.freeze()
    [first] = here.rows()
    with database.write() as session:
        firm, by = row_of(session).unit, chief()
        with pytest.raises(Refused) as refused:
            settle_score(session, firm, first, Outcome.STANDS, words="x", actor=by, now=AFTER)
        assert refused.value.code is CompanyRefusal.NOTHING_SAID
        say(session, Matter.SCORE, firm, first, words="抽查有误", actor=here.speaker, now=AFTER)
        disputed = heard(session, first.number)
        assert disputed.disputed
        assert check.outcome is None
        settle_score(session, firm, disputed, Outcome.DROPPED, words="对", actor=by, now=AFTER)
    rows = here.rows()
    assert [row.revision for row in rows] == [2, 1]
    assert rows[0].counts[Part.RESIDENT] == rows[1].counts[Part.RESIDENT]
    assert standing_scores(rows) == rows[:1]
    assert not rows[0].disputed


def test_an_objection_has_its_days(database: Database) -> None:
    here = Quarter(database)
    here.work(12, 12)
    here.freeze()
    [row] = here.rows()
    assert row.answer_until == AFTER + timedelta(days=15)
    with database.write() as session:
        firm = row_of(session).unit
        with pytest.raises(Refused) as refused:
            say(
                session, Matter.SCORE, firm, row, words="x", actor=here.speaker,
                now=row.answer_until,
            )  # fmt: skip
        assert refused.value.code is CompanyRefusal.TOO_LATE


def test_two_runs_at_once_make_one_score(database: Database) -> None:
    here = Quarter(database)
    here.work(12, 12)
    with database.read() as session:
        assert quarter_due(session, AFTER) == QUARTER
    made = at_once(*[partial(make_company_scores, database, AFTER)] * 3)
    assert sum(made) == 1
    assert len(here.rows()) == 1


def test_nothing_is_made_before_the_counts_know_the_whole_quarter(database: Database) -> None:
    here = Quarter(database)
    assert here.freeze() == 0
    refresh_counts(database, FOUND)
    assert here.freeze() == 0
    refresh_counts(database, AFTER)
    assert here.freeze() == 1
    [row] = here.rows()
    assert row.points is None
