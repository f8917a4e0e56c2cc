"""The bytes that are sealed: a leaf for each entry of the ledger, in two forms.

A leaf stays for ever, so nothing in it may lead to a person: its accounts are opaque, its source
is a keyed hash, and what people read lies outside, behind a commitment that can be emptied.

There are two salts, and they must differ. The leaf's own ``salt`` stands in it, so that nobody
guesses a leaf from its published hash. The salt of the *details* is sealed with them and erased
with them; were it the leaf's own, whoever keeps the leaf could guess the details for ever.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import ClassVar
from uuid import UUID

from credit.rules.canonical import LARGEST, Json, canonical

VERSION = 1
SALT_LENGTH = 16
HASH_LENGTH = 32
LONGEST = 2_048  # far above any leaf: what is longer is none
_DETAILS = b"gongzhi/credit/details/v1\x00"
_KIND = re.compile(r"[a-z][a-z0-9_.]{0,39}\Z", re.ASCII)
_RULE = re.compile(r"[a-z][a-z0-9_.-]{0,59}@[1-9][0-9]{0,8}\Z", re.ASCII)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z", re.ASCII)


class BadLeaf(ValueError):
    """What cannot be a leaf; says which field and why."""


class Unit(StrEnum):
    """Two units that never mix."""

    POINTS = "points"  # earned, redeemable, never below zero
    CONDUCT = "conduct"  # deductions and repairs, never redeemable


@dataclass(frozen=True, slots=True)
class Transfer:
    """So much of one unit from one account to another."""

    form: ClassVar[str] = "transfer"

    id: UUID
    unit: Unit
    debit: UUID
    credit: UUID
    amount: int
    kind: str
    rule: str  # its code and version, e.g. ``shift_hours@3``
    source: bytes  # keyed hash of what it comes from
    salt: bytes
    commitment: bytes  # to the details, see below
    posted_at: datetime
    of: UUID | None = None  # the earlier entry that this one posts, voids, expires or corrects

    def __post_init__(self) -> None:
        _need(isinstance(self.unit, Unit), "unit", "points or conduct")
        whole = type(self.amount) is int and 0 < self.amount <= LARGEST
        _need(whole, "amount", "a whole number from 1 to 2^53 - 1")
        _need(self.debit != self.credit, "credit", "another account than debit")
        _need(_RULE.match(self.rule) is not None, "rule", "a code, @ and a version")
        _need(len(self.source) == HASH_LENGTH, "source", f"{HASH_LENGTH} bytes")
        _need(self.of != self.id, "of", "an earlier entry")
        _common(self.kind, self.salt, self.commitment)
        _whole_second(self.posted_at, "posted_at")

    def encode(self) -> bytes:
        """The canonical bytes. Every value is free of quotes by its pattern, so no escape."""
        of = f'"of":"{self.of}",' if self.of else ""
        return (
            f'{{"amount":{self.amount},"commitment":"{self.commitment.hex()}",'
            f'"credit":"{self.credit}","debit":"{self.debit}","form":"transfer",'
            f'"id":"{self.id}","kind":"{self.kind}",{of}"posted_at":"{_instant(self.posted_at)}",'
            f'"rule":"{self.rule}","salt":"{self.salt.hex()}","source":"{self.source.hex()}",'
            f'"unit":"{self.unit.value}","v":{VERSION}}}'
        ).encode()


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that was said and can be shown: its hash, and no amount."""

    form: ClassVar[str] = "statement"

    id: UUID
    kind: str
    hash: bytes
    salt: bytes
    commitment: bytes
    at: datetime

    def __post_init__(self) -> None:
        _need(len(self.hash) == HASH_LENGTH, "hash", f"{HASH_LENGTH} bytes")
        _common(self.kind, self.salt, self.commitment)
        _whole_second(self.at, "at")

    def encode(self) -> bytes:
        """The canonical bytes."""
        return (
            f'{{"at":"{_instant(self.at)}","commitment":"{self.commitment.hex()}",'
            f'"form":"statement","hash":"{self.hash.hex()}","id":"{self.id}",'
            f'"kind":"{self.kind}","salt":"{self.salt.hex()}","v":{VERSION}}}'
        ).encode()


Leaf = Transfer | Statement


def _need(good: bool, field: str, wanted: str) -> None:
    if not good:
        raise BadLeaf(f"{field}: must be {wanted}")


def _common(kind: str, salt: bytes, commitment: bytes) -> None:
    _need(_KIND.match(kind) is not None, "kind", "a code of small letters, digits, _ and .")
    _need(len(salt) == SALT_LENGTH, "salt", f"{SALT_LENGTH} bytes")
    _need(len(commitment) == HASH_LENGTH, "commitment", f"{HASH_LENGTH} bytes")


def _whole_second(at: datetime, field: str) -> None:
    """Finer times would tell which of two reports of one minute earned the points."""
    _need(at.utcoffset() is not None, field, "a time with its zone")
    _need(at.microsecond == 0, field, "a whole second")


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC).isoformat()[:19]}Z"


# --- details --------------------------------------------------------------------------------------


def commitment(salt: bytes, details: Mapping[str, Json]) -> bytes:
    """What a leaf holds of its details: binding while they are there, empty once they are erased.

    ``salt`` is the details' own, of chance alone; it is erased with them.
    """
    _need(len(salt) == SALT_LENGTH, "salt", f"{SALT_LENGTH} bytes")
    return sha256(_DETAILS + salt + canonical(details)).digest()


