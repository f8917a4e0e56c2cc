"""Resolutions and minutes: written while they are open, published once, put right by addenda."""

from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from credit.rules.canonical import canonical
from portal.accounts.rules import Actor
from portal.conventions.models import Meeting, MeetingResolution, MinutesAddendum, Task
from portal.conventions.queries.meetings import (
    MeetingRow,
    agenda_of,
    listed_at,
    meeting_by_number,
    resolutions_of,
)
from portal.conventions.rules.meetings import (
    MOST_PEOPLE,
    MeetingRefusal,
    MeetingState,
    Resolved,
    content_of_minutes,
    flaw_of_minutes,
    flaw_of_resolution,
)
from portal.conventions.service.meetings import meeting_here, open_meeting
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import clean_number

_OF_WOMEN: Final = {MeetingRefusal.MORE_WOMEN, MeetingRefusal.WOMEN}


def resolve(
    session: Session, actor: Actor, number: str, wish: Resolved, item_id: UUID | None, *,
    now: datetime,
) -> None:  # fmt: skip
    """Write down a resolution, with the numbers of its vote or without."""
    row = open_meeting(session, actor, number)
    if row.starts_at > now:
        raise Refused(MeetingRefusal.NOT_BEGUN)
    if item_id is not None and item_id not in {item.id for item in agenda_of(session, row.id)}:
        raise Missing
    flaw = flaw_of_resolution(wish)
    if flaw is not None:
        raise Refused(flaw, field="yes")
    session.add(
        MeetingResolution(
            meeting_id=row.id, item_id=item_id, resolved=wish.resolved, yes=wish.yes, no=wish.no,
            abstain=wish.abstain, at=now,
        )
    )  # fmt: skip


def strike_resolution(session: Session, actor: Actor, number: str, resolution: str) -> None:
    """Strike a resolution that was written down wrongly, before the minutes are published."""
    row = open_meeting(session, actor, number)
    wanted = clean_number(resolution)
    found = next((one.id for one in resolutions_of(session, row.id) if one.number == wanted), None)
    if found is None:
        raise Missing
    # whoever makes a task of it locks the meeting too
    if session.scalar(select(Task.id).where(Task.resolution_id == found).limit(1)) is not None:
        raise Refused(MeetingRefusal.HAS_TASK)
    session.execute(delete(MeetingResolution).where(MeetingResolution.id == found))


def publish_minutes(
    session: Session, actor: Actor, number: str, present: int, women: int | None, minutes: str, *,
    now: datetime,
) -> None:  # fmt: skip
    """Publish the minutes: from then on nothing of them changes, resolutions included."""
    row = open_meeting(session, actor, number)
    if row.starts_at > now:
        raise Refused(MeetingRefusal.NOT_BEGUN)
    resolved = [one.said for one in resolutions_of(session, row.id)]
    flaw = flaw_of_minutes(present, women, listed_at(session, row.id), resolved)
    if flaw is not None:
        field = "women" if flaw in _OF_WOMEN else "present"
        raise Refused(flaw, field=field, facts={"most": MOST_PEOPLE})
    content = _content(session, row, present, women, minutes)
    values = {
        "present": present, "women": women, "minutes": minutes, "minutes_at": now,
        "minutes_by": actor.person_id, "state": MeetingState.HELD,
        "minutes_digest": sha256(canonical(content)).hexdigest(),
    }  # fmt: skip
    session.execute(update(Meeting).where(Meeting.id == row.id).values(values))


def _content(
    session: Session, row: MeetingRow, present: int, women: int | None, minutes: str
) -> dict[str, Any]:
    about = {
        "meeting": row.number, "kind": row.kind.value, "title": row.title, "venue": row.venue,
        "starts_at": f"{row.starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "ends_at": f"{row.ends_at:%Y-%m-%dT%H:%M:%SZ}",
    }  # fmt: skip
    agenda = [item.title for item in agenda_of(session, row.id)]
    resolved = [(one.number, one.said) for one in resolutions_of(session, row.id)]
    return content_of_minutes(about, agenda, resolved, present, women, minutes)


def published_minutes(session: Session, number: str) -> bytes:
    """The minutes as they are hashed: canonical JSON. Missing before they are published."""
    row = meeting_by_number(session, clean_number(number) or "")
    if row is None or not row.published or row.present is None:
        raise Missing
    return canonical(_content(session, row, row.present, row.women, row.minutes or ""))


def add_to_minutes(
    session: Session, actor: Actor, number: str, words: str, *, now: datetime
) -> None:
    """Put something right in published minutes; they themselves stay as they are."""
    row = meeting_here(session, actor, number, lock=True)
    if not row.published or row.minutes_digest is None:
        raise Refused(MeetingRefusal.NOT_PUBLISHED)
    content = {"minutes": row.minutes_digest, "words": words}
    session.add(
        MinutesAddendum(
            meeting_id=row.id, words=words, digest=sha256(canonical(content)).hexdigest(),
            written_by=actor.person_id, at=now,
        )
    )  # fmt: skip
