"""L2, L11: deductions are off until two people switched them on with a basis, an assessment and a
responsible person, and that is sealed; one alone switches them off."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from credit.models import DeductionSwitch, Entry
from credit.queries.entries import entry
from credit.queries.switch import SwitchRow, switch_by_number, switches_of
from credit.rules.canonical import canonical
from credit.rules.kinds import Kind
from credit.rules.switch import MOST_DOCUMENT, SwitchRefusal, SwitchWish, on_content
from credit.service import deductions_on
from credit.service.sealing import seal
from credit.service.switch import confirm_switch, end_switch, propose_switch
from portal.kernel.audit import AuditEntry
from portal.kernel.db import Database
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from tests.make.credit import DISTRICT, NOW
from tests.make.together import at_once

PDF = b"%PDF-1.7 assessment"
WISH = SwitchWish("自律公约第五条", "张主任", "城市管理局副局长", PDF)
MINUTE = timedelta(minutes=1)
ANNA, BEN, CARL = (new_id() for _ in range(3))


def propose(database: Database, wish: SwitchWish = WISH, district: str = DISTRICT) -> str:
    with database.write() as session:
        return propose_switch(session, district, wish, actor_id=ANNA, now=NOW)


def confirm(database: Database, number: str, who: Any = BEN) -> None:
    with database.write() as session:
        confirm_switch(session, number, actor_id=who, now=NOW + MINUTE)


def is_on(database: Database, after: timedelta, district: str = DISTRICT) -> bool:
    with database.read() as session:
        return deductions_on(session, district, NOW + after)


def known(database: Database, number: str) -> SwitchRow:
    with database.read() as session:
        row = switch_by_number(session, number)
        assert row is not None
        return row


def refusal(act: Callable[..., Any], *given: Any) -> Any:
    with pytest.raises(Refused) as refused:
        act(*given)
    return refused.value.code


def test_L2_deductions_are_off_where_nobody_switched_them_on(database: Database) -> None:
    assert not is_on(database, timedelta(0))
    number = propose(database)
    seal(database, NOW + MINUTE)
    assert not is_on(database, timedelta(days=365))
    assert known(database, number).waits


def test_L2_on_counts_from_its_sealing_and_off_at_once(database: Database) -> None:
    number = propose(database)
    confirm(database, number)
    assert not is_on(database, timedelta(days=365))
    seal(database, NOW + 5 * MINUTE)
    assert not is_on(database, 5 * MINUTE - timedelta(seconds=1))
    assert is_on(database, 5 * MINUTE)
    with database.write() as session:
        end_switch(session, number, "评估要更新", actor_id=CARL, now=NOW + 9 * MINUTE)
    # nothing had to be sealed for it
    assert is_on(database, 9 * MINUTE - timedelta(seconds=1))
    assert not is_on(database, 9 * MINUTE)
    row = known(database, number)
    assert (row.ended_by, row.reason) == (CARL, "评估要更新")


def test_L2_off_before_the_sealing_never_was_on(database: Database) -> None:
    number = propose(database)
    confirm(database, number)
    with database.write() as session:
        end_switch(session, number, "误操作", actor_id=BEN, now=NOW + 2 * MINUTE)
    seal(database, NOW + 5 * MINUTE)
    assert not any(is_on(database, minutes * MINUTE) for minutes in range(9))


def test_L2_a_district_is_on_with_the_place_above_it_and_with_no_other(database: Database) -> None:
    number = propose(database, district="3702")
    confirm(database, number)
    seal(database, NOW + MINUTE)
    on = [is_on(database, MINUTE, district) for district in ("3702", "370283", "370202", "370102")]
    assert on == [True, True, True, False]


def test_L11_whoever_proposed_does_not_confirm(database: Database) -> None:
    number = propose(database)
    assert refusal(confirm, database, number, ANNA) is SwitchRefusal.SAME_PERSON
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(
            text(
                "UPDATE credit_switch SET confirmed_by = proposed_by, confirmed_at = proposed_at,"
                " on_statement_id = id"
            )
        )
    assert known(database, number).waits


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"basis": " "}, SwitchRefusal.NO_BASIS, "basis"),
        ({"basis": "x" * 2001}, SwitchRefusal.LONG, "basis"),
        ({"responsible": ""}, SwitchRefusal.NO_RESPONSIBLE, "responsible"),
        ({"post": ""}, SwitchRefusal.NO_RESPONSIBLE, "post"),
        ({"document": b""}, SwitchRefusal.NO_DOCUMENT, "document"),
        ({"document": b"<html>"}, SwitchRefusal.NO_DOCUMENT, "document"),
        ({"document": PDF + bytes(MOST_DOCUMENT)}, SwitchRefusal.NO_DOCUMENT, "document"),
    ],
)
def test_L11_a_basis_an_assessment_and_a_responsible_person_are_needed(
    database: Database, change: dict[str, Any], code: SwitchRefusal, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        propose(database, replace(WISH, **change))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_L11_the_assessment_is_kept_and_its_hash_sealed(database: Database) -> None:
    number = propose(database)
    confirm(database, number)
    row = known(database, number)
    assert row.document_digest == sha256(PDF).digest()
    assert row.on_statement_id is not None
    with database.read() as session:
        assert instance_of(session).blobs.open(row.document_key) == PDF
        sealed = entry(session, DISTRICT, row.on_statement_id)
    assert sealed is not None
    assert sealed.kind is Kind.SWITCH
    # whoever reads the public page can make the same hash
    content = on_content(
        district=DISTRICT, number=number, wish_basis=WISH.basis, responsible=WISH.responsible,
        post=WISH.post, digest=sha256(PDF).digest(), at=(NOW + MINUTE).isoformat(),
    )  # fmt: skip
    assert sealed.digest == sha256(canonical(content)).digest()
    with database.write() as session:
        end_switch(session, number, "到期", actor_id=ANNA, now=NOW + 2 * MINUTE)
        kinds = session.scalars(select(Entry.kind)).all()
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert kinds == [Kind.SWITCH, Kind.SWITCH]
    assert actions == ["deductions:propose", "deductions:switch_on", "deductions:switch_off"]
    with database.read() as session:
        assert instance_of(session).blobs.open(row.document_key) == PDF


def test_L2_a_wish_that_waits_is_taken_back_without_a_statement(database: Database) -> None:
    number = propose(database)
    assert refusal(propose, database) is SwitchRefusal.OPEN
    with database.write() as session:
        end_switch(session, number, "还没讨论", actor_id=ANNA, now=NOW)
        assert session.scalar(select(func.count()).select_from(Entry)) == 0
    assert refusal(confirm, database, number) is SwitchRefusal.CHANGED
    with database.read() as session:
        # the statement that would have sealed it went with the refusal
        assert session.scalar(select(func.count()).select_from(Entry)) == 0
    again = propose(database)
    with database.read() as session:
        assert {row.number for row in switches_of(session, [DISTRICT])} == {number, again}


def test_L2_switching_off_needs_a_reason_and_is_done_once(database: Database) -> None:
    number = propose(database)
    confirm(database, number)

    def end(reason: str) -> None:
        with database.write() as session:
            end_switch(session, number, reason, actor_id=ANNA, now=NOW + 2 * MINUTE)

    assert refusal(end, "  ") is SwitchRefusal.NO_REASON
    assert refusal(end, "x" * 501) is SwitchRefusal.LONG
    end("到期")
    assert refusal(end, "到期") is SwitchRefusal.CHANGED


@pytest.mark.parametrize("_round", range(4))
def test_L11_of_two_confirmations_at_once_one_counts(database: Database, _round: int) -> None:
    number = propose(database)

    def run(who: Any) -> Any:
        try:
            confirm(database, number, who)
        except Conflict as conflict:
            return conflict.code
        return who

    found = at_once(lambda: run(BEN), lambda: run(CARL), lambda: run(BEN))
    row = known(database, number)
    assert found.count(SwitchRefusal.CHANGED) == 2
    assert row.confirmed_by in found
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Entry)) == 1


@pytest.mark.parametrize("_round", range(4))
def test_L2_off_and_on_at_once_leave_what_they_say(database: Database, _round: int) -> None:
    number = propose(database)

    def end() -> Any:
        try:
            with database.write() as session:
                end_switch(session, number, "暂停", actor_id=CARL, now=NOW + 2 * MINUTE)
        except Conflict as conflict:
            return conflict.code
        return "off"

    def on() -> Any:
        try:
            confirm(database, number)
        except Conflict as conflict:
            return conflict.code
        return "on"

    outcome = at_once(end, on)
    row = known(database, number)
    with database.read() as session:
        statements = session.scalar(select(func.count()).select_from(Entry))
    if row.was_on and row.ended_at is not None:
        assert (outcome, statements) == (["off", "on"], 2)
    elif row.was_on:
        assert (outcome, statements) == ([SwitchRefusal.CHANGED, "on"], 1)
    else:
        assert (outcome, statements) == (["off", SwitchRefusal.CHANGED], 0)


def test_L2_of_two_proposals_at_once_one_stands(database: Database) -> None:
    def run() -> Any:
        try:
            return propose(database)
        except Conflict as conflict:
            return conflict.code

    found = at_once(run, run, run)
    assert found.count(SwitchRefusal.OPEN) == 2
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(DeductionSwitch)) == 1
