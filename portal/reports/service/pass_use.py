"""What the holder of a link sees and does. She is nobody here: she acts for whoever let her in.

Every write begins with one conditional UPDATE of the link's own row. Whoever takes the link back
at the same moment comes before it, and then nothing is written, or after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids, phones_of
from portal.accounts.rules import Actor, Grant, Permission
from portal.areas.queries import AreaRow, ancestors
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from portal.kernel.uploads import KeptPhotos, take_uploads
from portal.organisations.queries import OrganisationRow, organisation
from portal.reports.models import CasePass, CasePassEntry, CasePassPhoto
from portal.reports.queries.case import (
    CaseRow,
    PhotoRow,
    TextRow,
    case_by_id,
    events_of,
    photos_of,
    reporters_of,
    texts_of,
)
from portal.reports.queries.outside import bodies
from portal.reports.queries.passes import EntryRow, PassRow, entries_of, pass_by_token, standing_of
from portal.reports.queries.public import KindRow, kinds
from portal.reports.rules.codes import Closing, Event, PhotoKind, TextKind
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.outside import Body
from portal.reports.rules.passes import (
    MOST_USES,
    MOST_WORDS,
    DeclineReason,
    EntryKind,
    EntryState,
    PassKind,
    PassRefusal,
    lies_with,
    shows_photo,
    shows_words,
    why_closed,
)
from portal.reports.rules.transitions import SENT_BACK
from portal.reports.service.loop import facts_of, move_case
from portal.reports.service.outside import await_no_answer
from portal.reports.service.passes import still_entitled
from portal.reports.service.steps import file_facts

MOST_PHOTOS = 3


@dataclass(frozen=True)
class Opened:
    """One case as the holder of a link sees it. ``closed``: why she sees nothing but that."""

    row: PassRow
    case: CaseRow
    closed: PassRefusal | None
    unit: OrganisationRow | None
    body: Body | None
    kind: KindRow | None
    protected: bool
    places: Sequence[AreaRow] = ()
    words: str = ""
    place_words: str = ""
    to_do: str = ""
    photos: Sequence[PhotoRow] = ()
    entries: Sequence[EntryRow] = ()
    reporters: Sequence[tuple[str, str]] = ()

    @property
    def for_helper(self) -> bool:
        return self.row.kind is PassKind.HELPER

    @property
    def on_the_way(self) -> bool:
        return any(entry.kind is EntryKind.ON_THE_WAY for entry in self.entries)

    @property
    def done(self) -> Sequence[EntryRow]:
        """What she has handed in, newest first."""
        return [entry for entry in self.entries if entry.kind is EntryKind.DONE]


def open_pass(session: Session, token: str, now: datetime) -> Opened:
    """What a link opens. Raises Missing where there never was such a link."""
    row = pass_by_token(session, token)
    case = case_by_id(session, row.district, row.case_id) if row else None
    if row is None or case is None:
        raise Missing
    kind = kinds(session).get(case.category_code)
    protected = kind is None or kind.publicity.protected
    opened = Opened(
        row,
        case,
        _why_closed(session, row, case, now),
        unit=organisation(session, row.made_for) if row.made_for and not row.body else None,
        body=bodies().get(row.body) if row.body else None,
        kind=kind,
        protected=protected,
    )
    return opened if opened.closed is not None else _filled(session, opened)


def _why_closed(session: Session, row: PassRow, case: CaseRow, now: datetime) -> PassRefusal | None:
    there = lies_with(row.kind, row.made_for, standing_of(session, case))
    # sorted anew as a report on conduct it is opened to nobody (R259)
    there = there and case.category_code != BEHAVIOUR
    there = there and still_entitled(session, case, row, now)
    return why_closed(
        revoked_at=row.revoked_at, expires_at=row.expires_at, now=now, still_there=there
    )


def _filled(session: Session, opened: Opened) -> Opened:
    """With what may be seen of the case: numbers masked, photos covered, and nobody named."""
    row, case, protected = opened.row, opened.case, opened.protected
    texts = texts_of(session, case) if shows_words(row.kind, protected=protected) else []
    return replace(
        opened,
        places=ancestors(session, case.place_path),
        words=_said(texts, TextKind.DESCRIPTION, case),
        place_words=_said(texts, TextKind.PLACE, case),
        to_do=_to_do(session, case, texts) if row.kind is PassKind.HELPER else "",
        photos=[
            photo
            for photo in photos_of(session, case)
            if photo.kind is PhotoKind.BEFORE
            and shows_photo(row.kind, photo.review, photo.review_reason, protected=protected)
        ],
        entries=[entry for entry in entries_of(session, case) if entry.pass_id == row.id],
        reporters=_reporters(session, opened),
    )


def _said(texts: Sequence[TextRow], kind: TextKind, case: CaseRow) -> str:
    said = (text.for_unit(sealed=case.sealed) for text in texts if text.kind is kind)
    return "\n".join(words for words in said if words)


def _to_do(session: Session, case: CaseRow, texts: Sequence[TextRow]) -> str:
    """What is still to be done of a case that was sent back."""
    if case.state not in SENT_BACK:
        return ""
    backs = {Event.SEND_BACK, Event.REOPEN}
    events = [event.id for event in events_of(session, case) if event.event in backs]
    mine = (text for text in texts if events and text.event_id == events[-1])
    return "\n".join(text.for_unit(sealed=case.sealed) for text in mine)


def _reporters(session: Session, opened: Opened) -> list[tuple[str, str]]:
    """Name and phone, only with the reporter's consent and once the body has confirmed receipt."""
    row = opened.row
    if row.consent is None or row.received_at is None:
        return []
    vault = instance_of(session).vault
    mine = [r for r in reporters_of(session, opened.case) if r.erased_at is None and r.own]
    accounts = phones_of(session, [r.person_id for r in mine if r.person_id])
    found = []
    for one in mine:
        name = vault.unseal(one.sealed_name) if one.sealed_name else ""
        phone = vault.unseal(one.sealed_phone) if one.sealed_phone else ""
        phone = phone or (accounts.get(one.person_id, "") if one.person_id else "")
        found.append((name, phone))
    return [pair for pair in found if any(pair)]


