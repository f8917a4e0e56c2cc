"""The retaliation guard at work: marks are left, and a proposal is compared with them (N1).

A mark holds keyed hashes only, under a key of its own purpose: of who (account or telephone), and
of who together with the source or the unit, so that nothing in the table can be read or joined.
"""

import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, or_, update
from sqlalchemy.orm import Session

from credit.models import ProtectedMark
from credit.queries.guard import (
    OwnMark,
    marks_for_export,
    marks_of,
    phone_hash_of,
    phone_hashes_of,
    units_behind,
)
from credit.rules.guard import ProtectedAct, Route, lasts, route_of
from credit.rules.process import longest_matter, settings_from
from portal.kernel.db import changed_rows
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.kernel.phones import clean_phone

_PURPOSE: Final = "credit/protected-act"
# a subject that is no person, or has no phone, costs the same work as one that has
_NOBODY: Final = UUID(int=0)


@dataclass(frozen=True)
class Deed:
    """Something for which nobody may be harmed, and who did it, as far as that is known."""

    district: str
    person_id: UUID | None
    phone: str | None
    act: ProtectedAct
    source: str
    unit_ids: Collection[UUID]
    at: datetime


def mark_protected_act(
    session: Session,
    *,
    district: str,
    person_id: UUID | None,
    phone: str | None,
    act: ProtectedAct,
    source: str,
    unit_ids: Collection[UUID] = (),
    at: datetime,
) -> None:
    """Leave a mark that somebody reported, complained, rated low or appealed, in the same
    transaction as the deed. ``source`` is spelt as in a proposal, like ``case:7K3M9-QX2HD``;
    ``unit_ids`` are those complained of or rated low. Who is not known cannot be marked.
    """
    mark_protected_acts(session, [Deed(district, person_id, phone, act, source, unit_ids, at)])


def mark_protected_acts(session: Session, deeds: Iterable[Deed]) -> None:
    """The same for many at once: one statement for all of them, and one for their telephones."""
    known = list(deeds)
    people = {deed.person_id for deed in known if deed.person_id is not None}
    phones = phone_hashes_of(session, people) if people else {}
    hashes = _Hashes(session)
    rows = [row for deed in known for row in _rows(hashes, deed, phones)]
    if rows:
        session.execute(insert(ProtectedMark), rows)


def _rows(hashes: "_Hashes", deed: Deed, phones: Mapping[UUID, str]) -> Iterable[dict[str, Any]]:
    own = phones.get(deed.person_id) if deed.person_id is not None else None
    units: Collection[UUID | None] = deed.unit_ids or [None]
    account = hashes.pseudonyms(deed.person_id, [])
    # her matter runs them out, but does not know any more which telephone she had then
    stop = deed.at + hashes.appeals_last if deed.act is ProtectedAct.APPEAL else None
    for who in hashes.pseudonyms(
        deed.person_id, [*([own] if own else []), *hashes.phone(deed.phone)]
    ):
        for unit_id in units:
            yield {
                "district": deed.district,
                "id": new_id(),
                "who": who,
                "source_hash": hashes.source(who, deed.source),
                "unit_hash": None if unit_id is None else hashes.unit(who, unit_id),
                "act": deed.act,
                "at": deed.at,
                "until": None if who in account else stop,
            }


def let_marks_run_out(
    session: Session,
    *,
    person_id: UUID | None,
    phone_hash: str | None,
    sources: Collection[str],
    now: datetime,
) -> None:
    """The identity behind some sources is removed: its marks stay for 180 days and the rating
    window from now, then they are deleted. Called by whoever removes it, in the same transaction.
    """
    hashes = _Hashes(session)
    own = phone_hash_of(session, person_id) if person_id is not None else None
    for who in hashes.pseudonyms(person_id, [one for one in (own, phone_hash) if one]):
        these = [hashes.source(who, source) for source in sources]
        _run_out(session, ProtectedMark.who == who, ProtectedMark.source_hash.in_(these), now=now)


