"""What was served in somebody's places, by activity: for its staff, and as a file."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.accounts.rules import Permission
from portal.areas.queries import areas_by_codes
from portal.areas.rules import codes_of
from portal.kernel.clock import city_day, is_countable, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import in_words
from portal.kernel.sheets import write_table
from portal.kernel.web import instance, reading
from portal.reports.views.downloads import hand_out
from volunteers.labels.activities import ACTIVITY_KINDS
from volunteers.queries.statistics import ActivityTally, service_by_activity
from volunteers.rules.planning import midnight
from volunteers.rules.shifts import Span
from volunteers.views.blueprint import bp

YEAR = timedelta(days=365)


@bp.get("/desk/volunteers/figures")
@requires(Permission.HOURS_CONFIRM)
def desk_figures() -> ResponseReturnValue:
    """Time of service by activity, in some days, in my places."""
    since, until, rows = _found()
    return render_template(
        "volunteers/desk/figures.html", since=since, until=until, rows=rows, kinds=ACTIVITY_KINDS,
        places=_places(rows),
    )  # fmt: skip


@bp.get("/desk/volunteers/figures.<kind>")
@requires(Permission.HOURS_CONFIRM)
def desk_figures_table(kind: str) -> ResponseReturnValue:
    """The same as a file."""
    if kind not in {"csv", "xlsx"}:
        raise Missing
    return hand_out(partial(_write, *_found()), kind)


def _found() -> tuple[date, date, list[ActivityTally]]:
    """The days that are asked for, both included; what cannot be read is the last year."""
    today, zone = city_day(now(), instance().city.zone), instance().city.zone
    asked = sorted((_day("since", today - YEAR), _day("until", today)))
    span = Span(midnight(asked[0], zone), midnight(asked[1] + timedelta(days=1), zone))
    scopes = current_actor().places_for(Permission.HOURS_CONFIRM)
    return asked[0], asked[1], service_by_activity(reading(), scopes, span, now())


def _day(name: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(request.args.get(name, "")[:10])
    except ValueError:
        return otherwise
    return day if is_countable(day) else otherwise


def _places(rows: list[ActivityTally]) -> dict[str | None, str]:
    """The names of the activities' places, by path, read at once."""
    codes = {row.place_path: codes_of(row.place_path)[-1] for row in rows if row.place_path}
    known = areas_by_codes(reading(), set(codes.values()))
    return {path: in_words(known[code].names) for path, code in codes.items() if code in known}


def _write(since: date, until: date, rows: list[ActivityTally], path: Path) -> str:
    header = [
        _("Number"), _("Activity"), _("Kind"), _("Place"), _("Minutes certified"),
        _("Minutes on notice"), _("Services"), _("People"),
    ]  # fmt: skip
    write_table(path, header, _lines(rows))
    return f"service-{since.isoformat()}-{until.isoformat()}"


def _lines(rows: list[ActivityTally]) -> Iterator[list[Any]]:
    places = _places(rows)
    for row in rows:
        title = in_words(row.titles) if row.number else _("Elsewhere")
        kind = str(ACTIVITY_KINDS[row.kind]) if row.kind else ""
        yield [
            row.number or "", title, kind, places.get(row.place_path, ""), row.minutes,
            row.waiting, row.services, row.people,
        ]  # fmt: skip
