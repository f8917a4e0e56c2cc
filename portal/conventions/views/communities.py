"""Communities in public: who is there, when it is open, what hangs there, what is offered."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public, signed_in
from portal.areas.queries import (
    AreaRow,
    area_by_code,
    areas_by_ids,
    count_by_level,
    family_of,
    root_areas,
)
from portal.areas.rules import codes_of
from portal.conventions.forms.community import AskForm
from portal.conventions.labels.community import BODIES, NOTICES, OUTCOMES, ROLES
from portal.conventions.labels.kinds import KINDS
from portal.conventions.labels.way import STATES
from portal.conventions.queries.board import (
    PAGE,
    NoticeRow,
    notice_by_number,
    notices_of_sheet,
    notices_on,
    notices_past,
    services_of,
    sheet_of,
    sheets_of,
    stops_inside,
    stops_of,
)
from portal.conventions.queries.community import (
    bodies_of,
    heads_of,
    stations_at,
    stations_below,
    stations_by_level,
)
from portal.conventions.queries.estates import estates_of
from portal.conventions.queries.meetings import MeetingRow, coming_meetings, past_meetings
from portal.conventions.queries.texts import rounds_page
from portal.conventions.rules.board import days_of_month
from portal.conventions.rules.way import RoundState
from portal.conventions.service.board import stops_calendar
from portal.conventions.service.errands import ask_head, head_reached
from portal.conventions.service.places import MANAGE
from portal.conventions.views.blueprint import bp
from portal.kernel.calendars import calendars_of
from portal.kernel.clock import city_day, local, month_bounds, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.ids import clean_number
from portal.kernel.pages import answer
from portal.kernel.phones import show_phone
from portal.kernel.qr import qr_svg
from portal.kernel.web import Session, instance, reading

FOLDER: Final = "conventions/communities"
ASKED: Final = _l("Sent. The head answers here, on your page; nobody learns your telephone number.")
MEETINGS: Final = 5
WORDS: Final = {"roles": ROLES, "bodies": BODIES, "notices_words": NOTICES, "outcomes": OUTCOMES}

bp.app_template_filter("telephone")(show_phone)


@bp.app_template_filter("clock_time")
def clock_time(moment: datetime) -> str:
    """A moment of a day that was named before."""
    return f"{local(moment, instance().city.zone):%H:%M}"


def today() -> date:
    """The city's day."""
    return city_day(now(), instance().city.zone)


def place(code: str) -> AreaRow:
    """A place by its code. Raises Missing."""
    area = area_by_code(reading(), code)
    if area is None:
        raise Missing
    return area


def governing(areas: list[AreaRow]) -> list[AreaRow]:
    """Places that govern themselves: the finest level is the grid's alone (R251)."""
    finest = instance().city.levels[-1].code
    return [area for area in areas if area.level != finest]


@dataclass(frozen=True)
class Clock:
    """Whether a station is open at this moment."""

    at: datetime
    exceptions: Any

    def open(self, station: Any) -> bool | None:
        """None where its hours are not known."""
        opening = station.opening
        return None if opening is None else opening.open_at(self.at, self.exceptions)


def _clock() -> Clock:
    calendar = calendars_of(reading()).get(None)
    return Clock(local(now(), instance().city.zone), calendar.exceptions)


@bp.get("/communities/")
@public
def communities() -> ResponseReturnValue:
    """The city by streets: the tree of self-government beside that of the grids (R251)."""
    roots = root_areas(reading())
    root = roots[0] if len(roots) == 1 else None
    streets = family_of(reading(), root)[1] if root else roots
    everywhere = root.path if root else ""
    below = stations_below(reading(), everywhere)
    return render_template(
        f"{FOLDER}/city.html", streets=streets, clock=_clock(),
        station=stations_at(reading(), [root.id]).get(root.id) if root else None,
        inside=_counted(streets, below), stations=stations_by_level(reading(), everywhere),
        grid=count_by_level(reading(), everywhere, on=today()),
        levels=[level.code for level in instance().city.levels],
    )  # fmt: skip


def _counted(areas: list[AreaRow], paths: list[str]) -> dict[str, int]:
    """How many stations lie in each of some places, its own not counted."""
    found = dict.fromkeys((area.code for area in areas), 0)
    for path in paths:
        for code in codes_of(path)[:-1]:
            if code in found:
                found[code] += 1
    return found


@bp.get("/communities/<code>")
@public
def community(code: str) -> ResponseReturnValue:
    """Everything of a street or community in one place."""
    area = place(code)
    above, children = family_of(reading(), area)
    children = governing(children)
    stations = stations_at(reading(), [one.id for one in (*above, area, *children)])
    return render_template(
        f"{FOLDER}/one.html", area=area, above=above, children=children, stations=stations,
        clock=_clock(), kinds=KINDS, states=STATES, **_standing(area), **WORDS,
        manages=current_actor().may(MANAGE, place_path=area.path),
    )  # fmt: skip


