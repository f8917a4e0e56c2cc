"""Guessing and flooding from many threads and from two workers, who share nothing but the data."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.rules import CODE_TRIES, Refusal
from portal.accounts.service import send_code, sign_in_with_code
from portal.accounts.service.sign_in import BREAKER
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.instance import Instance, open_for
from portal.kernel.ratelimit import EVERYBODY, Limit, take
from portal.reports.models import Case, CaseText
from portal.reports.queries.page import case_page
from portal.reports.rules.codes import Review, State, Target
from portal.reports.rules.reasons import Reason
from portal.reports.service.handling import reclassify_case
from portal.reports.service.moderation import about_text, moderate_case
from tests.make import reports
from tests.make.areas import small_tree
from tests.make.reports import NOW
from tests.make.rows import case_now
from tests.make.sign_in import TYPED, a_browser, last_code, other_than

Step = Callable[[Session], object]


@pytest.fixture
def workers(instance: Instance, database: Database) -> Iterator[list[Database]]:
    """Two processes' worth of connections to one database."""
    other = open_for(instance)
    yield [database, other]
    other.dispose()


def together(workers: list[Database], steps: list[Step]) -> list[str]:
    """Take all steps at once, in turn by one worker and the other; what each was answered."""
    start = Barrier(len(steps))

    def act(numbered: tuple[int, Step]) -> str:
        number, step = numbered
        start.wait()
        try:
            with workers[number % len(workers)].write() as session:
                step(session)
        except Refused as refusal:
            return refusal.code.value
        return "done"

    with ThreadPoolExecutor(len(steps)) as pool:
        return sorted(pool.map(act, enumerate(steps)))


def test_racing_guesses_get_five_tries_at_a_sign_in_code(workers: list[Database]) -> None:
    with workers[0].write() as session:
        send_code(session, TYPED, a_browser(), now=NOW)
    right = last_code(workers[0])

    def guess(session: Session) -> object:
        return sign_in_with_code(session, other_than(right), a_browser(), now=NOW)

    answers = together(workers, [guess] * 12)
    assert answers.count(Refusal.WRONG_CODE.value) == CODE_TRIES
    assert answers.count(Refusal.CODE_OVER.value) == 12 - CODE_TRIES
    with workers[0].write() as session, pytest.raises(Refused):
        sign_in_with_code(session, right, a_browser(), now=NOW)


def test_the_breaker_for_codes_holds_for_all_workers_together(workers: list[Database]) -> None:
    few = Limit(BREAKER.bucket, 7, BREAKER.seconds)
    passed: list[bool] = []

    def send(session: Session) -> object:
        passed.append(take(session, [(few, EVERYBODY)], now=NOW) is None)
        return None

    assert together(workers, [send] * 16) == ["done"] * 16
    assert passed.count(True) == 7


def test_p5_words_shown_while_the_matter_becomes_one_about_a_person_stay_inside(
    workers: list[Database],
) -> None:
    """One officer checks the words as fit for all while the other finds whom they accuse."""
    with workers[0].write() as session:
        area = small_tree(session)["370283001001"]
        reports.category(session, "noise", target=Target.PERSON_OR_SHOP)
        number = reports.case(session, area, state=State.ACCEPTED, words="老王家的狗").number
        text = session.scalars(select(CaseText)).one().id
    desk = reports.desk(area.path)
    seen = case_now(workers[0], number)

    def show(session: Session) -> object:
        return moderate_case(session, seen, [about_text(text, show=True)], actor=desk, now=NOW)

    def protect(session: Session) -> object:
        return reclassify_case(session, seen, actor=desk, now=NOW, category_code="noise")

    together(workers, [show, protect])
    with workers[0].read() as session:
        kept = session.scalars(select(CaseText)).one()
        case = session.scalars(select(Case)).one()
        if case.category_code == "noise":
            assert (kept.review, kept.public_text) == (Review.WITHHELD, None)
            assert kept.review_reason == Reason.ABOUT_A_PERSON_OR_SHOP.value
            assert case_page(session, case_now(workers[0], number), None).words is None
