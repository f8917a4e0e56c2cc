"""Meetings: planned, invited to, attended, called off (R296).

A meeting is locked by whoever writes about it, so that nothing is added to minutes in the moment
in which they are published.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids, phones_of
from portal.accounts.rules import Actor, Permission
from portal.areas.queries import area_by_code
from portal.conventions.models import AgendaItem, Attendance, Invited, Meeting, Notice
from portal.conventions.queries.meetings import (
    MeetingRow,
    agenda_of,
    consultation_with,
    listed_at,
    meeting_by_number,
    people_to_invite,
    present_at,
    resolutions_of,
    round_with,
    wants_invitations,
)
from portal.conventions.rules.community import NoticeKind
from portal.conventions.rules.meetings import (
    LONGEST_NAME,
    MOST_NAMES,
    AttendanceWay,
    MeetingNews,
    MeetingRefusal,
    MeetingState,
    MeetingWish,
    flaw_of_plan,
    why_not_attend,
    why_not_call_off,
    why_not_work,
)
from portal.kernel.clock import city_day, local
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.moving_codes import code_holds, code_now, code_on_paper, same
from portal.kernel.outbox import Channel, post_message

MANAGE: Final = Permission.COMMUNITY_MANAGE
_PURPOSE: Final = "conventions/meeting"


def any_meeting(session: Session, number: str) -> MeetingRow:
    """An announced meeting, however its number was typed."""
    row = meeting_by_number(session, clean_number(number) or "")
    if row is None or row.state is MeetingState.PLANNED:
        raise Missing
    return row


def meeting_here(session: Session, actor: Actor, number: str, *, lock: bool = False) -> MeetingRow:
    """A meeting of the places that somebody looks after; any other is Missing."""
    row = meeting_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not actor.may(MANAGE, place_path=row.place_path):
        raise Missing
    return row


def open_meeting(session: Session, actor: Actor, number: str) -> MeetingRow:
    """A meeting about which something is written, locked. Raises Refused with why not."""
    row = meeting_here(session, actor, number, lock=True)
    refusal = why_not_work(row.state, minutes=row.published)
    if refusal is not None:
        raise Refused(refusal)
    return row


def plan_meeting(session: Session, actor: Actor, wish: MeetingWish, *, now: datetime) -> str:
    """Plan a meeting; its number. Nobody reads of it before the invitation."""
    area = area_by_code(session, wish.place.strip().upper())
    if area is None or not actor.may(MANAGE, place_path=area.path):
        raise Refused(MeetingRefusal.NO_PLACE, field="place")
    _refuse_plan(wish, now)
    row = Meeting(
        id=new_id(), number=new_number(), kind=wish.kind, area_id=area.id, place_path=area.path,
        title=wish.title, venue=wish.venue, starts_at=wish.starts_at, ends_at=wish.ends_at,
        made_at=now, made_by=actor.person_id,
    )  # fmt: skip
    session.add(row)
    # the agenda refers to it by its key alone
    session.flush()
    _put_agenda(session, row.id, wish.agenda)
    return row.number


def change_meeting(
    session: Session, actor: Actor, number: str, wish: MeetingWish, *, now: datetime
) -> None:
    """Plan it otherwise, as long as nobody was invited. It stays in its place."""
    row = meeting_here(session, actor, number, lock=True)
    if row.state is not MeetingState.PLANNED:
        raise Conflict(MeetingRefusal.INVITED)
    _refuse_plan(wish, now)
    session.execute(
        update(Meeting)
        .where(Meeting.id == row.id)
        .values(
            kind=wish.kind, title=wish.title, venue=wish.venue, starts_at=wish.starts_at,
            ends_at=wish.ends_at,
        )
    )  # fmt: skip
    session.execute(delete(AgendaItem).where(AgendaItem.meeting_id == row.id))
    _put_agenda(session, row.id, wish.agenda)


_FIELDS: Final = {MeetingRefusal.TIMES: "ends_time", MeetingRefusal.PAST: "day"}


def _refuse_plan(wish: MeetingWish, now: datetime) -> None:
    flaw = flaw_of_plan(wish, now)
    if flaw is not None:
        raise Refused(flaw, field=_FIELDS.get(flaw, "agenda"))


def _put_agenda(session: Session, meeting_id: UUID, lines: Sequence[str]) -> None:
    """A line that ends in the number of a text or of a question leads there."""
    for position, line in enumerate(lines, 1):
        words, _gap, last = line.rpartition(" ")
        number = clean_number(last) if words else None
        about = number and round_with(session, number)
        asked = number and not about and consultation_with(session, number)
        session.add(
            AgendaItem(
                meeting_id=meeting_id, position=position, round_id=about or None,
                title=words if about or asked else line, consultation_id=asked or None,
            )
        )  # fmt: skip


def invite(session: Session, actor: Actor, number: str, *, now: datetime) -> int:
    """Announce a meeting: on its page, on the notice board, and by message; how many messages."""
    row = meeting_here(session, actor, number, lock=True)
    if row.state is not MeetingState.PLANNED:
        raise Conflict(MeetingRefusal.INVITED)
    if row.starts_at <= now:
        raise Refused(MeetingRefusal.PAST)
    zone = instance_of(session).city.zone
    lines = [f"{local(row.starts_at, zone):%Y-%m-%d %H:%M} · {row.venue}", ""]
    lines += [f"{item.position}. {item.title}" for item in agenda_of(session, row.id)]
    notice = Notice(
        id=new_id(), area_id=row.area_id, place_path=row.place_path, kind=NoticeKind.MEETING,
        title=row.title, markdown="\n".join(lines), starts_on=city_day(now, zone),
        ends_on=city_day(row.ends_at, zone), made_at=now, made_by=actor.person_id,
    )  # fmt: skip
    session.add(notice)
    # the meeting refers to it by its key alone
    session.flush()
    values = {"state": MeetingState.INVITED, "invited_at": now, "notice_id": notice.id}
    session.execute(update(Meeting).where(Meeting.id == row.id).values(values))
    return _tell(session, row, MeetingNews.INVITATION, now)


def call_off(session: Session, actor: Actor, number: str, reason: str, *, now: datetime) -> int:
    """Call a meeting off, with a reason that everybody reads; how many were told."""
    row = meeting_here(session, actor, number, lock=True)
    resolved = bool(resolutions_of(session, row.id))
    refusal = why_not_call_off(
        row.state, row.starts_at, now, minutes=row.published, resolved=resolved
    )
    if refusal is not None:
        raise Conflict(refusal)
    if not reason:
        raise Refused(MeetingRefusal.NO_REASON, field="reason")
    values = {"state": MeetingState.CALLED_OFF, "called_off_why": reason}
    session.execute(update(Meeting).where(Meeting.id == row.id).values(values))
    session.execute(update(Notice).where(Notice.id == row.notice_id).values(taken_down_at=now))
    if row.state is MeetingState.PLANNED:
        # nobody was told of it
        return 0
    return _tell(session, row, MeetingNews.CALLED_OFF, now)


def _tell(session: Session, row: MeetingRow, news: MeetingNews, now: datetime) -> int:
    """Queue a message to those who asked for it and to the heads there, each in her language."""
    here = instance_of(session)
    people = people_to_invite(session, row.area_id, row.place_path, city_day(now, here.city.zone))
    phones = phones_of(session, people)
    facts = {
        "title": row.title, "venue": row.venue, "origin": here.config.origin, "number": row.number,
        "when": f"{local(row.starts_at, here.city.zone):%Y-%m-%d %H:%M}",
    }  # fmt: skip
    told = [one for one in people_by_ids(session, people).values() if one.id in phones]
    for one in told:
        post_message(
            session, channel=Channel.SMS, to=phones[one.id], template=news.value, facts=facts,
            now=now, language=one.language, subject=f"meeting:{row.number}",
        )  # fmt: skip
    return len(told)


def ask_for_invitations(session: Session, actor: Actor, code: str, *, now: datetime) -> bool:
    """Be told of the meetings of a place, or no longer; whether one is told now."""
    area = area_by_code(session, code)
    if area is None or actor.person_id is None:
        raise Missing
    mine = {"area_id": area.id, "person_id": actor.person_id}
    if wants_invitations(session, area.id, actor.person_id):
        session.execute(delete(Invited).filter_by(**mine))
        return False
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(Invited).values(**mine, at=now).on_conflict_do_nothing())
    return True


def room_codes(session: Session, meeting_id: UUID, now: datetime) -> tuple[str, str]:
    """The code on a screen now, and the one on paper that hangs in the room."""
    vault = instance_of(session).vault
    return code_now(vault, _PURPOSE, meeting_id, now), code_on_paper(vault, _PURPOSE, meeting_id)


def come_by_code(session: Session, actor: Actor, number: str, code: str, *, now: datetime) -> bool:
    """Note oneself as present with the code in the room; False when it was noted before.

    A list that the committee typed knows no accounts: who is on it and scans too counts twice, and
    the committee strikes one out.
    """
    row = meeting_by_number(session, clean_number(number) or "", lock=True)
    if row is None or actor.person_id is None:
        raise Missing
    refusal = why_not_work(row.state, minutes=row.published)
    refusal = refusal or why_not_attend(row.starts_at, row.ends_at, now)
    if refusal is not None:
        raise Refused(refusal)
    vault = instance_of(session).vault
    paper = code_on_paper(vault, _PURPOSE, row.id)
    if not same(code, paper) and not code_holds(vault, _PURPOSE, row.id, code, now):
        raise Refused(MeetingRefusal.OLD_CODE)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    values = {
        "id": new_id(), "meeting_id": row.id, "person_id": actor.person_id,
        "way": AttendanceWay.CODE, "at": now,
    }  # fmt: skip
    added = dialect.insert(Attendance).values(values).on_conflict_do_nothing()
    return bool(changed_rows(session, added))


def type_names(
    session: Session, actor: Actor, number: str, names: Sequence[str], *, now: datetime
) -> tuple[int, int]:
    """Type the list that was signed: how many are new on it, and how many were there already."""
    row = open_meeting(session, actor, number)
    if row.starts_at > now:
        raise Refused(MeetingRefusal.NOT_BEGUN)
    if not names:
        raise Refused(MeetingRefusal.NO_NAMES, field="names")
    if max(map(len, names)) > LONGEST_NAME:
        raise Refused(MeetingRefusal.LONG_NAME, field="names", facts={"most": LONGEST_NAME})
    if listed_at(session, row.id) + len(names) > MOST_NAMES:
        raise Refused(MeetingRefusal.TOO_MANY_NAMES, field="names", facts={"most": MOST_NAMES})
    there = {one.name for one in present_at(session, row.id)}
    new = [name for name in names if name not in there]
    vault = instance_of(session).vault
    session.add_all(
        Attendance(
            meeting_id=row.id, sealed_name=vault.seal(name), way=AttendanceWay.LIST,
            typed_by=actor.person_id, at=now,
        )
        for name in new
    )  # fmt: skip
    return len(new), len(names) - len(new)


def strike_out(session: Session, actor: Actor, number: str, attendance_id: UUID) -> None:
    """Strike somebody out of the list, before the minutes are published."""
    row = open_meeting(session, actor, number)
    hers = (Attendance.id == attendance_id, Attendance.meeting_id == row.id)
    if not changed_rows(session, delete(Attendance).where(*hers)):
        raise Missing
