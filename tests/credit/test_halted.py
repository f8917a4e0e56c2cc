"""When database and state file contradict each other nothing is posted, and nothing is lost."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from credit.models import Due, Entry, EntryDetail, Refusal, WaitingFact
from credit.queries.accounts import accounts_of, consents, wrong_balances
from credit.queries.log import current_log
from credit.rules.kinds import Kind, LedgerRefusal
from credit.rules.leaf import Unit
from credit.rules.rulebook import NotCounted
from credit.rules.standing import LogStop, Noted
from credit.service import (
    Posted,
    Rejected,
    correct,
    end_consent,
    give_back_held,
    give_consent,
    hold_points,
    publish_rule,
    seal_statement,
    spend_held,
)
from credit.service import halting as service
from credit.service.conduct import post_deduction, repair_deduction, void_deduction
from credit.service.due import settle_due
from credit.service.facts import post_waiting
from credit.service.logfiles import LogFiles
from credit.service.posting import Details
from credit.service.sealing import seal
from portal.accounts.service import erase_person, export_person
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.ids import new_id
from tests.credit.halting import halted
from tests.credit.rulebook import shift_rule
from tests.credit.test_facts import DAY, points, publish, tell, willing
from tests.credit.test_sealing import files_of
from tests.make.credit import (
    DISTRICT,
    LATER,
    NOW,
    account,
    adult,
    given,
    posted,
    try_give,
    try_hold,
    try_notice,
)
from tests.make.together import at_once

STOPPED = Rejected(LedgerRefusal.HALTED)
WHY = Details("desk:1")


def count(session: Session, table: Any) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_no_door_posts_and_no_refusal_is_final(database: Database) -> None:
    with database.write() as session:
        mine, conduct = account(session, points=9), account(session, Unit.CONDUCT)
        hold = posted(try_hold(session, mine, 4)).entry.id
        award = given(session, mine, 2).entry.id
        notice = posted(try_notice(session, conduct, 3)).entry.id
        entries = count(session, Entry)
    wish: dict[str, Any] = {"district": DISTRICT, "details": WHY, "now": NOW + 20 * DAY}
    doors: list[Callable[..., Any]] = [
        partial(try_give, account_id=mine, amount=1, source="shift:99"),
        partial(try_hold, account_id=mine, amount=1),
        partial(try_notice, account_id=conduct, amount=1),
        # a door whose refusal would be recorded: it would be wrong when the database was put right
        partial(try_hold, account_id=mine, amount=1000),
        partial(try_give, account_id=mine, amount=0),
        partial(spend_held, **wish, of=new_id()),
        partial(correct, **wish, of=award, amount=3),
        partial(spend_held, **wish, of=hold),
        partial(give_back_held, **wish, of=hold),
        partial(correct, **wish, of=award, amount=1),
        partial(post_deduction, **wish, of=notice),
        partial(void_deduction, **wish, of=notice),
        partial(repair_deduction, **wish, of=notice, amount=1),
        partial(seal_statement, **wish, kind=Kind.RELEASE, digest=b"d" * 32),
    ]
    ids = [new_id() for _ in doors]
    with halted(database):
        for door, entry_id in zip(doors, ids, strict=True):
            with database.write() as session:
                assert door(session, entry_id=entry_id) == STOPPED, door
        with database.read() as session:
            assert (count(session, Entry), count(session, Refusal)) == (entries, 0)
            assert wrong_balances(session) == []
    with database.write() as session:
        for door, entry_id in zip(doors[:3], ids, strict=False):
            assert isinstance(door(session, entry_id=entry_id), Posted)


def test_what_was_posted_before_is_answered_again(database: Database) -> None:
    with database.write() as session:
        mine = account(session)
        made = given(session, mine, 5, source="shift:1")
        refused = {"amount": 9, "entry_id": new_id()}
        assert try_hold(session, mine, **refused) == Rejected(LedgerRefusal.NOT_ENOUGH, "amount")
    with halted(database), database.write() as session:
        again = try_give(session, mine, 5, entry_id=made.entry.id, source="shift:1")
        assert again == Posted(made.entry, again=True)
        assert try_hold(session, mine, **refused) == Rejected(LedgerRefusal.NOT_ENOUGH, "amount")


@pytest.mark.parametrize("give", [True, False])
def test_consent_and_rules_are_refused_in_words_and_nothing_is_half_done(
    database: Database, *, give: bool
) -> None:
    with database.write() as session:
        who = adult(session).id
        if not give:
            give_consent(session, DISTRICT, who, now=NOW)
    act = give_consent if give else end_consent
    with halted(database):
        with pytest.raises(Refused) as caught, database.write() as session:
            act(session, DISTRICT, who, now=NOW)
        assert caught.value.code is LedgerRefusal.HALTED
        with pytest.raises(Refused) as caught, database.write() as session:
            publish_rule(session, DISTRICT, shift_rule(NOW), actor_id=None, now=NOW)
        assert caught.value.code is LedgerRefusal.HALTED
    with database.write() as session:
        assert consents(session, DISTRICT, who) is not give
        act(session, DISTRICT, who, now=NOW)
        publish_rule(session, DISTRICT, shift_rule(NOW), actor_id=None, now=NOW)


def test_what_runs_out_meanwhile_is_written_down_when_the_ledger_goes_on(
    database: Database,
) -> None:
    with database.write() as session:
        account(session, points=9, until=NOW + DAY)
        due = count(session, Due)
    with halted(database):
        assert settle_due(database, NOW + 3 * DAY) == 0
        with database.read() as session:
            assert count(session, Due) == due
    assert settle_due(database, NOW + 3 * DAY) == 1


# --- facts ----------------------------------------------------------------------------------------


def test_a_fact_waits_once_and_is_posted_by_the_rule_of_its_day(database: Database) -> None:
    publish(database, shift_rule(NOW))
    with database.write() as session:
        who, other = willing(session), willing(session)
    with halted(database):
        for _ in range(2):
            with database.write() as session:
                assert tell(session, who, times=3) is NotCounted.WAITS
        with database.write() as session:
            assert tell(session, other) is NotCounted.WAITS
            assert count(session, WaitingFact) == 2
            assert points(session, who) == 0
        assert post_waiting(database, NOW + 3 * DAY) == 0
    # the rule changes before the fact is written down; it happened under the first version
    publish(database, shift_rule(NOW + 3 * DAY, version=1, points=50), at=NOW + 3 * DAY)
    assert post_waiting(database, NOW + 5 * DAY) == 2
    assert post_waiting(database, NOW + 5 * DAY) == 0
    with database.write() as session:
        assert (points(session, who), points(session, other)) == (6, 2)
        assert count(session, WaitingFact) == 0
        again = tell(session, who, times=3)
        assert isinstance(again, Posted)
        assert (again.again, again.entry.rule) == (True, "shift@1")
        assert again.entry.at == NOW + 5 * DAY


def test_a_fact_told_again_before_the_job_comes_earns_once(database: Database) -> None:
    publish(database, shift_rule(NOW))
    with database.write() as session:
        who = willing(session)
    with halted(database), database.write() as session:
        assert tell(session, who) is NotCounted.WAITS

    def tell_again() -> Any:
        with database.write() as session:
            return tell(session, who)

    job = partial(post_waiting, database, NOW + 5 * DAY)
    *_, told = at_once(job, job, tell_again)
    assert isinstance(told, Posted)
    with database.read() as session:
        assert points(session, who) == 2
        assert count(session, WaitingFact) == 0


def test_L5_what_earns_nothing_does_not_wait_and_who_ends_consent_is_not_written_down(
    database: Database,
) -> None:
    publish(database, shift_rule(NOW))
    with database.write() as session:
        who, unasked = willing(session), tell
        stranger = type(who).person(adult(session).id)
    with halted(database), database.write() as session:
        assert unasked(session, stranger) is NotCounted.NO_CONSENT
        assert tell(session, who, fact="unknown") is NotCounted.NO_RULE
        assert tell(session, who) is NotCounted.WAITS
        assert count(session, WaitingFact) == 1
    with database.write() as session:
        end_consent(session, DISTRICT, who.id, now=NOW + 3 * DAY)
    assert post_waiting(database, NOW + 5 * DAY) == 1
    with database.read() as session:
        assert points(session, who) == 0
        assert count(session, WaitingFact) == 0


def test_the_transaction_of_the_caller_stands_whatever_is_wrong_with_the_ledger(
    database: Database,
) -> None:
    publish(database, shift_rule(NOW))
    with database.write() as session:
        who = willing(session)
    with halted(database):
        with database.write() as session:
            mine = adult(session).id
            assert tell(session, who) is NotCounted.WAITS
        with pytest.raises(ZeroDivisionError):
            _tell_and_break(database, who)
    with database.read() as session:
        assert count(session, WaitingFact) == 1
    assert post_waiting(database, NOW + 5 * DAY) == 1
    with database.read() as session:
        assert accounts_of(session, who.party, mine) == []
        assert points(session, who) == 2


def _tell_and_break(database: Database, holder: Any) -> None:
    with database.write() as session:
        tell(session, holder, "shift:2")
        raise ZeroDivisionError


def test_P2_what_waits_is_handed_out_and_an_erasure_is_done_and_sealed_later(
    database: Database,
) -> None:
    publish(database, shift_rule(NOW))
    with database.write() as session:
        who = willing(session)
        tell(session, who, "shift:1")
    with halted(database):
        with database.write() as session:
            assert tell(session, who, "shift:2") is NotCounted.WAITS
        with database.write() as session:
            records = export_person(session, who.id, now=NOW)["records"]
            assert [row["source"] for row in records["credit_waiting_fact"]] == ["shift:2"]
            erase_person(session, None, who.id, now=NOW)
        with database.read() as session:
            left = session.scalars(select(WaitingFact)).all()
            assert [row.holder_id for row in left] == [None]
            assert accounts_of(session, who.party, who.id) == []
            mine = select(EntryDetail).where(EntryDetail.account_id.is_not(None))
            assert session.scalars(mine).all() == []
    assert post_waiting(database, NOW + DAY) == 1
    with database.read() as session:
        kinds = session.scalars(select(Entry.kind)).all()
        assert kinds.count(Kind.ERASURE) == 1
        assert count(session, WaitingFact) == 0


# --- how it is found out --------------------------------------------------------------------------


def test_all_is_well_costs_no_query_and_no_file_is_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        mine = account(session, points=1)
    seal(database, NOW)
    with database.write() as session:
        given(session, mine, 1)
    asked: list[str] = []
    event.listen(
        database.writer, "before_cursor_execute", lambda *given: asked.append(str(given[2]))
    )
    monkeypatch.setattr(type(files_of(database)), "noted", lambda _self: pytest.fail("read"))
    with database.write() as session:
        given(session, mine, 1)
    assert not [statement for statement in asked if "credit_log" in statement]


def test_a_database_that_is_exchanged_under_the_server_is_found_out_in_seconds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state file stays as it is, so only the clock makes us look again."""
    with database.write() as session:
        mine = account(session, points=1)
    seal(database, NOW)
    ticks = [100.0]
    monkeypatch.setattr(service.time, "monotonic", lambda: ticks[0])
    with database.write() as session:
        given(session, mine, 1)
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE credit_log SET size = 0")
        assert isinstance(try_give(session, mine, 1), Posted)
        ticks[0] += service.BELIEVED_SECONDS + 0.1
        assert try_give(session, mine, 1) == STOPPED


