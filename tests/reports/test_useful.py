"""Confirmed reports earn points: late, coarse, for many at once, so that nobody is given away."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from credit.models import Entry
from credit.queries.accounts import account_of, accounts_of, wrong_balances
from credit.queries.entries import entry
from credit.queries.own import details_of
from credit.rules.kinds import Kind, Party
from credit.rules.leaf import Unit
from credit.rules.rulebook import Rule, RuleClass
from credit.service import end_consent, give_consent, publish_rule
from credit.service.sealing import seal
from credit.service.writing import leaf_of
from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.reports.models import Case, CaseReporter, UsefulCase, UsefulMonth
from portal.reports.rules.codes import Relation, Source, State, Target
from portal.reports.rules.useful import FACT, month_due, times_for
from portal.reports.service import useful
from portal.reports.service.useful import tell_useful_reports
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.credit import DISTRICT, adult
from tests.make.together import at_once

RULED = datetime(2026, 6, 1, 0, 0, tzinfo=UTC)
SEPTEMBER = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
# September is over for thirty days on 31 October in Shanghai
DUE = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CROWD = 5


@pytest.fixture
def tree(database: Database) -> dict[str, Area]:
    with database.write() as session:
        found = small_tree(session)
        publish(session)
    seal(database, RULED)
    return found


def publish(session: Session, at: datetime = RULED, **changes: Any) -> None:
    given: dict[str, Any] = {
        "code": "useful_report", "version": 0, "fact": FACT, "rule_class": RuleClass.POSITIVE,
        "points": 2, "life_days": 365, "title": "反映经核实", "source_text": "自律规范第五条",
        "evidence": "办结记录", "proposers": "street_desk", "valid_from": at,
    }  # fmt: skip
    publish_rule(session, DISTRICT, Rule(**{**given, **changes}), actor_id=None, now=at)


def willing(session: Session) -> Person:
    who = adult(session)
    give_consent(session, DISTRICT, who.id, now=RULED)
    return who


def confirmed(
    session: Session,
    tree: dict[str, Area],
    who: Person | None,
    *,
    at: datetime = SEPTEMBER,
    **changes: Any,
) -> Case:
    """A report that was handled, verified and closed; then changed, if wanted."""
    row = reports.reported(session, tree[f"{DISTRICT}001001"], found_at=at - DAY)
    relation = changes.pop("relation", Relation.FIRST)
    given = {"state": State.CLOSED, "closed_at": at, **changes}
    session.execute(update(Case).where(Case.id == row.id).values(**given))
    reports.reporter(session, row, who, relation=relation)
    return row


def crowd(session: Session, tree: dict[str, Area], at: datetime = SEPTEMBER) -> list[Person]:
    """Enough people to hide among, with one report each."""
    found = [willing(session) for _ in range(CROWD)]
    for who in found:
        confirmed(session, tree, who, at=at)
    return found


def points(database: Database, *people: Person) -> list[int]:
    with database.read() as session:
        assert wrong_balances(session) == []
        return [
            sum(one.balance for one in accounts_of(session, Party.PERSON, who.id)) for who in people
        ]


def test_a_month_is_due_thirty_days_after_its_end() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    end = datetime(2026, 9, 30, 16, 0, tzinfo=UTC)
    assert month_due(end + 30 * DAY - timedelta(seconds=1), zone)[0] == "2026-08"
    assert month_due(end + 30 * DAY, zone) == ("2026-09", end)
    assert month_due(datetime(2026, 1, 31, 16, 0, tzinfo=UTC), zone)[0] == "2025-12"


def test_many_reports_count_for_few_so_that_amounts_are_coarse() -> None:
    assert [times_for(count) for count in (0, 1, 2, 3, 5, 6, 7, 500)] == [0, 1, 1, 2, 2, 3, 3, 3]


def test_confirmed_reports_earn_by_the_month_once_and_coarsely(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        people = crowd(session, tree)
        busy = people[0]
        for _ in range(4):
            confirmed(session, tree, busy)
    assert tell_useful_reports(database, DUE - 3 * DAY) == 0
    assert tell_useful_reports(database, DUE) == CROWD
    assert points(database, *people) == [4, 2, 2, 2, 2]
    for later in (DUE, DUE + 7 * DAY):
        assert tell_useful_reports(database, later) == 0
    assert points(database, *people) == [4, 2, 2, 2, 2]


def test_P5_neither_moment_nor_words_nor_leaf_lead_to_a_report(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        people = crowd(session, tree)
        cases = session.execute(select(Case.id, Case.number, Case.category_code)).all()
    tell_useful_reports(database, DUE)
    with database.read() as session:
        awards = session.scalars(select(Entry.id).where(Entry.kind == Kind.AWARD)).all()
        assert len(awards) == CROWD
        said, moments = [], set()
        for who in people:
            mine = account_of(session, DISTRICT, Party.PERSON, who.id, Unit.POINTS)
            assert mine is not None
            said += [
                words for words in details_of(session, DISTRICT, mine).values() if "fact" in words
            ]
        for award in awards:
            found = entry(session, DISTRICT, award)
            assert found is not None
            moments.add((found.at, found.until, found.amount))
            leaf = leaf_of(found).encode().decode()
            assert not any(str(case.id) in leaf or case.number in leaf for case in cases)
        assert (
            said
            == [{"source": "reports:2026-09", "fact": FACT, "rule": "useful_report@1", "times": 1}]
            * CROWD
        )
        assert len(moments) == 1
        assert not any(case.number in json.dumps(said) for case in cases)


def test_P5_too_few_people_wait_until_there_are_enough_to_hide_among(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        alone = willing(session)
        confirmed(session, tree, alone)
    assert tell_useful_reports(database, DUE) == 0
    with database.write() as session:
        assert session.scalar(select(func.count()).select_from(UsefulMonth)) == 0
        others = crowd(session, tree, at=SEPTEMBER + 30 * DAY)[1:]
    # October is due in December: September's is told with it
    assert tell_useful_reports(database, DUE + 32 * DAY) == CROWD + 1
    assert points(database, alone, *others) == [2] * CROWD


LEFT_OUT: dict[str, dict[str, Any]] = {
    "void": {"state": State.VOID},
    "withdrawn": {"state": State.WITHDRAWN},
    "refused": {"state": State.NOT_ACCEPTED},
    "merged": {"state": State.MERGED},
    "opened again": {"state": State.REOPENED},
    "solved by herself": {"state": State.SELF_SOLVED},
    "too late": {"closed_at": SEPTEMBER + 40 * DAY},
    "before any rule": {"closed_at": RULED - DAY},
    "found by staff": {"source": Source.COLLECTOR},
    "a part": {"source": Source.PART},
    "who joined": {"relation": Relation.ME_TOO},
    "on conduct": {"category_code": "behaviour"},
    "a suggestion": {"category_code": "suggestion"},
    "about a person or a shop": {"category_code": "shop_overflow"},
}


@pytest.mark.parametrize("why", LEFT_OUT)
def test_what_is_not_a_confirmed_report_of_a_thing_earns_nothing(
    database: Database, tree: dict[str, Area], why: str
) -> None:
    with database.write() as session:
        reports.category(session, "shop_overflow", target=Target.PERSON_OR_SHOP)
        for code in ("behaviour", "suggestion"):
            reports.category(session, code)
        crowd(session, tree)
        who = willing(session)
        confirmed(session, tree, who, **LEFT_OUT[why])
    tell_useful_reports(database, DUE)
    assert points(database, who) == [0]


def test_who_worked_on_it_who_was_merged_in_and_who_is_forgotten_earn_nothing(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        crowd(session, tree)
        worker, moved, gone = (willing(session) for _ in range(3))
        confirmed(session, tree, worker, verifier_id=worker.id)
        first = confirmed(session, tree, None)
        for who, values in (
            (moved, {"merged_from": first.id}),
            (gone, {"erased_at": SEPTEMBER}),
        ):
            row = confirmed(session, tree, who)
            session.execute(
                update(CaseReporter).where(CaseReporter.case_id == row.id).values(**values)
            )
    tell_useful_reports(database, DUE)
    assert points(database, worker, moved, gone) == [0, 0, 0]


def test_L5_without_her_consent_nothing_is_written_and_her_report_is_whole(
    database: Database, tree: dict[str, Area]
) -> None:
    with database.write() as session:
        people = crowd(session, tree)
        quiet, ended = adult(session), willing(session)
        case = confirmed(session, tree, quiet)
        confirmed(session, tree, ended)
        end_consent(session, DISTRICT, ended.id, now=SEPTEMBER)
    assert tell_useful_reports(database, DUE) == len(people)
    assert points(database, quiet, ended) == [0, 0]
    with database.read() as session:
        assert session.get_one(Case, (DISTRICT, case.id)).state is State.CLOSED


def test_a_report_counts_once_even_when_it_is_opened_and_closed_again(
    database: Database, tree: dict[str, Area]
) -> None:
    later = SEPTEMBER + 30 * DAY
    with database.write() as session:
        who = willing(session)
        case = confirmed(session, tree, who)
        crowd(session, tree)
    tell_useful_reports(database, DUE)
    with database.write() as session:
        session.execute(update(Case).where(Case.id == case.id).values(closed_at=later))
        crowd(session, tree, at=later)
    assert tell_useful_reports(database, DUE + 32 * DAY) == CROWD
    assert points(database, who) == [2]


def test_N6_a_rule_that_began_later_does_not_reach_back(
    database: Database,
) -> None:
    with database.write() as session:
        tree = small_tree(session)
        publish(session, SEPTEMBER + DAY)
        crowd(session, tree)
    seal(database, SEPTEMBER + DAY)
    assert tell_useful_reports(database, DUE) == 0
    with database.write() as session:
        people = crowd(session, tree, at=SEPTEMBER + 2 * DAY)
    assert tell_useful_reports(database, DUE) == CROWD
    assert points(database, *people) == [2] * CROWD


def test_without_a_rule_nothing_is_told(database: Database) -> None:
    with database.write() as session:
        tree = small_tree(session)
        crowd(session, tree)
    assert tell_useful_reports(database, DUE) == 0
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(UsefulCase)) == 0


def test_a_run_that_was_killed_is_finished_by_the_next_as_of_the_same_moment(
    database: Database, tree: dict[str, Area], monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        people = crowd(session, tree)
    monkeypatch.setattr(useful, "MOST_PEOPLE_AT_ONCE", 2)
    tell, calls = useful._tell_some, list[int]()

    def killed(*given: Any) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return tell(*given)

    monkeypatch.setattr(useful, "_tell_some", killed)
    with pytest.raises(KeyboardInterrupt):
        tell_useful_reports(database, DUE)
    assert sum(points(database, *people)) == 4
    assert tell_useful_reports(database, DUE + 7 * DAY) == CROWD - 2
    assert points(database, *people) == [2] * CROWD
    with database.read() as session:
        moments = session.scalars(select(Entry.at).where(Entry.kind == Kind.AWARD)).all()
        assert set(moments) == {DUE}


def test_several_who_tell_at_once_tell_once(database: Database, tree: dict[str, Area]) -> None:
    with database.write() as session:
        people = crowd(session, tree)
        for _ in range(2):
            confirmed(session, tree, people[0])
    run: Callable[[], int] = partial(tell_useful_reports, database, DUE)
    assert sum(at_once(*[run] * 4)) == CROWD
    assert points(database, *people) == [4, 2, 2, 2, 2]


def test_the_city_says_how_late_and_for_how_many_at_once(
    database: Database, tree: dict[str, Area], instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        alone = willing(session)
        confirmed(session, tree, alone)
    for name, value in (("useful_report_days", 5), ("useful_report_people", 1)):
        monkeypatch.setitem(cast("dict[str, Any]", instance.city.thresholds), name, value)
    assert tell_useful_reports(database, datetime(2026, 10, 6, 2, 0, tzinfo=UTC)) == 1
    assert points(database, alone) == [2]