def let_all_marks_run_out(session: Session, person_id: UUID, *, now: datetime) -> None:
    """An account is erased, and with it all that she did by it or by the telephone she proved."""
    hashes = _Hashes(session)
    phone = phone_hash_of(session, person_id, proved=True)
    who = hashes.pseudonyms(person_id, [phone] if phone else [])
    _run_out(session, ProtectedMark.who.in_(who), now=now)


def _run_out(session: Session, *which: ColumnElement[bool], now: datetime) -> None:
    until = now + lasts(instance_of(session).city.thresholds)
    session.execute(
        update(ProtectedMark)
        .where(*which, or_(ProtectedMark.until.is_(None), ProtectedMark.until > until))
        .values(until=until)
        .execution_options(synchronize_session=False)
    )


def forget_marks(session: Session, now: datetime) -> int:
    """Delete marks whose time is over; how many. Run by the job of retention."""
    over = delete(ProtectedMark).where(ProtectedMark.until <= now)
    return changed_rows(session, over.execution_options(synchronize_session=False))


def own_marks(session: Session, person_id: UUID) -> list[OwnMark]:
    """What protects somebody, for her own eyes: what she did and when, nothing of what or whom."""
    hashes = _Hashes(session)
    phone = phone_hash_of(session, person_id, proved=True)
    return marks_for_export(session, hashes.pseudonyms(person_id, [phone] if phone else []))


def judge(
    session: Session,
    *,
    district: str,
    subject_person_id: UUID | None,
    proposer_id: UUID,
    unit_id: UUID | None,
    sources: Collection[str],
    at: datetime,
) -> Route:
    """Where a proposal goes. ``sources`` is all that it may come from, spelt as marks are;
    ``at`` is when it was made; ``district`` changes nothing, because whoever complained in one is
    protected in all.

    The same five queries and the same comparisons whatever the answer is, so that time tells
    nothing; called by a job at fixed times, never in the proposer's request.
    """
    hashes = _Hashes(session)
    subject = subject_person_id or _NOBODY
    phone = phone_hash_of(session, subject) or ""
    who = hashes.pseudonyms(subject, [phone])
    marks = marks_of(session, who)
    units = units_behind(session, proposer_id, [unit_id] if unit_id else [], at)
    source_hashes = frozenset(hashes.source(one, source) for one in who for source in sources)
    unit_hashes = frozenset(hashes.unit(one, unit) for one in who for unit in units)
    return route_of((mark for _, mark in marks), source_hashes, unit_hashes, at)


class _Hashes:
    """The keyed hashes of marks: each part has its length before it, so no two lists are one."""

    def __init__(self, session: Session) -> None:
        self._vault = instance_of(session).vault
        self._key = self._vault.derive(_PURPOSE)
        self._thresholds = instance_of(session).city.thresholds

    def _of(self, *parts: object) -> bytes:
        text = "".join(f"{len(str(part))}:{part}" for part in parts)
        return hmac.new(self._key, text.encode(), sha256).digest()

    @property
    def appeals_last(self) -> timedelta:
        """How long an appeal can be known of by the city's settings, and as long as marks stay."""
        return longest_matter(settings_from(self._thresholds)) + lasts(self._thresholds)

    def phone(self, typed: str | None) -> list[str]:
        """The hash that accounts keep of the same number; none where it is no number."""
        phone = clean_phone(typed) if typed else None
        return [self._vault.keyed_hash("phone", phone)] if phone else []

    def pseudonyms(self, person_id: UUID | None, phones: Collection[str]) -> list[bytes]:
        """One for her account, one for each of her telephones."""
        by_account = [self._of("person", person_id)] if person_id is not None else []
        return by_account + [self._of("phone", one) for one in dict.fromkeys(phones)]

    def source(self, who: bytes, source: str) -> bytes:
        return self._of("source", who.hex(), source)

    def unit(self, who: bytes, unit_id: UUID) -> bytes:
        return self._of("unit", who.hex(), unit_id.hex)


__all__ = [
    "Deed",
    "forget_marks",
    "judge",
    "let_all_marks_run_out",
    "let_marks_run_out",
    "mark_protected_act",
    "mark_protected_acts",
    "own_marks",
]
