"""并案 and 拆分: everybody behind a case goes on behind another one, and comes back as she was."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import NOBODY, Permission
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.outbox import OutboxMessage
from portal.reports.models import Case, CaseText
from portal.reports.queries.case import CaseRow, events_of, reporters_of
from portal.reports.queries.links import link_target
from portal.reports.queries.neighbours import leads_to, parts_of
from portal.reports.queries.page import case_page
from portal.reports.rules.codes import Event, Means, Relation, State, Target
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import Refusal
from portal.reports.service.handling import close_case
from portal.reports.service.joining import Joiner, join_case
from portal.reports.service.merging import merge_case, split_case
from portal.reports.service.personal import ReportsOfAPerson
from portal.reports.service.rating import Verdict, rate_outcome
from portal.reports.service.track import open_by_code, send_own_link
from portal.satisfaction.rules import Answers, Level
from tests.make import accounts, reports
from tests.make.areas import small_tree
from tests.make.ratings import ratings_on
from tests.make.reports import NOW
from tests.make.rows import case_row

LATER = NOW + timedelta(hours=8)
HAPPY = Verdict(Answers(solved=True, result=Level(1), service=Level(1)))
UNSOLVED = Verdict(Answers(solved=False, result=Level(5), service=Level(3)))
DESK = reports.desk()
CODES = ("2222 2222", "3333 3333")


class Two:
    """Case A that is being worked on, and case B about the same, with its reporter's receipt."""

    def __init__(self, session: Session, **options: Any) -> None:
        self.tree: dict[str, Area] = small_tree(session)
        ratings_on(session, self.tree["370283"])
        self.a = self.made(session, CODES[0], "token-a", phone="+8613800001210")
        self.b = self.made(session, CODES[1], "token-b", phone="+8613800001211", **options)

    def made(self, session: Session, code: str, token: str, phone: str, **options: Any) -> str:
        made = reports.reported(session, self.tree["370283001001"], listed=True, **options)
        reports.reporter(session, made, phone=phone, lookup_code=code, token=token)
        return made.number


@pytest.fixture
def two(database: Database) -> Two:
    with database.write() as session:
        return Two(session)


def _merge(database: Database, number: str, into: str, **more: Any) -> CaseRow:
    with database.write() as session:
        wish = {"actor": DESK, "now": LATER, "number": into, **more}
        return merge_case(session, case_row(session, number), **wish)


def _split(database: Database, number: str, **more: Any) -> CaseRow:
    with database.write() as session:
        why = {"actor": DESK, "now": LATER, "reason": Reason.ANOTHER_SPOT, **more}
        return split_case(session, case_row(session, number), **why)


def _behind(database: Database, number: str) -> list[tuple[Relation, str | None]]:
    with database.read() as session:
        numbers = {case.id: case.number for case in session.scalars(select(Case))}
        rows = reporters_of(session, case_row(session, number))
        return [(r.relation, numbers[r.merged_from] if r.merged_from else None) for r in rows]