def _standing(area: AreaRow) -> dict[str, Any]:
    """What stands, hangs and comes in a place."""
    rounds = rounds_page(reading(), [area.path])
    return {
        "heads": heads_of(reading(), area.id, today()),
        "estates": estates_of(reading(), area.id),
        "bodies_here": bodies_of(reading(), area.id),
        "notices": notices_on(reading(), area.id, today())[:5],
        "stops": stops_of(reading(), area.id, now())[:5],
        "meetings": _meetings(area, now()),
        "rounds": [row for row in rounds if row.state is not RoundState.GIVEN_UP][:10],
    }


def _meetings(area: AreaRow, at: datetime) -> list[MeetingRow]:
    """The next meetings to which people are invited, filled up with the latest."""
    coming = coming_meetings(reading(), [area.path], public=True, now=at)
    past = past_meetings(reading(), [area.path], public=True, now=at)
    return [*coming, *past][:MEETINGS]


@bp.get("/communities/<code>/board")
@public
def board(code: str) -> ResponseReturnValue:
    """The notice board; ``?past=1``: what hung there before."""
    area, past = place(code), request.args.get("past") == "1"
    after = clean_number(request.args.get("after", "")[:20]) or ""
    hanging = partial(notices_past, after=after) if past else notices_on
    found = hanging(reading(), area.id, today())
    rows = found[:PAGE]
    return render_template(
        f"{FOLDER}/board.html", area=area, rows=rows, past=past, **WORDS,
        sheets=sheets_of(reading(), area.id),
        following=rows[-1].number if past and len(found) > PAGE else None,
    )  # fmt: skip


@bp.get("/notices/<number>")
@public
def notice(number: str) -> ResponseReturnValue:
    """A notice; one that was taken down or does not hang yet is Missing."""
    row = notice_by_number(reading(), clean_number(number) or "")
    if row is None or row.taken_down_at is not None or row.starts_on > today():
        raise Missing
    area = areas_by_ids(reading(), [row.area_id])[row.area_id]
    return render_template(f"{FOLDER}/notice.html", row=row, area=area, on=today(), **WORDS)


@bp.get("/communities/<code>/sheets/<month>")
@public
def month_sheet(code: str, month: str) -> ResponseReturnValue:
    """The sheet of a month to print: notices with codes, and where the mobile station comes."""
    area, days = place(code), days_of_month(month)
    sheet = sheet_of(reading(), area.id, month)
    if sheet is None or days is None:
        raise Missing
    rows = notices_of_sheet(reading(), sheet.id)
    since, until = month_bounds(month, instance().city.zone)
    here = _address("conventions.board", code=area.code)
    return render_template(
        f"{FOLDER}/sheet.html", area=area, month=days[0], url=here, qr=qr_svg(here), **WORDS,
        rows=[(row, link, qr_svg(link)) for row, link in _linked(rows)],
        stops=stops_inside(reading(), area.path, since, until)[:8],
        station=stations_at(reading(), [area.id]).get(area.id),
    )  # fmt: skip


def _linked(rows: list[NoticeRow]) -> list[tuple[NoticeRow, str]]:
    """Notices with their addresses."""
    return [(row, _address("conventions.notice", number=row.number)) for row in rows]


def _address(endpoint: str, **values: Any) -> str:
    """As it is printed: never of the Host header."""
    return f"{instance().config.origin}{url_for(endpoint, **values)}"


@bp.get("/communities/<code>/atlas")
@public
def atlas(code: str) -> ResponseReturnValue:
    """The service atlas of a place, made to be printed (R076)."""
    area = place(code)
    here = _address("conventions.atlas", code=area.code)
    return render_template(
        f"{FOLDER}/atlas.html", area=area, rows=services_of(reading(), area.id), url=here,
        qr=qr_svg(here), station=stations_at(reading(), [area.id]).get(area.id),
        stops=stops_of(reading(), area.id, now())[:8], on=today(),
    )  # fmt: skip


@bp.get("/communities/<code>/stops.ics")
@public
def stops_feed(code: str) -> ResponseReturnValue:
    """The stops of the mobile station for one's own calendar."""
    return Response(
        stops_calendar(reading(), place(code), now=now()),
        mimetype="text/calendar",
        headers={"Cache-Control": "public, max-age=900"},
    )


@bp.route("/heads/<number>/ask", methods=["GET", "POST"])
@signed_in
def ask(number: str) -> ResponseReturnValue:
    """Write to a building head, road head or liaison officer through the portal (R252)."""
    row, form = head_reached(reading(), number, now()), AskForm()
    area = areas_by_ids(reading(), [row.area_id])[row.area_id]
    act = partial(_ask, row.number, form)
    station = stations_at(reading(), [area.id]).get(area.id)
    return answer(
        form, f"{FOLDER}/ask.html", act, thanks=ASKED, row=row, area=area, station=station, **WORDS
    )  # fmt: skip


def _ask(number: str, form: AskForm, session: Session) -> str:
    ask_head(session, current_actor(), number, form.words.data or "", now=now())
    return url_for("conventions.my_asked")