def photo_by_pass(session: Session, token: str, code: str, now: datetime, *, small: bool) -> str:
    """The file of a photo that a link shows, covered where something is covered."""
    opened = open_pass(session, token, now)
    for photo in opened.photos:
        if photo.code == code:
            return photo.file(small=small)
    raise Missing


def _claim(session: Session, opened: Opened, now: datetime, **values: object) -> None:
    """The first statement of every write: the link's own row, as long as the link is good."""
    row = opened.row
    claimed = update(CasePass).where(
        CasePass.district == row.district,
        CasePass.id == row.id,
        CasePass.revoked_at.is_(None),
        CasePass.expires_at > now,
        CasePass.uses < MOST_USES,
    )
    if "answered_at" in values:
        claimed = claimed.where(CasePass.answered_at.is_(None))
    if "received_at" in values:
        claimed = claimed.where(CasePass.received_at.is_(None))
    if changed_rows(session, claimed.values(uses=CasePass.uses + 1, **values)) != 1:
        raise _lost(session, row, now, values)
    if opened.closed is not None:
        raise Conflict(opened.closed)


def _lost(session: Session, row: PassRow, now: datetime, values: dict[str, object]) -> Refused:
    """Which of the conditions was not met."""
    found = session.execute(
        update(CasePass)
        .where(CasePass.district == row.district, CasePass.id == row.id)
        .values(uses=CasePass.uses)
        .returning(CasePass.revoked_at, CasePass.answered_at, CasePass.received_at)
        .execution_options(synchronize_session=False)
    ).one()
    if found.revoked_at is not None:
        return Conflict(PassRefusal.REVOKED)
    if now >= row.expires_at:
        return Conflict(PassRefusal.OVER)
    if "answered_at" in values and found.answered_at is not None:
        return Conflict(PassRefusal.ANSWERED)
    if "received_at" in values and found.received_at is not None:
        return Conflict(PassRefusal.RECEIVED)
    return Refused(PassRefusal.USED_UP)


def say_on_the_way(session: Session, token: str, *, now: datetime) -> None:
    """A helper is on her way: noted for the unit, and its first response if there was none."""
    opened = _for(open_pass(session, token, now), PassKind.HELPER)
    _claim(session, opened, now)
    if opened.on_the_way:
        raise Conflict(PassRefusal.ON_THE_WAY)
    _add(session, opened, EntryKind.ON_THE_WAY, now, state=EntryState.NOTED)
    if opened.case.responded_at is None:
        maker = _in_the_name_of(opened)
        move_case(session, opened.case, Event.RESPOND, actor=maker, now=now)