def pack(salt: bytes, details: Mapping[str, Json]) -> str:
    """Details with their salt as they are kept, to be sealed as one: whoever has the commitment and
    the salt without the key could go on guessing what was committed to.
    """
    _need(len(salt) == SALT_LENGTH, "salt", f"{SALT_LENGTH} bytes")
    return salt.hex() + canonical(details).decode()


def unpack(packed: str) -> tuple[bytes, dict[str, Json]]:
    """Salt and details again. Raises ValueError for what nobody packed."""
    details = json.loads(packed[2 * SALT_LENGTH :])
    if not isinstance(details, dict):
        raise BadLeaf("details: must be an object")
    return bytes.fromhex(packed[: 2 * SALT_LENGTH]), details


def commitment_of(packed: str) -> bytes:
    """The commitment to what was packed. The bytes that are kept are those that are hashed, so
    nothing has to be read for it. Raises ValueError for what nobody packed."""
    salt = bytes.fromhex(packed[: 2 * SALT_LENGTH])
    _need(len(salt) == SALT_LENGTH, "salt", f"{SALT_LENGTH} bytes")
    return sha256(_DETAILS + salt + packed[2 * SALT_LENGTH :].encode()).digest()


def opens(leaf: Leaf, salt: bytes, details: Mapping[str, Json]) -> bool:
    """Whether these are the details that the leaf was sealed with."""
    if compare_digest(salt, leaf.salt):
        raise BadLeaf("salt: the details must have a salt of their own, or they can be guessed")
    return compare_digest(commitment(salt, details), leaf.commitment)


# --- reading --------------------------------------------------------------------------------------


def read_leaf(data: bytes) -> Leaf:
    """The leaf of sealed bytes. Raises BadLeaf for anything that no ``encode`` has written."""
    if len(data) > LONGEST:
        raise BadLeaf(f"leaf: longer than {LONGEST} bytes")
    try:
        value = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise BadLeaf("leaf: no JSON in UTF-8") from error
    if not isinstance(value, dict):
        raise BadLeaf("leaf: must be an object")
    leaf = _leaf_of(value)
    # spaces, another order, a name twice, a UUID in capitals: JSON has many ways, a leaf has one
    if leaf.encode() != data:
        raise BadLeaf("leaf: not the bytes that would be sealed")
    return leaf


_FIELDS = {
    Transfer.form: {"amount", "commitment", "credit", "debit", "form", "id", "kind", "posted_at",
                    "rule", "salt", "source", "unit", "v"},
    Statement.form: {"at", "commitment", "form", "hash", "id", "kind", "salt", "v"},
}  # fmt: skip


def _leaf_of(value: dict[str, Json]) -> Leaf:
    if value.get("v") != VERSION:
        raise BadLeaf(f"v: must be {VERSION}")
    form = value.get("form")
    if not isinstance(form, str) or form not in _FIELDS:
        raise BadLeaf("form: must be transfer or statement")
    if strange := (set(value) - ({"of"} if form == Transfer.form else set())) ^ _FIELDS[form]:
        raise BadLeaf(f"{min(strange)}: missing, or no field of a {form}")
    read = _Fields(value)
    if form == Statement.form:
        return Statement(
            id=read.key("id"), kind=read.text("kind"), hash=read.octets("hash"),
            salt=read.octets("salt"), commitment=read.octets("commitment"), at=read.time("at"),
        )  # fmt: skip
    return Transfer(
        id=read.key("id"), unit=read.unit(), debit=read.key("debit"), credit=read.key("credit"),
        amount=read.amount(), kind=read.text("kind"), rule=read.text("rule"),
        source=read.octets("source"), salt=read.octets("salt"),
        commitment=read.octets("commitment"), posted_at=read.time("posted_at"),
        of=read.key("of") if "of" in value else None,
    )  # fmt: skip


@dataclass(frozen=True)
class _Fields:
    """The fields of a leaf, each read as what it must be."""

    value: Mapping[str, Json]

    def text(self, field: str) -> str:
        found = self.value[field]
        if not isinstance(found, str):
            raise BadLeaf(f"{field}: must be a text")
        return found

    def amount(self) -> int:
        found = self.value["amount"]
        if not isinstance(found, int):
            raise BadLeaf("amount: must be a whole number")
        return found

    def key(self, field: str) -> UUID:
        try:
            return UUID(self.text(field))
        except ValueError as error:
            raise BadLeaf(f"{field}: must be a UUID") from error

    def octets(self, field: str) -> bytes:
        try:
            return bytes.fromhex(self.text(field))
        except ValueError as error:
            raise BadLeaf(f"{field}: must be hexadecimal") from error

    def unit(self) -> Unit:
        try:
            return Unit(self.text("unit"))
        except ValueError as error:
            raise BadLeaf("unit: must be points or conduct") from error

    def time(self, field: str) -> datetime:
        text = self.text(field)
        _need(_TIME.match(text) is not None, field, "a time in UTC like 2026-11-29T08:00:00Z")
        try:
            return datetime.fromisoformat(text)
        except ValueError as error:
            raise BadLeaf(f"{field}: no such time") from error
