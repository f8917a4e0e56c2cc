"""Meetings for everybody: a calendar, the invitation, the minutes, and noting oneself present."""

from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, signed_in
from portal.areas.queries import AreaRow, area_by_code, areas_by_ids
from portal.conventions.forms.texts import SureForm
from portal.conventions.labels.meetings import MEETING_KINDS, MEETING_STATES
from portal.conventions.queries.meetings import (
    PAGE,
    MeetingRow,
    addenda_of,
    agenda_of,
    attends,
    coming_meetings,
    past_meetings,
    resolutions_of,
    wants_invitations,
)
from portal.conventions.queries.tasks import tasks_of_meeting
from portal.conventions.rules.meetings import MeetingState, why_not_attend, why_not_work
from portal.conventions.service.meetings import any_meeting, ask_for_invitations, come_by_code
from portal.conventions.service.minutes import published_minutes
from portal.conventions.views.blueprint import bp
from portal.conventions.views.task_words import task_words
from portal.kernel.clock import local, now
from portal.kernel.errors import Missing
from portal.kernel.events import CalendarEvent, EventStatus, written
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading
from portal.kernel.words import say

FOLDER = "conventions/meetings"
WORDS: dict[str, Any] = {"kinds": MEETING_KINDS, "states": MEETING_STATES}
CAME = _l("Written down: you are here. Thank you for coming.")
TOLD = _l("You are told of the meetings here by message from now on.")
NOT_TOLD = _l("You are told no more.")


@bp.app_template_filter("wall_time")
def wall_time(value: datetime) -> str:
    """The time of a moment in the city, where its day is said already."""
    return f"{local(value, instance().city.zone):%H:%M}"


def area_here(code: str) -> AreaRow:
    """The place with a code; Missing when there is none."""
    area = area_by_code(reading(), code.strip().upper())
    if area is None:
        raise Missing
    return area


def _calendar(area: AreaRow | None) -> dict[str, Any]:
    paths, at = ([area.path] if area else None), now()
    after = clean_number(request.args.get("after", "")[:20]) or ""
    coming = [] if after else coming_meetings(reading(), paths, public=True, now=at)
    found = past_meetings(reading(), paths, public=True, now=at, after=after)
    past = found[:PAGE]
    return {
        "coming": coming, "past": past, "area": area,
        "areas": areas_by_ids(reading(), {row.area_id for row in (*coming, *past)}),
        "following": past[-1].number if len(found) > PAGE else None, **WORDS,
    }  # fmt: skip


@bp.get("/meetings/")
@public
def meetings() -> ResponseReturnValue:
    """The meetings of every community: those to come, and what the others resolved."""
    return render_template(f"{FOLDER}/list.html", **_calendar(None))


@bp.get("/meetings/places/<code>")
@public
def place_meetings(code: str) -> ResponseReturnValue:
    """The calendar of one place."""
    area = area_here(code)
    told = wants_invitations(reading(), area.id, current_actor().person_id)
    return render_template(f"{FOLDER}/place.html", told=told, form=SureForm(), **_calendar(area))


@bp.post("/meetings/places/<code>/told")
@signed_in
def be_told(code: str) -> ResponseReturnValue:
    """Be told of the meetings of a place, or no longer."""
    area = area_here(code)
    act = partial(_be_told, area.code)
    return answer(SureForm(), f"{FOLDER}/place.html", act, told=False, **_calendar(area))


def _be_told(code: str, session: Session) -> str:
    told = ask_for_invitations(session, current_actor(), code, now=now())
    flash(str(TOLD if told else NOT_TOLD), "success")
    return url_for("conventions.place_meetings", code=code)


@bp.get("/meetings/places/<code>/calendar.ics")
@public
def place_calendar(code: str) -> ResponseReturnValue:
    """The meetings of a place for a calendar program (RFC 5545)."""
    area, at = area_here(code), now()
    coming = coming_meetings(reading(), [area.path], public=True, now=at)
    past = past_meetings(reading(), [area.path], public=True, now=at)[:PAGE]
    body = written(map(_event, (*reversed(past), *coming)), "meetings")
    return Response(body, mimetype="text/calendar")


def _event(row: MeetingRow) -> CalendarEvent:
    origin = instance().config.origin
    called_off = row.state is MeetingState.CALLED_OFF
    return CalendarEvent(
        uid=f"{row.number}@{urlsplit(origin).netloc}", changed_at=row.invited_at or row.made_at,
        starts_at=row.starts_at, ends_at=row.ends_at, summary=row.title, location=row.venue,
        url=f"{origin}{url_for('conventions.meeting', number=row.number)}",
        status=EventStatus.CANCELLED if called_off else EventStatus.CONFIRMED,
        sequence=int(called_off),
    )  # fmt: skip


@bp.get("/meetings/<number>")
@public
def meeting(number: str) -> ResponseReturnValue:
    """The invitation to a meeting, and later what it resolved. No name of anybody."""
    row = any_meeting(reading(), number)
    return render_template(
        f"{FOLDER}/one.html", row=row, over=row.ends_at <= now(),
        area=areas_by_ids(reading(), {row.area_id})[row.area_id], **meeting_parts(row), **WORDS,
    )  # fmt: skip


def meeting_parts(row: MeetingRow) -> dict[str, Any]:
    """What belongs to a meeting: its agenda, resolutions, tasks, and what was put right."""
    tasks = tasks_of_meeting(reading(), row.id)
    return {
        "agenda": agenda_of(reading(), row.id), "resolutions": resolutions_of(reading(), row.id),
        "addenda": addenda_of(reading(), row.id), "tasks": task_words(tasks),
    }  # fmt: skip


@bp.get("/meetings/<number>/minutes.json")
@public
def meeting_minutes(number: str) -> ResponseReturnValue:
    """The minutes as they are hashed: whoever has them can compute the hash again."""
    return Response(published_minutes(reading(), number), mimetype="application/json")


@bp.get("/meetings/<number>/invitation")
@public
def meeting_invitation(number: str) -> ResponseReturnValue:
    """The invitation on one sheet for the wall, with a QR code to its page."""
    row = any_meeting(reading(), number)
    if row.state is MeetingState.CALLED_OFF:
        raise Missing
    link = instance().config.origin + url_for("conventions.meeting", number=row.number)
    return render_template(
        f"{FOLDER}/invitation.html", row=row, link=link, qr=qr_svg(link, outdoors=True),
        agenda=agenda_of(reading(), row.id),
        area=areas_by_ids(reading(), {row.area_id})[row.area_id], **WORDS,
    )  # fmt: skip


@bp.route("/meetings/<number>/come/<code>", methods=["GET", "POST"])
@signed_in
def come_to_meeting(number: str, code: str) -> ResponseReturnValue:
    """What a phone opens that scanned the code in the room: one button."""
    row = any_meeting(reading(), number)
    act = partial(_come, row.number, code)
    return answer(
        SureForm(), f"{FOLDER}/come.html", act, thanks=CAME, row=row, refusal=_refusal(row, now()),
        here=attends(reading(), row.id, current_actor().person_id),
    )  # fmt: skip


def _refusal(row: MeetingRow, at: datetime) -> str | None:
    shut = why_not_work(row.state, minutes=row.published)
    found = shut or why_not_attend(row.starts_at, row.ends_at, at)
    return say(found) if found is not None else None


def _come(number: str, code: str, session: Session) -> str:
    come_by_code(session, current_actor(), number, code, now=now())
    return url_for("conventions.meeting", number=number)
