"""A record that is struck out after the ledger was told: what it had earned is taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.models import Entry
from credit.queries.accounts import accounts_of
from credit.queries.own import details_of
from credit.rules.kinds import Kind, Party
from credit.service import Details, Posted, give_consent, hold_points
from credit.service.facts import post_waiting
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from portal.kernel.outbox import OutboxMessage
from tests.credit.halting import halted
from tests.credit.rulebook import shift_rule
from tests.credit.test_facts import publish
from tests.make import volunteers as make
from tests.make.credit import DISTRICT
from tests.make.together import at_once
from tests.volunteers.test_hours import DAY, STARTS, World
from volunteers.rules.hours import NOTICE
from volunteers.service.crediting import take_back_late, tell_ledger
from volunteers.service.hours import void_hours
from volunteers.service.messages import Told


class Known(World):
    """The same, and one record that the ledger knows already."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        rule = shift_rule(fact="patrol_done", valid_from=STARTS - DAY)
        publish(database, rule, at=STARTS - 2 * DAY)
        self.who = self.people[0].id
        self.write(lambda session: give_consent(session, DISTRICT, self.who, now=STARTS - DAY))
        self.later = make.NOW + NOTICE
        [self.record] = self.confirm(0)
        assert tell_ledger(database, self.later) == 1

    def strike(self, number: str = "", reason: str = "名单有误") -> None:
        record = number or self.record
        self.write(
            lambda session: void_hours(
                session, self.organiser, record, reason=reason, now=self.later
            )
        )

    def read(self, act: Callable[[Session], Any]) -> Any:
        with self.database.read() as session:
            return act(session)

    @property
    def points(self) -> int:
        found = self.read(lambda session: accounts_of(session, Party.PERSON, self.who))
        return sum(account.balance for account in found)

    @property
    def corrections(self) -> list[Any]:
        kind = select(Entry.amount).where(Entry.kind == Kind.CORRECTION)
        return list(self.read(lambda session: session.scalars(kind).all()))

    def messages(self, what: Told) -> int:
        found = select(OutboxMessage.id).where(OutboxMessage.template == what.value)
        return len(self.read(lambda session: session.scalars(found).all()))


@pytest.fixture
def world(database: Database) -> Known:
    return Known(database)


def test_L14_a_void_after_the_ledger_was_told_takes_the_points_back_and_says_why(
    world: Known,
) -> None:
    assert world.points == 2
    world.strike()
    assert (world.points, world.corrections) == (0, [2])
    told = world.messages
    assert (told(Told.HOURS_VOIDED), told(Told.POINTS_TAKEN_BACK)) == (1, 1)
    lines = world.read(lambda session: my_lines(session, world.who))
    assert any(line.get("reason") == "名单有误" for line in lines)
    # the job finds nothing more to do, and the ledger is not told again
    assert take_back_late(world.database, world.later) == 0
    assert tell_ledger(world.database, world.later + DAY) == 0
    assert world.corrections == [2]


def my_lines(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """What she reads of her entries."""
    [account] = accounts_of(session, Party.PERSON, person_id)
    return list(details_of(session, DISTRICT, account.account_id).values())


def test_a_void_before_the_ledger_was_told_takes_nothing_back(world: Known) -> None:
    [other] = world.confirm(1, now=world.later)
    world.strike(other)
    assert (world.points, world.corrections) == (2, [])
    assert world.messages(Told.POINTS_TAKEN_BACK) == 0


def test_what_was_promised_meanwhile_stays_hers_and_nobody_falls_below_zero(world: Known) -> None:
    def promise(session: Session) -> None:
        [account] = accounts_of(session, Party.PERSON, world.who)
        outcome = hold_points(
            session, district=DISTRICT, entry_id=new_id(), account_id=account.account_id,
            amount=1, rule="benefit@1", details=Details("redeem:1"),
            until=world.later + 30 * DAY, now=world.later,
        )  # fmt: skip
        assert isinstance(outcome, Posted)

    world.write(promise)
    world.strike()
    assert (world.points, world.corrections) == (1, [1])


def test_what_is_recorded_anew_earns_anew_and_falls_by_itself(world: Known) -> None:
    world.strike()
    [again] = world.confirm(0, now=world.later)
    assert tell_ledger(world.database, world.later + NOTICE) == 1
    assert world.points == 2
    world.later += NOTICE
    world.strike(again)
    assert (world.points, world.corrections) == (0, [2, 2])


def test_while_the_ledger_stands_still_it_waits_for_the_job(world: Known) -> None:
    with halted(world.database):
        world.strike()
        assert take_back_late(world.database, world.later) == 0
        assert world.points == 2
    later = world.later + timedelta(minutes=10)
    assert sum(at_once(*[lambda: take_back_late(world.database, later)] * 3)) >= 1
    assert (world.points, world.corrections) == (0, [2])
    assert world.messages(Told.POINTS_TAKEN_BACK) == 1


def test_a_fact_that_still_waits_is_never_written_down(database: Database) -> None:
    world = Known(database)
    [other] = world.confirm(1, now=make.NOW)
    who = world.people[1].id
    world.write(lambda session: give_consent(session, DISTRICT, who, now=STARTS - DAY))
    with halted(database):
        assert tell_ledger(database, world.later) == 1
        world.strike(other)
    assert post_waiting(database, world.later + DAY) == 0
    found = world.read(lambda session: accounts_of(session, Party.PERSON, who))
    assert sum(account.balance for account in found) == 0
    assert world.corrections == []


def test_telling_and_striking_out_at_once_never_leave_points_behind(database: Database) -> None:
    world = Known(database)
    who = world.people[1].id
    world.write(lambda session: give_consent(session, DISTRICT, who, now=STARTS - DAY))
    for _ in range(3):
        [number] = world.confirm(1, now=make.NOW)
        at_once(
            lambda: tell_ledger(database, world.later), lambda number=number: world.strike(number)
        )
        found = world.read(lambda session: accounts_of(session, Party.PERSON, who))
        assert sum(account.balance for account in found) == 0
