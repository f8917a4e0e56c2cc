"""Meetings, tasks and questions as addresses show them: one of each, and what waits in them."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.conventions.models import Attendance
from portal.conventions.rules.consultations import ConsultationState
from portal.conventions.rules.meetings import AttendanceWay, MeetingState
from portal.conventions.rules.talk import Answer, SaidState
from portal.kernel.clock import now
from tests.make import meetings as make
from tests.make.conventions import NOW

CASES = {
    **dict.fromkeys(
        (
            f"conventions.{page}"
            for page in (
                "meeting", "meeting_invitation", "come_to_meeting", "desk_meeting",
                "desk_meeting_call_off", "desk_meeting_screen", "desk_meeting_code",
                "desk_meeting_list", "desk_meeting_resolve", "desk_meeting_minutes",
                "desk_meeting_addition", "desk_task_of",
            )
        ),
        "meeting",
    ),
    "conventions.desk_meeting_invite": "meeting_planned",
    "conventions.desk_meeting_change": "meeting_planned",
    "conventions.task": "meeting_task",
    "conventions.desk_task": "meeting_task",
    **dict.fromkeys(
        (
            f"conventions.{page}"
            for page in (
                "consultation", "opinion", "desk_asking", "desk_asking_paper", "desk_group_new",
                "desk_group", "desk_asking_summary", "desk_asking_publish", "desk_question",
            )
        ),
        "asking",
    ),
    "conventions.desk_asking_announce": "asking_draft",
    "conventions.desk_asking_change": "asking_draft",
}  # fmt: skip
VALUES = {("conventions.come_to_meeting", "code"): "00000-00000"}
PAIRS = {
    ("conventions.desk_task_of", "resolution"): "meeting_resolution",
    ("conventions.desk_group", "group"): "asking_group",
    ("conventions.desk_opinion", "opinion"): "asking_opinion",
    ("conventions.desk_question", "code"): "asking_place",
    ("conventions.place_meetings", "code"): "asking_place",
    ("conventions.place_tasks", "code"): "asking_place",
}
NO_PAGE = {
    "conventions.place_calendar": "a calendar to subscribe to",
    "conventions.meeting_minutes": "minutes to download",
    "conventions.consultation_reply": "a reply to download",
    "conventions.tasks_table": "a table to download",
}


def meeting_things(session: Session, area: Area) -> dict[str, str]:
    """A meeting that goes on now, one that is planned, a task, and questions in each state."""
    at = now()
    times = {"starts_at": at - make.HOUR, "ends_at": at + make.HOUR}
    row = make.meeting(session, area, **times)
    resolved = make.resolution(session, row)
    present = Attendance(meeting_id=row.id, way=AttendanceWay.LIST, at=NOW)
    session.add(present)
    planned = make.meeting(
        session, area, state=MeetingState.PLANNED, invited_at=None, starts_at=at + make.DAY,
        ends_at=at + make.DAY + make.HOUR,
    )  # fmt: skip
    held = make.meeting(
        session, area, starts_at=at - make.DAY, ends_at=at - make.DAY + make.HOUR,
        state=MeetingState.HELD, present=21, women=9, minutes="同意。", minutes_at=at,
        minutes_digest="d" * 64,
    )  # fmt: skip
    task = make.task(session, area, due_on=(at - make.DAY).date())
    return {
        "meeting": row.number, "meeting_planned": planned.number, "meeting_held": held.number,
        "meeting_resolution": resolved.number, "meeting_line": str(present.id),
        "meeting_task": task.number, **_asking_things(session, area),
    }  # fmt: skip


def _asking_things(session: Session, area: Area) -> dict[str, str]:
    today = now().date()
    days = {"opens_on": today, "closes_on": today + timedelta(days=29)}
    asking = make.consultation(session, area, **days)
    make.asked(session, asking, area)
    group = make.group(session, asking)
    waiting = make.opinion(session, asking)
    make.opinion(session, asking, state=SaidState.SHOWN)
    draft = make.consultation(session, area, **days, state=ConsultationState.DRAFT)
    over = {"opens_on": today - timedelta(days=60), "closes_on": today - timedelta(days=30)}
    replied = make.consultation(session, area, **over)
    make.group(session, replied, answer=Answer.TAKEN, reply="照办。")
    replied.state, replied.answered_at, replied.summary = (
        ConsultationState.ANSWERED,
        now(),
        "一条。",
    )
    replied.digest = "d" * 64
    session.flush()
    return {
        "asking": asking.number, "asking_draft": draft.number, "asking_replied": replied.number,
        "asking_group": str(group.id), "asking_opinion": str(waiting.id),
        "asking_place": area.code,
    }  # fmt: skip
