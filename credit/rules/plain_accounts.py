"""The ledger as plain-text accounting (beancount), which programs of others check. Pure.

An account is called by its opaque id and nothing else; what it holds for a benefit or a deduction
that is not decided lies in its account ``Held``. A transfer has two postings whose sum is zero.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from credit.rules.kinds import TRANSFERS, Issuer, Kind, Phase
from credit.rules.leaf import Unit

COMMODITIES: Final[Mapping[Unit, str]] = {Unit.POINTS: "POINTS", Unit.CONDUCT: "CONDUCT"}
_FOLDERS: Final[Mapping[Unit, str]] = {Unit.POINTS: "Points", Unit.CONDUCT: "Conduct"}


@dataclass(frozen=True)
class Standing:
    """A kept balance of a holder's account: all of it, and what is held of it."""

    district: str
    account_id: UUID
    unit: Unit
    balance: int
    held: int


@dataclass(frozen=True)
class Moved:
    """A transfer: who of the two is an issuer, and which way it goes."""

    district: str
    id: UUID
    kind: Kind
    unit: Unit
    holder: UUID
    issuer: Issuer
    to_holder: bool
    amount: int
    rule: str
    of_id: UUID | None
    at: datetime


@dataclass(frozen=True)
class Said:
    """A statement: a hash and no amount."""

    district: str
    id: UUID
    kind: Kind
    digest: bytes
    at: datetime


def holder_account(district: str, unit: Unit, account_id: UUID) -> str:
    return f"Assets:{_FOLDERS[unit]}:D{district}:{str(account_id).upper()}"


def held_account(district: str, unit: Unit, account_id: UUID) -> str:
    return f"{holder_account(district, unit, account_id)}:Held"


def issuer_name(district: str, unit: Unit, issuer: Issuer) -> str:
    return f"Equity:{_FOLDERS[unit]}:D{district}:{issuer.value.capitalize()}"


def log_account(district: str) -> str:
    """The account below which statements are noted: beancount wants one for a note."""
    return f"Equity:Log:D{district}"


def heading(origin: str, first: date) -> Iterator[str]:
    """What stands before everything else."""
    yield f'option "title" "{origin}"'
    for commodity in COMMODITIES.values():
        yield f'option "operating_currency" "{commodity}"'
    yield from (f"{first} commodity {commodity}" for commodity in COMMODITIES.values())
    yield ""


def openings_of_district(district: str, first: date) -> Iterator[str]:
    """The issuers' accounts and that of the statements."""
    yield f"{first} open {log_account(district)}"
    for unit in Unit:
        for issuer in Issuer:
            yield f"{first} open {issuer_name(district, unit, issuer)} {COMMODITIES[unit]}"


def openings_of_holder(found: Standing, first: date) -> Iterator[str]:
    name = holder_account(found.district, found.unit, found.account_id)
    yield f"{first} open {name} {COMMODITIES[found.unit]}"
    yield f"{first} open {name}:Held {COMMODITIES[found.unit]}"


def transaction(found: Moved, day: date) -> Iterator[str]:
    """One transfer. What is on hold is pending (``!``) and names the link by which it is ended."""
    phase = TRANSFERS[found.kind].phase
    link = found.id if phase is Phase.HOLD else found.of_id
    head = f'{day} {"!" if phase is Phase.HOLD else "*"} "{found.kind.value}"'
    yield head if link is None else f"{head} ^{link}"
    yield f'  id: "{found.id}"'
    yield f'  rule: "{found.rule}"'
    yield f'  at: "{found.at.isoformat()}"'
    source, target = _sides(found, phase)
    commodity = COMMODITIES[found.unit]
    yield f"  {target}  {found.amount} {commodity}"
    yield f"  {source}  -{found.amount} {commodity}"
    yield ""


def _sides(found: Moved, phase: Phase) -> tuple[str, str]:
    """From which account it goes, and into which."""
    free = holder_account(found.district, found.unit, found.holder)
    held = held_account(found.district, found.unit, found.holder)
    issuer = issuer_name(found.district, found.unit, found.issuer)
    if phase is Phase.HOLD:
        return free, held
    if phase is Phase.POST:
        return held, issuer
    if phase is Phase.LET_GO:
        return held, free
    return (issuer, free) if found.to_holder else (free, issuer)


def note(found: Said, day: date) -> str:
    words = f"{found.kind.value} {found.id} sha256 {found.digest.hex()}"
    return f'{day} note {log_account(found.district)} "{words}"'


def assertions(found: Standing, after: date) -> Iterator[str]:
    """The kept balances, which the file's reader compares; an account's holds what is held."""
    name = holder_account(found.district, found.unit, found.account_id)
    commodity = COMMODITIES[found.unit]
    yield f"{after} balance {name} {found.balance} {commodity}"
    yield f"{after} balance {name}:Held {found.held} {commodity}"