def _said(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(session.scalars(select(OutboxMessage.template)))


def test_everybody_of_a_merged_case_goes_on_behind_the_other_and_is_told(
    database: Database, two: Two
) -> None:
    moved = _merge(database, two.b, two.a)
    assert (moved.state, moved.listed) == (State.MERGED, False)
    assert _behind(database, two.b) == []
    assert _behind(database, two.a) == [(Relation.FIRST, None), (Relation.FIRST, two.b)]
    assert _said(database) == ["report.merged"]
    with database.read() as session:
        merged = case_row(session, two.b)
        assert leads_to(session, merged).number == two.a
        assert [part.number for part in parts_of(session, case_row(session, two.a))] == [two.b]
        assert events_of(session, merged)[-1].event is Event.MERGE


def test_her_receipt_her_link_and_her_telephone_still_open_it(database: Database, two: Two) -> None:
    _merge(database, two.b, two.a)
    with database.write() as session:
        opened = open_by_code(session, two.b, CODES[1], address="x", now=LATER)
        hers = reporters_of(session, case_row(session, two.a))[1]
        assert opened == hers.id
        target = link_target(session, "token-b", LATER)
        assert target is not None
        assert target.number == two.a
        send_own_link(session, two.b, "13800001211", address="x", now=LATER)
    assert _said(database) == ["report.link", "report.merged"]
    # a code belongs to the number on its receipt alone
    with database.write() as session, pytest.raises(Refused):
        open_by_code(session, two.a, CODES[1], address="x", now=LATER)


def test_each_rates_alone_and_whoever_reported_the_merged_one_sends_it_back_alone(
    database: Database, two: Two
) -> None:
    _merge(database, two.b, two.a)
    with database.write() as session:
        made = session.scalars(select(Case).where(Case.number == two.a)).one()
        reports.walk(session, made, reports.WALKS[State.HANDLED], at=LATER)
    at = LATER + timedelta(hours=9)
    with database.write() as session:
        close_case(
            session, case_row(session, two.a), actor=reports.verifier(), now=at, means=Means.SERVICE
        )
    assert _said(database).count("report.rate") == 2
    with database.write() as session:
        case = case_row(session, two.a)
        first, second = reporters_of(session, case)
        assert rate_outcome(session, case, first, HAPPY, now=at + timedelta(hours=1)) is False
        assert rate_outcome(session, case, second, UNSOLVED, now=at + timedelta(hours=2)) is True


def test_P5_who_came_by_a_merge_reads_no_more_of_the_other_case_than_anybody(
    database: Database, two: Two
) -> None:
    with database.write() as session:
        for number, words in ((two.a, "甲的话"), (two.b, "乙的话")):
            case = session.scalars(select(Case).where(Case.number == number)).one()
            reports.text(session, case, words)
    _merge(database, two.b, two.a)
    with database.read() as session:
        case = case_row(session, two.a)
        hers = reporters_of(session, case)[1]
        page = case_page(session, case, hers)
        assert (page.own, page.words) == (False, None)
        assert page == case_page(session, case, None)


def test_a_sealed_reporter_stays_hidden_from_the_unit_and_for_good(database: Database) -> None:
    with database.write() as session:
        two = Two(session, sealed=True)
    _merge(database, two.b, two.a)
    _split(database, two.b)
    with database.read() as session:
        assert [case_row(session, number).sealed for number in (two.a, two.b)] == [True, True]


def test_parting_brings_back_the_state_the_list_and_everybody_who_came(
    database: Database, two: Two
) -> None:
    with database.read() as session:
        before = case_row(session, two.b)
    _merge(database, two.b, two.a)
    with database.write() as session:
        case = case_row(session, two.a)
        neighbour = Joiner(NOBODY, "b", "x", "zh_Hans")
        join_case(session, case, neighbour, now=LATER)
    back = _split(database, two.b)
    assert (back.state, back.listed) == (before.state, before.listed)
    assert _behind(database, two.b) == [(Relation.FIRST, None)]
    # who joined meanwhile joined what she saw
    assert _behind(database, two.a) == [(Relation.FIRST, None), (Relation.ME_TOO, None)]
    assert _said(database) == ["report.merged", "report.split"]
    with database.write() as session:
        assert open_by_code(session, two.b, CODES[1], address="x", now=LATER)


def test_a_chain_of_merges_is_followed_and_parted_in_the_middle(
    database: Database, two: Two
) -> None:
    with database.write() as session:
        c = two.made(session, "4444 4444", "token-c", phone="13800001212")
    _merge(database, c, two.b)
    _merge(database, two.b, two.a)
    assert [came for _, came in _behind(database, two.a)] == [None, two.b, c]
    with database.read() as session:
        assert leads_to(session, case_row(session, c)).number == two.a
    _split(database, two.b)
    assert [came for _, came in _behind(database, two.b)] == [None, c]
    _split(database, c)
    assert [len(_behind(database, number)) for number in (two.a, two.b, c)] == [1, 1, 1]


def test_what_does_not_belong_together_stays_apart(database: Database, two: Two) -> None:
    with database.write() as session:
        lamp = reports.reported(session, two.tree["370283001001"], category_code="lamp").number
        reports.category(session, "stall", target=Target.PERSON_OR_SHOP)
        shop = reports.reported(session, two.tree["370283001001"], category_code="stall").number
        over = reports.case(session, two.tree["370283001001"], state=State.CLOSED).number
    refused = {
        two.b: Refusal.SAME_CASE,
        over: Refusal.OTHER_NOT_OPEN,
        lamp: Refusal.OTHER_KIND,
        shop: Refusal.OTHER_PUBLICITY,
        "7K3M9PQ2WX": Refusal.NO_OTHER_CASE,
    }
    for into, code in refused.items():
        with pytest.raises(Refused) as error:
            _merge(database, two.b, into)
        assert error.value.code is code
    with pytest.raises(Refused) as error:
        _merge(database, two.b, shop, agreed=True)
    assert error.value.code is Refusal.OTHER_PUBLICITY
    assert _merge(database, two.b, lamp, agreed=True).state is State.MERGED


def test_whoever_merges_may_sort_both_cases_and_whoever_parts_says_why(
    database: Database, two: Two
) -> None:
    with pytest.raises(Forbidden):
        _merge(database, two.b, two.a, actor=reports.verifier())
    with database.write() as session:
        east = reports.reported(session, two.tree["370283002001"]).number
    here = reports.desk(two.tree["370283001"].path)
    with pytest.raises(Refused) as error:
        _merge(database, two.b, east, actor=here)
    assert error.value.code is Refusal.NO_OTHER_CASE
    reads = reports.staff(Permission.REPORT_ACCEPT, place=two.tree["370283001"].path)
    both = reads.grants | reports.staff(place=two.tree["370283002"].path).grants
    with pytest.raises(Forbidden):
        _merge(database, two.b, east, actor=type(reads)(reads.person_id, grants=both))
    _merge(database, two.b, two.a)
    with pytest.raises(Refused) as error:
        _split(database, two.b, reason=None)
    assert error.value.code is Refusal.REASON_MISSING


def _race(database: Database, steps: list[Callable[[Session], object]]) -> list[str]:
    start = Barrier(len(steps))

    def act(step: Callable[[Session], object]) -> str:
        start.wait()
        try:
            with database.write() as session:
                step(session)
        except Refused as refused:
            return "conflict" if isinstance(refused, Conflict) else "refused"
        return "done"

    with ThreadPoolExecutor(len(steps)) as pool:
        return sorted(pool.map(act, steps))


def test_two_officers_who_merge_crosswise_do_it_once(database: Database, two: Two) -> None:
    with database.read() as session:
        a, b = case_row(session, two.a), case_row(session, two.b)
    wish: dict[str, Any] = {"actor": DESK, "now": LATER}
    told = _race(
        database,
        [
            lambda session: merge_case(session, b, number=two.a, **wish),
            lambda session: merge_case(session, a, number=two.b, **wish),
        ],
    )
    # the second may have begun after the first was over, and then reads a case that is not open
    assert told in (["conflict", "done"], ["done", "refused"])
    with database.read() as session:
        states = sorted(case_row(session, number).state for number in (two.a, two.b))
    assert states == [State.MERGED, State.REPORTED]


def test_nobody_is_left_behind_who_joins_while_a_case_is_merged(
    database: Database, two: Two
) -> None:
    with database.read() as session:
        b = case_row(session, two.b)
    neighbour = Joiner(NOBODY, "b", "x", "zh_Hans")
    _race(
        database,
        [
            lambda session: merge_case(session, b, number=two.a, actor=DESK, now=LATER),
            lambda session: join_case(session, b, neighbour, now=LATER),
        ],
    )
    assert _behind(database, two.b) == []


def test_P2_who_came_by_a_merge_is_erased_with_her_own_words_and_nobody_elses(
    database: Database, two: Two
) -> None:
    with database.write() as session:
        me = accounts.person(session).id
        case = reports.reported(session, two.tree["370283001001"], words="我的话", listed=True)
        reports.reporter(session, case, session.get_one(accounts.Person, me))
        number = case.number
    _merge(database, number, two.a)
    with database.write() as session:
        copy = str(ReportsOfAPerson().export(session, me))
        assert "我的话" in copy
        assert "垃圾堆了三天" not in copy
        ReportsOfAPerson().erase(session, me, LATER)
    with database.read() as session:
        assert sorted(session.scalars(select(CaseText.text))) == [
            "",
            "垃圾堆了三天",
            "垃圾堆了三天",
        ]
