"""What is learnt while the ledger stands still is earned once in a city of several districts."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from credit.service import end_consent, give_consent
from credit.service.facts import post_waiting
from credit.service.quizzes import answer_quiz
from portal.kernel.db import Database
from tests.credit.halting import halted
from tests.credit.test_quizzes import OTHER, points, two_districts
from tests.make.credit import DISTRICT, NOW, adult
from tests.make.quizzes import RIGHT, published
from tests.make.together import at_once


@dataclass(frozen=True)
class Halted:
    """Somebody of two districts, who passed while the ledger stood still: it waits in the first."""

    database: Database
    who: UUID
    number: str

    def answer(self) -> None:
        with self.database.write() as session:
            assert answer_quiz(session, self.number, 1, RIGHT, self.who, now=NOW).passed

    def post(self) -> None:
        post_waiting(self.database, NOW)

    def end_here(self) -> None:
        with self.database.write() as session:
            end_consent(session, DISTRICT, self.who, now=NOW)

    def agree_here(self) -> None:
        with self.database.write() as session:
            give_consent(session, DISTRICT, self.who, now=NOW)

    def earned(self) -> int:
        with self.database.read() as session:
            return points(session, self.who)


@pytest.fixture
def passed_while_halted(database: Database) -> Halted:
    two_districts(database)
    with database.write() as session:
        who = adult(session)
        for district in (DISTRICT, OTHER):
            give_consent(session, district, who.id, now=NOW)
        number = published(session)
    made = Halted(database, who.id, number)
    with halted(database):
        made.answer()
        made.answer()
    assert made.earned() == 0
    return made


def test_what_waits_for_a_halted_ledger_is_not_earned_in_another_district(
    passed_while_halted: Halted,
) -> None:
    made = passed_while_halted
    made.end_here()
    made.answer()
    assert made.earned() == 0
    made.agree_here()
    made.post()
    made.answer()
    assert made.earned() == 1


def test_what_waited_in_vain_can_be_earned_where_she_still_agrees(
    passed_while_halted: Halted,
) -> None:
    made = passed_while_halted
    made.end_here()
    made.post()
    made.answer()
    made.agree_here()
    made.answer()
    assert made.earned() == 1


def test_consents_around_a_halt_earn_once_whoever_is_first(passed_while_halted: Halted) -> None:
    made = passed_while_halted

    def to_and_fro() -> None:
        for _ in range(4):
            made.end_here()
            made.agree_here()

    at_once(to_and_fro, made.answer, made.post, made.answer, made.post, made.answer)
    made.answer()
    assert made.earned() == 1
