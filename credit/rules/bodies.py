"""The body of an entry as its caller meant it: what must be the same when an id comes again. Pure.

When it was said is no part of it: the same wish, sent again a second later, is the same wish.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeAlias
from uuid import UUID

from credit.rules.kinds import (
    MOST_AMOUNT,
    STATEMENTS,
    TRANSFERS,
    Effect,
    Issuer,
    Kind,
    effect_of,
)
from credit.rules.leaf import Unit

Body: TypeAlias = Mapping[str, str | int | None]

# in this order the first difference is named
FIELDS: Final = (
    "kind", "unit", "debit", "credit", "amount", "rule", "source", "of", "digest",
)  # fmt: skip


def issuer_account(district: str, unit: Unit, issuer: Issuer) -> UUID:
    """The computed id of an issuer: no row to find, none to wait for."""
    name = f"gongzhi/credit/issuer/{district}/{unit}/{issuer}"
    value = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16])
    # RFC 9562, version 8: an id of our own making
    return UUID(int=value & ~(0xF << 76 | 0b11 << 62) | 0x8 << 76 | 0b10 << 62)


@dataclass(frozen=True)
class Transfer:
    """A wish to move an amount between a holder's account and an issuer.

    ``source`` is the keyed hash of what it comes from, never the readable thing. ``of`` is the
    earlier entry that this one posts, voids, repairs, expires or corrects.
    """

    district: str
    id: UUID
    kind: Kind
    unit: Unit
    account_id: UUID
    issuer: Issuer
    to_holder: bool
    amount: int
    rule: str
    source: bytes
    of: UUID | None = None
    until: datetime | None = None

    @property
    def debit(self) -> UUID:
        """The account that gives."""
        return self._issuer if self.to_holder else self.account_id

    @property
    def credit(self) -> UUID:
        """The account that gets."""
        return self.account_id if self.to_holder else self._issuer

    @property
    def _issuer(self) -> UUID:
        return issuer_account(self.district, self.unit, self.issuer)

    @property
    def effect(self) -> Effect:
        """What it adds to the holder's account."""
        return effect_of(self.kind, self.amount, to_holder=self.to_holder)

    def body(self) -> Body:
        return _body(
            kind=self.kind, unit=self.unit, debit=self.debit, credit=self.credit,
            amount=self.amount, rule=self.rule, source=self.source, of=self.of,
        )  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """A wish to seal a hash: of a rule, a decision, a signed pledge, a release."""

    district: str
    id: UUID
    kind: Kind
    digest: bytes

    def body(self) -> Body:
        return _body(kind=self.kind, digest=self.digest)


def _body(**given: Any) -> Body:
    return {name: _plain(given.get(name)) for name in FIELDS}


def _plain(value: Any) -> str | int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, Enum)):
        return value
    return value.hex() if isinstance(value, bytes) else str(value)


def body_of_entry(row: Any) -> Body:
    """The body of an entry that is there (any row with the columns of the table)."""
    return _body(
        kind=row.kind, unit=row.unit, debit=row.debit_id, credit=row.credit_id, amount=row.amount,
        rule=row.rule, source=row.source_hash, of=row.of_id, digest=row.digest,
    )  # fmt: skip


def first_difference(one: Body, other: Body) -> str | None:
    """The name of the first field in which two bodies differ."""
    return next((name for name in FIELDS if one.get(name) != other.get(name)), None)


def malformed(wish: Transfer | Statement) -> str | None:
    """The field that no honest caller could have filled so; a defect, not a refusal."""
    if isinstance(wish, Statement):
        good = wish.kind in STATEMENTS
        return None if good and len(wish.digest) == 32 else "digest" if good else "kind"
    nature = TRANSFERS.get(wish.kind)
    if nature is None:
        return "kind"
    wrong = {
        "unit": wish.unit not in nature.units,
        "of": nature.needs_earlier != (wish.of is not None),
        "source": len(wish.source) != 32,
    }
    return next((name for name, is_wrong in wrong.items() if is_wrong), None)


def has_amount(wish: Transfer) -> bool:
    """Whether the amount is one that a ledger can move."""
    return 0 < wish.amount <= MOST_AMOUNT
