"""N1: what the guard did is published so that nothing can be read from it; probing is noticed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.models import GuardOutcome, ProbingAlarm, RetaliationMonth
from credit.queries.retaliation import AlarmRow, alarms_for, count_outcomes, published_months
from credit.rules.guard import PROBED_WITHIN, Probing, ProtectedAct, Route
from credit.rules.retaliation import Carried, GuardCounts, PublishedMonth, carried, publish_guard
from credit.service import mark_protected_act, record_outcome
from credit.service.process import check_proposals
from credit.service.retaliation import ALARMS_KEPT, publish_retaliation
from portal.accounts.service import Place, grant_role
from portal.areas.rules import Keeper
from portal.kernel.db import Database
from portal.kernel.ids import new_id
from portal.kernel.outbox import OutboxMessage
from portal.organisations.service import end_organisation
from tests.make import process
from tests.make.accounts import LONG_AGO, staff
from tests.make.credit import DISTRICT, NOW
from tests.make.organisations import unit
from tests.make.together import at_once

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
NEVER, OUTSIDE, ORDINARY = Route.NEVER, Route.OUTSIDE, Route.ORDINARY
# Shanghai's November ends at 16:00 UTC
DECEMBER = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
JANUARY = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)


def record(session: Session, route: Route, **changes: Any) -> None:
    wish: dict[str, Any] = {
        "district": DISTRICT, "proposal_id": new_id(), "route": route, "proposer_id": new_id(),
        "unit_id": None, "at": NOW, **changes,
    }  # fmt: skip
    record_outcome(session, **wish)


def alarms(session: Session) -> Sequence[AlarmRow]:
    return alarms_for(session, new_id(), [])


# --- probing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("routes", "raised"), [
    ([NEVER], 0), ([NEVER, ORDINARY], 0), ([ORDINARY] * 9, 0),
    ([NEVER, OUTSIDE], 1), ([OUTSIDE, OUTSIDE], 1), ([NEVER] * 5, 1),
])  # fmt: skip
def test_N1_probing_by_a_proposer_raises_one_alarm(
    database: Database, routes: list[Route], raised: int
) -> None:
    who = new_id()
    with database.write() as session:
        for at, route in enumerate(routes):
            record(session, route, proposer_id=who, at=NOW + at * SECOND)
        found = alarms(session)
        assert [row.about for row in found] == [Probing.PROPOSER] * raised
        guarded = len([route for route in routes if route is not ORDINARY])
        assert [(row.about_id, row.times) for row in found] == [(who, guarded)] * raised


def test_N1_a_unit_that_probes_by_several_people_raises_an_alarm(database: Database) -> None:
    with database.write() as session:
        here = unit(session).id
        record(session, NEVER, unit_id=here)
        record(session, OUTSIDE, unit_id=here, at=NOW + SECOND)
        assert [(row.about, row.about_id) for row in alarms(session)] == [(Probing.UNIT, here)]


@pytest.mark.parametrize(("after", "raised"), [(PROBED_WITHIN - SECOND, 1), (PROBED_WITHIN, 0)])
def test_N1_only_what_happened_within_30_days_is_probing(
    database: Database, after: timedelta, raised: int
) -> None:
    who = new_id()
    with database.write() as session:
        record(session, NEVER, proposer_id=who)
        record(session, NEVER, proposer_id=who, at=NOW + after)
        assert len(alarms(session)) == raised


def test_N1_the_same_proposal_told_again_counts_once(database: Database) -> None:
    who, proposal = new_id(), new_id()

    def tell() -> None:
        with database.write() as session:
            record(session, NEVER, proposer_id=who, proposal_id=proposal)

    at_once(tell, tell, tell)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(GuardOutcome)) == 1
        assert list(alarms(session)) == []
        row = session.scalars(select(GuardOutcome)).one()
        assert proposal.bytes not in row.proposal_hash


def test_N1_neither_the_proposer_nor_her_unit_reads_or_hears_of_the_alarm(
    database: Database,
) -> None:
    with database.write() as session:
        here = unit(session)
        auditor = staff(session, "auditor")
        prober = staff(session, "auditor")
        colleague = staff(session, "auditor")

        at = Place(area_id=None, organisation_id=here.id)
        grant_role(session, None, colleague.id, "handling_unit", at, now=LONG_AGO)
        session.flush()
        for n in range(2):
            record(session, NEVER, proposer_id=prober.id, unit_id=here.id, at=NOW + n * SECOND)
        assert len(alarms_for(session, auditor.id, [])) == 2
        assert list(alarms_for(session, prober.id, [])) == []
        assert list(alarms_for(session, colleague.id, [here.id])) == []
        vault = database.info["instance"].vault
        told = [vault.unseal(one.sealed_to) for one in session.scalars(select(OutboxMessage))]
        assert set(told) == {vault.unseal(str(auditor.sealed_phone))}
        facts = [vault.unseal(one.sealed_facts) for one in session.scalars(select(OutboxMessage))]
        assert all(str(prober.id) not in text and str(here.id) not in text for text in facts)


def test_N1_a_merger_hides_no_probing_and_no_auditor_of_the_successor_hears_of_it(
    database: Database,
) -> None:
    with database.write() as session:
        old, middle, new = (unit(session, code) for code in ("OLD", "MIDDLE", "NEW"))
        auditor, colleague = staff(session, "auditor"), staff(session, "auditor")
        at = Place(area_id=None, organisation_id=new.id)
        grant_role(session, None, colleague.id, "handling_unit", at, now=LONG_AGO)
        record(session, NEVER, unit_id=old.id)
        for code, heir in (("OLD", "MIDDLE"), ("MIDDLE", "NEW")):
            end_organisation(
                session, Keeper(None, None), code, on=NOW.date(), successor_code=heir, now=NOW
            )
        # what was done before the merger counts after it, and what goes on is one alarm
        record(session, NEVER, unit_id=middle.id, at=NOW + SECOND)
        record(session, NEVER, unit_id=new.id, at=NOW + 2 * SECOND)
        session.expire_all()
        assert [(row.about, row.about_id, row.times) for row in alarms(session)] == [
            (Probing.UNIT, middle.id, 3)
        ]
        vault = database.info["instance"].vault
        told = [vault.unseal(one.sealed_to) for one in session.scalars(select(OutboxMessage))]
        assert told == [vault.unseal(str(auditor.sealed_phone))]


# --- months ---------------------------------------------------------------------------------------


def test_N1_small_numbers_and_nought_are_not_told() -> None:
    since = Carried("2026-11", "2026-11", "2026-11")

    def told(proposals: int, never: int, outside: int, alarms: int = 0) -> tuple[Any, ...]:
        guarded = GuardCounts(proposals, never, outside)
        row = publish_guard("2026-11", since, proposals=proposals, guarded=guarded, alarms=alarms)
        return row.proposals, row.never, row.outside, row.alarms

    assert told(9, 0, 0) == (None, None, None, None)
    assert told(10, 0, 0) == (10, None, None, None)
    assert told(500, 9, 200) == (500, None, None, None)
    assert told(500, 200, 9) == (500, None, None, None)
    # all refused but nine: whoever was not knows that hers is one of few
    assert told(509, 250, 250) == (509, None, None, None)
    assert told(510, 250, 250, 9) == (510, 250, 250, None)
    assert told(30, 10, 10, 10) == (30, 10, 10, 10)


def test_N1_what_was_too_few_is_counted_on_until_it_can_be_told() -> None:
    after = {"2026-10": "2026-11", "2026-11": "2026-12", "2026-12": "2027-01"}
    told = [
        PublishedMonth("2026-10", 10, "2026-10"),
        PublishedMonth("2026-11", None, None, 10, 10, "2026-10"),
    ]
    assert carried([], "2026-10", after) == Carried("2026-10", "2026-10", "2026-10")
    assert carried(told, "2026-10", after) == Carried("2026-11", "2026-12", "2026-10")


def fill(database: Database, at: datetime, never: int, outside: int, ordinary: int) -> None:
    with database.write() as session:
        for route, times in ((NEVER, never), (OUTSIDE, outside), (ORDINARY, ordinary)):
            for _ in range(times):
                record(session, route, at=at)


def months(database: Database) -> list[PublishedMonth]:
    with database.read() as session:
        return published_months(session)


def test_N1_a_month_is_published_whole_after_its_end_and_never_again(database: Database) -> None:
    assert publish_retaliation(database, JANUARY) == 0
    fill(database, DECEMBER - SECOND, 11, 12, 13)
    fill(database, DECEMBER, 1, 0, 2)
    assert publish_retaliation(database, DECEMBER + DAY - SECOND) == 0
    assert publish_retaliation(database, DECEMBER + DAY) == 1
    [november] = months(database)
    assert november == PublishedMonth("2026-11", 36, "2026-11", 11, 12, "2026-11", None, None)
    assert publish_retaliation(database, JANUARY + DAY - SECOND) == 0
    fill(database, JANUARY, 10, 10, 10)
    assert publish_retaliation(database, JANUARY + 40 * DAY) == 2
    _, december, january = months(database)
    assert december == PublishedMonth("2026-12")
    # three of December are told with January's, so that no difference tells them
    assert january == PublishedMonth("2027-01", 33, "2026-12", 11, 10, "2026-12")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(RetaliationMonth)) == 3


def test_N1_who_proposed_is_forgotten_and_what_is_told_deleted(database: Database) -> None:
    fill(database, DECEMBER - SECOND, 10, 10, 10)
    fill(database, DECEMBER, 1, 0, 0)
    publish_retaliation(database, DECEMBER + DAY)
    with database.read() as session:
        named = session.scalars(select(GuardOutcome.proposer_id)).all()
        assert len(named) == 31
        assert None not in named
    publish_retaliation(database, DECEMBER + 31 * DAY)
    with database.read() as session:
        assert session.scalars(select(GuardOutcome.proposer_id)).all() == [None]


def test_N1_alarms_are_counted_in_their_month_and_kept_for_three_years(database: Database) -> None:
    for _ in range(10):
        who: UUID = new_id()
        with database.write() as session:
            for _ in range(2):
                record(session, NEVER, proposer_id=who)
    publish_retaliation(database, DECEMBER + DAY)
    [november] = months(database)
    assert (november.alarms, november.alarms_from) == (10, "2026-11")
    for at, left in ((NOW + ALARMS_KEPT - SECOND, 10), (NOW + ALARMS_KEPT, 0)):
        publish_retaliation(database, at)
        with database.read() as session:
            assert session.scalar(select(func.count()).select_from(ProbingAlarm)) == left


def test_N1_the_job_that_asks_the_guard_counts_what_it_answered(database: Database) -> None:
    made = process.world(database)
    deed: dict[str, Any] = {
        "act": ProtectedAct.REPORT,
        "source": "case:7K3M9-QX2HD",
        "at": process.START,
    }
    with database.write() as session:
        mark_protected_act(
            session, district=DISTRICT, person_id=made.subject.id, phone=None, **deed
        )
    process.proposed(made)
    process.proposed(made, source="case:7K3M9-QX2HF")
    for hours in (1, 2):
        check_proposals(database, process.START + hours * process.HOUR)
    with database.read() as session:
        counts = count_outcomes(session, process.START, process.START + process.DAY)
    assert (counts.never, counts.outside, counts.ordinary) == (1, 0, 1)