def test_a_sealing_does_not_look_like_a_loss_to_who_reads_meanwhile(database: Database) -> None:
    """Its checkpoint may be noted after we began to read: the file is read before the database."""
    with database.write() as session:
        mine = account(session)

    def write_and_seal() -> None:
        for _ in range(10):
            with database.write() as session:
                assert isinstance(try_give(session, mine, 1), Posted)
            seal(database, NOW)

    def look() -> None:
        for _ in range(60):
            with database.read() as session:
                assert service.why_stopped(session) is None

    at_once(write_and_seal, look, look)


def test_a_first_sealing_between_the_look_at_the_file_and_at_the_log_is_no_loss(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The very first log is noted after we looked for a note, and is there when we ask for it."""
    with database.write() as session:
        given(session, account(session), 1)
    plain, looks = LogFiles.noted, list[Noted | None]()

    def noted(files: LogFiles) -> Noted | None:
        found = plain(files)
        if not looks:
            looks.append(found)
            seal(database, NOW)
        return found

    monkeypatch.setattr(LogFiles, "noted", noted)
    with database.read() as session:
        # a snapshot that began before the sealing has no log at all, which is well too
        assert service.why_stopped(session) is None
    assert looks == [None]
    with database.read() as session:
        assert current_log(session) is not None
        (files_of(database).folder / "state").unlink()
        assert service.why_stopped(session) is LogStop.NO_STATE


def test_points_can_be_held_again_as_soon_as_the_ledger_goes_on(database: Database) -> None:
    with database.write() as session:
        mine = account(session, points=5)
    wish: dict[str, Any] = {
        "district": DISTRICT, "entry_id": new_id(), "account_id": mine, "amount": 5,
        "rule": "tea@1", "details": Details("benefit:tea"), "until": LATER,
    }  # fmt: skip
    with halted(database), database.write() as session:
        assert hold_points(session, **wish, now=NOW) == STOPPED
    with database.write() as session:
        assert isinstance(hold_points(session, **wish, now=NOW + timedelta(seconds=1)), Posted)
