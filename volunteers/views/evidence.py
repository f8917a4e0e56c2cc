"""Evidence of a campaign, as a table to hand out: activities and counts, no names (R089)."""

from datetime import date, timedelta

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.areas.queries import areas_by_codes
from portal.areas.rules import codes_of
from portal.kernel.clock import city_day, is_countable, now
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import in_words
from portal.kernel.spreadsheets import csv_bytes
from portal.kernel.web import instance, reading
from volunteers.labels.activities import ACTIVITY_KINDS, ACTIVITY_STATES
from volunteers.queries.evidence import EvidenceRow, evidence_of
from volunteers.rules.activities import tags
from volunteers.rules.planning import midnight
from volunteers.views.blueprint import bp
from volunteers.views.desk_activities import MANAGE, words

YEAR = timedelta(days=365)


def _asked() -> tuple[str, date, date]:
    """The theme and the days; what cannot be read is the campaign of this year."""
    today = city_day(now(), instance().city.zone)
    tag = request.args.get("tag", "")
    since, until = _day("since", today - YEAR), _day("until", today)
    known = tag if tag in tags() else next(iter(tags()))
    return known, min(since, until), max(since, until)


def _day(name: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(request.args.get(name, "")[:10])
    except ValueError:
        return otherwise
    return day if is_countable(day) else otherwise


def _found() -> tuple[str, date, date, list[EvidenceRow]]:
    tag, since, until = _asked()
    zone = instance().city.zone
    first, last = midnight(since, zone), midnight(until + timedelta(days=1), zone)
    scopes = current_actor().places_for(MANAGE)
    return tag, since, until, evidence_of(reading(), tag, scopes, since=first, until=last)


@bp.get("/desk/volunteers/evidence")
@requires(MANAGE)
def evidence() -> ResponseReturnValue:
    """What was done under a theme in my places."""
    tag, since, until, rows = _found()
    return render_template(
        "volunteers/desk/evidence.html", tag=tag, since=since, until=until, rows=rows, **words()
    )


@bp.get("/desk/volunteers/evidence.csv")
@requires(MANAGE)
def evidence_csv() -> ResponseReturnValue:
    """The same as a table."""
    tag, since, until, rows = _found()
    known = areas_by_codes(reading(), {codes_of(row.place_path)[-1] for row in rows})
    header = (
        _("Number"), _("Activity"), _("Kind"), _("State"), _("Place"), _("First day"),
        _("Last day"), _("Shifts"), _("People"),
    )  # fmt: skip
    lines = [
        _line(row, {code: in_words(area.names) for code, area in known.items()}) for row in rows
    ]
    response = Response(csv_bytes(header, lines), mimetype="text/csv")
    name = f"{tag}-{since.isoformat()}-{until.isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _line(row: EvidenceRow, places: dict[str, str]) -> tuple[object, ...]:
    zone = instance().city.zone
    days = [city_day(at, zone).isoformat() if at else "" for at in (row.first, row.last)]
    place = places.get(codes_of(row.place_path)[-1], "")
    said = (str(ACTIVITY_KINDS[row.kind]), str(ACTIVITY_STATES[row.state]))
    return row.number, in_words(row.titles), *said, place, *days, row.shifts, row.people
