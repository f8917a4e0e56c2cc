"""Statements about people: the words are erased one day, and the hash that stays tells nobody."""

from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from credit.models import Entry, EntryDetail
from credit.queries.own import details_of
from credit.rules.canonical import canonical
from credit.rules.kinds import Kind
from credit.rules.process import BasisKind
from credit.service import end_consent, give_consent
from credit.service.process import (
    BasisWish,
    add_basis,
    consent_to_basis,
    decide,
    withdraw_basis_consent,
)
from portal.kernel.db import Database
from tests.credit.heard import objected
from tests.make.credit import DISTRICT
from tests.make.honours import granted, street
from tests.make.process import ANNOUNCED, DAY, PUBLISHED, START, announced, switch_on, world


def _about_people(database: Database) -> list[tuple[Kind, bytes, dict[str, Any]]]:
    """Kind, hash and content of each statement that is kept to read for an account."""
    with database.read() as session:
        accounts = session.scalars(
            select(EntryDetail.account_id).where(EntryDetail.account_id.is_not(None)).distinct()
        ).all()
        kept = {
            entry_id: details
            for account_id in accounts
            if account_id is not None
            for entry_id, details in details_of(session, DISTRICT, account_id).items()
        }
        rows = session.execute(select(Entry.id, Entry.kind, Entry.digest)).all()
    return [
        (row.kind, row.digest, kept[row.id]["content"])
        for row in rows
        if row.digest is not None and row.id in kept
    ]


def _check(database: Database) -> list[Kind]:
    """Each can be shown to say what it says, and none can be guessed; their kinds."""
    found = _about_people(database)
    for kind, digest, content in found:
        assert digest == sha256(canonical(content)).digest(), kind
        guess = {name: value for name, value in content.items() if name != "salt"}
        assert digest != sha256(canonical(guess)).digest(), kind
        assert len(bytes.fromhex(content["salt"])) == 16
    assert len({content["salt"] for _kind, _digest, content in found}) == len(found)
    return sorted(kind for kind, _digest, _content in found)


def test_L14_nobody_finds_an_objection_or_a_consent_again_by_guessing(database: Database) -> None:
    made = world(database)
    convention = BasisWish(BasisKind.CONVENTION, "居民公约", "第三条", "公布栏", date(2026, 1, 1))
    number = made.do(add_basis, DISTRICT, convention, actor=made.keeper, now=PUBLISHED)
    made.do(consent_to_basis, number, made.subject.id, gates=made.gates, now=START)
    made.do(withdraw_basis_consent, number, made.subject.id, now=START)
    made.do(give_consent, DISTRICT, made.subject.id, now=START)
    made.do(end_consent, DISTRICT, made.subject.id, now=START)
    matter_id = announced(made)
    objected(made, matter_id)
    made.do(
        decide, matter_id, granted=False, reason="事实清楚", no_interest=True,
        actor=made.reviewer, now=ANNOUNCED + DAY,
    )  # fmt: skip
    expected = [Kind.APPEAL_OPENED, Kind.APPEAL_DECIDED, *([Kind.CONSENT] * 4)]
    assert _check(database) == sorted(expected)


def test_L14_nobody_finds_a_commendation_again_by_guessing(database: Database) -> None:
    city = street(database)
    with database.write() as session:
        give_consent(session, DISTRICT, city.nominee.id, now=START)
        granted(session, city)
    assert _check(database) == sorted([Kind.CONSENT, Kind.HONOUR])


def test_what_is_public_can_be_hashed_again_by_anybody(database: Database) -> None:
    made = world(database)
    switch_on(made, START)
    with database.read() as session:
        rows = session.execute(
            select(Entry.kind, Entry.digest, EntryDetail.sealed_details)
            .join(EntryDetail, EntryDetail.entry_id == Entry.id)
            .where(Entry.kind.in_([Kind.SWITCH, Kind.RULE_PUBLISHED]))
        ).all()
    assert {row.kind for row in rows} == {Kind.SWITCH, Kind.RULE_PUBLISHED}
    for row in rows:
        assert "salt" not in database.info["instance"].vault.unseal(row.sealed_details)