def _in_the_name_of(opened: Opened) -> Actor:
    """Whoever let her in, with no more than this one case needs."""
    row, case = opened.row, opened.case
    place = None if row.made_for else case.place_path
    grants = frozenset(
        Grant(verb, place, row.made_for)
        for verb in (Permission.REPORT_HANDLE, Permission.REPORT_READ)
    )
    return Actor(person_id=row.maker_id, grants=grants)


def hand_in_work(
    session: Session, token: str, *, words: str | None, photos: KeptPhotos, now: datetime
) -> None:
    """What a helper did: it waits until somebody of the unit takes it over as the unit's work."""
    opened = _for(open_pass(session, token, now), PassKind.HELPER)
    _claim(session, opened, now)
    said = (words or "").strip()[:MOST_WORDS]
    if not photos.tokens:
        facts = facts_of(session, opened.case)
        if facts.closing is Closing.AFTER_PHOTO:
            raise Refused(PassRefusal.PHOTO_MISSING, field="photos")
        if not said:
            raise Refused(PassRefusal.NOTHING_SENT, field="words")
    entry = _add(session, opened, EntryKind.DONE, now, words=said, state=EntryState.WAITING)
    # photos refer to it
    session.flush()
    for photo in take_uploads(session, photos, now)[:MOST_PHOTOS]:
        where = {"district": entry.district, "entry_id": entry.id}
        session.add(CasePassPhoto(**where, **file_facts(photo)))
    _tell_maker(session, opened, now)


def confirm_receipt(session: Session, token: str, *, now: datetime) -> None:
    """The body has it: from here on it may see who reported, where she agreed to that."""
    opened = _for(open_pass(session, token, now), PassKind.OUTSIDE)
    _claim(session, opened, now, received_at=now)
    _note(session, opened, "pass:received", now)


def answer_from_outside(
    session: Session,
    token: str,
    *,
    words: str | None,
    decline: DeclineReason | None,
    declines: bool,
    now: datetime,
) -> None:
    """The body's one answer, or why it does not take the matter. The desk reads it first."""
    opened = _for(open_pass(session, token, now), PassKind.OUTSIDE)
    said = (words or "").strip()[:MOST_WORDS]
    received = opened.row.received_at or now
    _claim(session, opened, now, answered_at=now)
    if declines and decline is None:
        raise Refused(PassRefusal.REASON_MISSING, field="reason")
    if not declines and not said:
        raise Refused(PassRefusal.NOTHING_SENT, field="words")
    if opened.row.received_at is None:
        mine = (CasePass.district == opened.row.district, CasePass.id == opened.row.id)
        session.execute(update(CasePass).where(*mine).values(received_at=received))
    kind = EntryKind.DECLINED if declines else EntryKind.ANSWERED
    _add(
        session, opened, kind, now,
        words=said, state=EntryState.WAITING, reason=decline if declines else None,
    )  # fmt: skip
    await_no_answer(session, opened.case)
    _note(session, opened, "pass:answered", now)
    _tell_maker(session, opened, now)


def _for(opened: Opened, kind: PassKind) -> Opened:
    if opened.row.kind is not kind:
        raise Missing
    return opened


def _add(
    session: Session,
    opened: Opened,
    kind: EntryKind,
    now: datetime,
    *,
    state: EntryState,
    words: str = "",
    reason: DeclineReason | None = None,
) -> CasePassEntry:
    entry = CasePassEntry(
        district=opened.row.district,
        pass_id=opened.row.id,
        case_id=opened.case.id,
        kind=kind,
        reason=reason,
        words=words or None,
        state=state,
        cycle=opened.case.cycle,
        at=now,
    )
    session.add(entry)
    return entry


def _note(session: Session, opened: Opened, action: str, now: datetime) -> None:
    subject, code = f"case:{opened.case.number}", opened.row.code
    note_action(session, at=now, actor_id=None, action=action, subject=subject, reason=code)


def _tell_maker(session: Session, opened: Opened, now: datetime) -> None:
    """Whoever made the link learns that something came by it, in her own language."""
    maker_id = opened.row.maker_id
    maker = people_by_ids(session, [maker_id]).get(maker_id)
    phone = phones_of(session, [maker_id]).get(maker_id)
    if maker is None or phone is None:
        return
    instance = instance_of(session)
    facts = {
        "number": opened.case.number,
        "link": f"{instance.config.origin}/desk/cases/{opened.case.number}",
    }
    template = "desk.handed_in" if opened.for_helper else "desk.outside_answered"
    post_message(
        session, channel=Channel.SMS, to=phone, template=template, facts=facts, now=now,
        language=maker.language, subject=f"case:{opened.case.number}",
    )  # fmt: skip
