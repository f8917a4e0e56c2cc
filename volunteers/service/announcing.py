"""An organiser writes once to a team or to all on a shift: to their pages and their phones.

Nobody's contact or name is shown to anybody, and the audit keeps who wrote.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids
from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.phones import clean_mobile
from portal.kernel.ratelimit import allow
from portal.reports.rules.masking import Masked, what_is_masked
from volunteers.models import Announcement, AnnouncementReceiver, Shift, Team, TeamMember
from volunteers.queries.announcing import Target, receivers
from volunteers.rules.announcing import AnnouncingRefusal, flaw_of_words
from volunteers.service.acts import note, who
from volunteers.service.limits import messaging_of
from volunteers.service.messages import Told, tell
from volunteers.service.organising import organised_shift
from volunteers.service.teams import team_to_manage

_DAY: Final = timedelta(days=1)
# thanks may come after the shift, and not for ever
_AFTERWARDS: Final = timedelta(days=7)
# somebody with many teams writes to each; nobody writes all day
_A_WRITER: Final = 8


def write_to_team(session: Session, actor: Actor, number: str, words: str, *, now: datetime) -> str:
    """Write to the members of a team who did not mute it; the message's number."""
    team = team_to_manage(session, actor, number)
    session.execute(select(Team.id).where(Team.id == team.id).with_for_update(key_share=True))
    at = messaging_of(session).quiet.ended(now)
    made = _send(session, actor, Target(team_id=team.id), words, team.names, now, at)
    note(session, actor, "team:write", number, now)
    return made


def write_to_shift(
    session: Session, actor: Actor, number: str, words: str, *, now: datetime
) -> str:
    """Write to everybody who is expected on a shift; the message's number.

    In the quiet hours it waits until the morning, unless the shift begins before.
    """
    shift = organised_shift(session, actor, number)
    if now >= shift.span.ends_at + _AFTERWARDS:
        raise Refused(AnnouncingRefusal.OVER)
    session.execute(select(Shift.id).where(Shift.id == shift.id).with_for_update(key_share=True))
    at = messaging_of(session).quiet.ended(now)
    at = now if at >= shift.span.starts_at else at
    made = _send(session, actor, Target(shift_id=shift.id), words, shift.titles, now, at)
    note(session, actor, "shift:write", number, now)
    return made


def _send(
    session: Session,
    actor: Actor,
    target: Target,
    typed: str,
    names: Mapping[str, str],
    now: datetime,
    due_at: datetime,
) -> str:
    words = " ".join(typed.split())
    flaw = flaw_of_words(words) or _leads_to_somebody(words)
    if flaw is not None:
        raise Refused(flaw, field="words")
    writer = who(actor)
    _check_often(session, writer, target, words, now)
    people = [one for one in receivers(session, target) if one != writer]
    if not people:
        raise Refused(AnnouncingRefusal.NOBODY)
    key, number = new_id(), new_number()
    session.add(
        Announcement(
            id=key, number=number, team_id=target.team_id, shift_id=target.shift_id,
            writer_id=writer, sent_at=now, words=words,
        )
    )  # fmt: skip
    session.flush()  # those who get it refer to it
    session.add_all(AnnouncementReceiver(announcement_id=key, person_id=one) for one in people)
    _tell(session, people, number, words, names, now, due_at)
    return number


def _leads_to_somebody(words: str) -> AnnouncingRefusal | None:
    """Names and numbers of people are kept out; an office's own telephone may stand."""
    for found in what_is_masked(words):
        number = words[found.start : found.end]
        if found.kind is not Masked.PHONE or clean_mobile(number) is not None:
            return AnnouncingRefusal.PERSONAL
    return None


def _check_often(
    session: Session, writer: UUID, target: Target, words: str, now: datetime
) -> None:  # fmt: skip
    """The same is not sent twice, and nobody is flooded. The team or shift is held by the caller,
    so that two clicks do not pass each other."""
    latest = (target.holds(), Announcement.sent_at > now - _DAY)
    same = select(func.count()).where(*latest, Announcement.words == words)
    if session.scalar(same):
        raise Conflict(AnnouncingRefusal.SAME, field="words")
    most = messaging_of(session).a_day
    if (session.scalar(select(func.count()).where(*latest)) or 0) >= most:
        raise Refused(AnnouncingRefusal.TOO_OFTEN, facts={"most": most})
    if not allow(
        session, bucket="volunteers/write", key=str(writer), limit=_A_WRITER * most,
        seconds=int(_DAY.total_seconds()), now=now,
    ):  # fmt: skip
        raise Refused(AnnouncingRefusal.TOO_OFTEN, facts={"most": _A_WRITER * most})


def _tell(
    session: Session,
    people: Collection[UUID],
    number: str,
    words: str,
    names: Mapping[str, str],
    now: datetime,
    due_at: datetime,
) -> None:
    """To the phones, with the name of the team or shift in each language."""
    by_language: dict[str, list[UUID]] = defaultdict(list)
    for one in people_by_ids(session, people).values():
        by_language[one.language].append(one.id)
    for language, ids in by_language.items():
        title = names.get(language) or next(iter(names.values()), "")
        tell(
            session, ids, Told.ANNOUNCED, now, subject=f"announcement:{number}",
            facts={"words": words, "title": title}, due_at=due_at,
        )  # fmt: skip


def mark_read(session: Session, person_id: UUID, *, now: datetime) -> None:
    """Somebody has read what was written to her."""
    hers = update(AnnouncementReceiver).where(
        AnnouncementReceiver.person_id == person_id, AnnouncementReceiver.read_at.is_(None)
    )
    session.execute(hers.values(read_at=now))


def mute_teams(
    session: Session, person_id: UUID, muted: Collection[str], *, now: datetime
) -> None:  # fmt: skip
    """Which of her teams somebody does not want to hear of, by their numbers."""
    hers = update(TeamMember).where(TeamMember.person_id == person_id, TeamMember.left_at.is_(None))
    chosen = TeamMember.team_id.in_(select(Team.id).where(Team.number.in_(muted)))
    session.execute(hers.where(~chosen).values(muted_at=None))
    session.execute(hers.where(chosen, TeamMember.muted_at.is_(None)).values(muted_at=now))
