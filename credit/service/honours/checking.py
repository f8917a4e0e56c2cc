"""Staff check a nomination: who it is and what could be said in public; then she is asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from credit.models import Honour, HonourVoice
from credit.queries.honours import HonourRow, VoiceRow, same_honour, voices_of
from credit.rules.honours import MOST_CITATION, HonourKind, HonourRefusal, HonourState
from credit.rules.kinds import Party
from credit.service.honours.found import (
    honour_here,
    kind_on,
    may_check,
    may_decide,
    nominee_named,
    subject_of,
)
from credit.service.honours.nominating import Voice, speak
from portal.accounts.queries import people_by_ids, phones_of
from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.ids import hash_token, new_token
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message, wipe_messages

ASKED, GRANTED = "credit.honour_asked", "credit.honour_granted"


@dataclass(frozen=True)
class Check:
    """What staff say: the nominee (by number, phone or code), and the words for the public."""

    nominee: str
    citation: str


def check_nomination(
    session: Session, actor: Actor, number: str, check: Check, *, now: datetime
) -> str:
    """Say who it is, and ask her; the number of the honour, another when two became one."""
    row = honour_here(session, actor, number, lock=True)
    if not may_check(actor, row.place_path):
        raise Forbidden
    if row.state is not HonourState.NOMINATED:
        raise Conflict(HonourRefusal.MOVED_ON)
    _check_citation(check)
    holder = row.holder_id or nominee_named(session, row.party, check.nominee)
    if holder == actor.person_id:
        raise Refused(HonourRefusal.SAME_PERSON, field="nominee")
    _without_herself(session, row, holder)
    joined = _join(session, row, holder)
    if joined is None and not _ask(session, actor, row, holder, check, now):
        joined = _join(session, row, holder)
    _note(session, actor, "honour:check", joined or row.number, _person(row, holder), now)
    return joined or row.number


def _check_citation(check: Check) -> None:
    if not check.citation.strip():
        raise Refused(HonourRefusal.NO_CITATION, field="citation")
    if len(check.citation) > MOST_CITATION:
        raise Refused(HonourRefusal.LONG, field="citation", facts={"most": MOST_CITATION})


def _without_herself(session: Session, row: HonourRow, holder: UUID) -> None:
    """Nobody nominates herself: her own voice goes, and without another nothing is left."""
    others = [voice for voice in voices_of(session, row) if voice.nominator_id != holder]
    if not others:
        raise Refused(HonourRefusal.NOT_YOURSELF, field="nominee")
    session.execute(
        delete(HonourVoice).where(
            HonourVoice.district == row.district,
            HonourVoice.honour_id == row.id,
            HonourVoice.nominator_id == holder,
        )
    )


def _join(session: Session, row: HonourRow, holder: UUID) -> str | None:
    """Let a nomination become part of what there is of the same nominee; that one's number."""
    other = same_honour(session, row.district, row.kind, row.year, holder, lock=True)
    if other is None or other.id == row.id:
        return None
    if other.state is not HonourState.DECLINED:
        for voice in voices_of(session, row):
            speak(session, row.district, other.id, _voice(voice))
    delete_honour(session, row)
    return other.number


def _voice(row: VoiceRow) -> Voice:
    return Voice(row.nominator_id, row.whom, row.words, row.said_at)


def _ask(
    session: Session, actor: Actor, row: HonourRow, holder: UUID, check: Check, now: datetime
) -> bool:
    """Write down who it is and ask her; False when somebody did so for another nomination now."""
    kind = kind_on(session, row.kind, now)
    token = new_token() if row.party is Party.PERSON else None
    values = {
        "holder_id": holder,
        "state": HonourState.ASKED,
        "sealed_citation": instance_of(session).vault.seal(check.citation.strip()),
        "checker_id": actor.person_id,
        "asked_at": now,
        # nobody waits for the answer of a shop
        "answer_until": now + timedelta(days=kind.answer_days) if token else now,
        "link_hash": hash_token(token) if token else None,
    }
    mine = Honour.district == row.district, Honour.id == row.id
    open_ = update(Honour).where(*mine, Honour.state == HonourState.NOMINATED)
    try:
        with session.begin_nested():
            if changed_rows(session, open_.values(values)) != 1:
                raise Conflict(HonourRefusal.MOVED_ON)
    except IntegrityError:
        return False
    if token:
        _send(session, row, kind, holder, token, now)
    return True


def _send(
    session: Session, row: HonourRow, kind: HonourKind, holder: UUID, token: str, now: datetime
) -> None:
    until = city_day(now + timedelta(days=kind.answer_days), instance_of(session).city.zone)
    link = f"{instance_of(session).config.origin}/credit/honours/answer/{token}"
    facts = {"link": link, "day": until.isoformat()}
    send_to(session, row.number, kind, holder, ASKED, facts, now)


def send_to(
    session: Session, number: str, kind: HonourKind, person_id: UUID, template: str,
    facts: dict[str, str], now: datetime,
) -> None:  # fmt: skip
    """Write to her phone, if she has one, in her language; on her page it stands anyway."""
    phone = phones_of(session, [person_id]).get(person_id)
    person = people_by_ids(session, [person_id]).get(person_id)
    if phone is None or person is None:
        return
    name = kind.names.get(person.language) or kind.names["zh_Hans"]
    post_message(
        session, channel=Channel.SMS, to=phone, template=template,
        facts={"kind": name, **facts}, now=now, language=person.language,
        subject=subject_of(number),
    )  # fmt: skip


def reject_nomination(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Take a nomination away. It leaves no mark: no row, no words, no message, no name."""
    row = honour_here(session, actor, number, lock=True)
    if not (may_check(actor, row.place_path) or may_decide(session, actor, row)):
        raise Forbidden
    if row.state not in {HonourState.NOMINATED, HonourState.ASKED}:
        raise Conflict(HonourRefusal.MOVED_ON)
    delete_honour(session, row)
    _note(session, actor, "honour:reject", row.number, None, now)


def delete_honour(session: Session, row: HonourRow) -> None:
    """Delete a row with its voices, and what waits to be sent about it."""
    for table, key in ((HonourVoice, HonourVoice.honour_id), (Honour, Honour.id)):
        session.execute(delete(table).where(table.district == row.district, key == row.id))
    wipe_messages(session, subject_of(row.number))


def _person(row: HonourRow, holder: UUID) -> UUID | None:
    return holder if row.party is Party.PERSON else None


def _note(
    session: Session, actor: Actor, action: str, number: str, person_id: UUID | None, now: datetime
) -> None:
    note_action(
        session, at=now, actor_id=actor.person_id, action=action, subject=subject_of(number),
        person_id=person_id,
    )  # fmt: skip
