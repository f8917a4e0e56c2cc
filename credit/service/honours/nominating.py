"""Anybody nominates: a resident in words, staff with the nominee's number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.models import Honour, HonourVoice
from credit.queries.honours import same_honour
from credit.rules.honours import (
    MOST_WHOM,
    MOST_WORDS,
    NOMINATIONS_A_DAY,
    HonourKind,
    HonourRefusal,
    HonourState,
)
from credit.service.honours.found import kinds_now, may_check, nominee_named, place_named
from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow
from portal.areas.rules import codes_of
from portal.kernel.clock import city_day
from portal.kernel.errors import Counted, Forbidden, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.ratelimit import allow

DAY: Final = 24 * 3600


@dataclass(frozen=True)
class Nomination:
    """What somebody types: for what, whom and where, and why. ``nominee`` only staff know."""

    kind: str
    place: str
    whom: str
    words: str
    nominee: str = ""


def nominate(session: Session, actor: Actor, told: Nomination, *, now: datetime) -> None:
    """Keep a nomination. Raises Refused; Counted when somebody nominates too often.

    The answer is the same whether it is new, joins another, or is of somebody who has declined.
    """
    if actor.person_id is None:
        raise Forbidden
    kind, place = _kind(session, told, now), place_named(session, told.place)
    _check_words(told)
    holder = None
    if told.nominee.strip():
        if not may_check(actor, place.path):
            raise Forbidden
        holder = nominee_named(session, kind.of, told.nominee)
    if holder is not None and holder == actor.person_id:
        raise Refused(HonourRefusal.NOT_YOURSELF, field="nominee")
    _take_turn(session, actor.person_id, now)
    district = codes_of(place.path)[0]
    honour_id = _honour(session, district, kind, place, holder, now)
    if honour_id is not None:
        speak(session, district, honour_id, Voice(actor.person_id, told.whom, told.words, now))


def _kind(session: Session, told: Nomination, now: datetime) -> HonourKind:
    found = [kind for kind in kinds_now(session, now) if kind.code == told.kind]
    if not found:
        raise Refused(HonourRefusal.UNKNOWN_KIND, field="kind")
    return found[0]


def _check_words(told: Nomination) -> None:
    for field, text, most in (("whom", told.whom, MOST_WHOM), ("words", told.words, MOST_WORDS)):
        if not text.strip():
            raise Refused(HonourRefusal.NO_WORDS, field=field)
        if len(text) > most:
            raise Refused(HonourRefusal.LONG, field=field, facts={"most": most})


def _take_turn(session: Session, person_id: UUID, now: datetime) -> None:
    allowed = allow(
        session, bucket="nominate", key=str(person_id), limit=NOMINATIONS_A_DAY, seconds=DAY,
        now=now,
    )  # fmt: skip
    if not allowed:
        raise Counted(HonourRefusal.TOO_MANY, facts={"most": NOMINATIONS_A_DAY})


def _honour(
    session: Session, district: str, kind: HonourKind, place: AreaRow, holder: UUID | None,
    now: datetime,
) -> UUID | None:  # fmt: skip
    """The row that a nomination belongs to: a new one, or that of the same nominee.

    None: she has declined this year, and nothing is kept.
    """
    year = city_day(now, instance_of(session).city.zone).year
    while True:
        made = _insert(session, district, kind, place, holder, year, now)
        if made is not None or holder is None:
            return made
        found = same_honour(session, district, kind.code, year, holder, lock=True)
        if found is not None:
            return None if found.state is HonourState.DECLINED else found.id
        # it was rejected between our two looks


def _insert(
    session: Session, district: str, kind: HonourKind, place: AreaRow, holder: UUID | None,
    year: int, now: datetime,
) -> UUID | None:  # fmt: skip
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = (
        dialect.insert(Honour)
        .values(
            district=district, id=new_id(), number=new_number(), kind=kind.code, year=year,
            place_path=place.path, party=kind.of, holder_id=holder,
            state=HonourState.NOMINATED, nominated_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Honour.id)
    )  # fmt: skip
    found: UUID | None = session.scalar(row)
    return found


@dataclass(frozen=True)
class Voice:
    """Who nominated, whom she meant, and why."""

    nominator_id: UUID
    whom: str
    words: str
    said_at: datetime


def speak(session: Session, district: str, honour_id: UUID, voice: Voice) -> None:
    """Add a voice; the second of the same person for the same nominee says nothing new."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    vault = instance_of(session).vault
    session.execute(
        dialect.insert(HonourVoice)
        .values(
            district=district, id=new_id(), honour_id=honour_id, nominator_id=voice.nominator_id,
            sealed_whom=vault.seal(voice.whom.strip()),
            sealed_words=vault.seal(voice.words.strip()), said_at=voice.said_at,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
