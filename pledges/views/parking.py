"""Off-peak parking for everybody: list, map and table, by place and time."""

import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from pledges.labels.parking import DAYS, FEES, USERS
from pledges.queries.parking import (
    PAGE,
    OfferRow,
    Sought,
    all_offers,
    events_of,
    hours_of,
    offers_page,
)
from pledges.rules.parking import (
    HOLIDAY,
    Moment,
    ParkingStep,
    ParkingUser,
    Span,
    is_open,
    moment_of,
    written,
)
from pledges.service.parking import offer_shown
from pledges.service.parking_map import draw
from pledges.views.blueprint import bp
from pledges.views.premises import _under
from pledges.views.premises_table import TYPES
from portal.accounts.access import public
from portal.areas.queries import areas_by_ids
from portal.kernel.calendars import calendars_of
from portal.kernel.clock import city_day, is_countable, local, now
from portal.kernel.errors import Missing
from portal.kernel.i18n import gettext, in_words
from portal.kernel.ids import clean_number
from portal.kernel.phones import show_phone
from portal.kernel.sheets import write_table
from portal.kernel.web import instance, reading

FOLDER = "pledges/parking"
NOW, AT = "now", "at"


def today() -> date:
    """The city's day."""
    return city_day(now(), instance().city.zone)


def given() -> dict[str, str]:
    """What the address asks for, as typed."""
    names = ("place", "when", "day", "time", "user", "after")
    return {name: request.args.get(name, "")[:80].strip() for name in names}


def asked_at(asked: Mapping[str, str]) -> datetime | None:
    """The local moment that is asked for; None: at any time. What cannot be read asks nothing."""
    if asked["when"] == NOW:
        return local(now(), instance().city.zone)
    if asked["when"] != AT:
        return None
    try:
        day = date.fromisoformat(asked["day"]) if asked["day"] else today()
        if not is_countable(day):
            return None
        return datetime.combine(day, time.fromisoformat(asked["time"]), instance().city.zone)
    except ValueError:
        return None


def _moment(at: datetime | None) -> Moment | None:
    return moment_of(calendars_of(reading()).get(None), at) if at is not None else None


def _sought(asked: Mapping[str, str], at: datetime | None) -> Sought:
    user = ParkingUser(asked["user"]) if asked["user"] in set(ParkingUser) else None
    after = clean_number(asked["after"]) or ""
    return Sought(_under(asked["place"]), _moment(at), user, after)


def words() -> dict[str, Any]:
    """The words of offers for a page."""
    return {"users": USERS, "fees": FEES, "days": DAYS, "shown_phone": show_phone}


def by_day(spans: list[Span]) -> list[tuple[Any, str]]:
    """The hours of each day that has some, in words."""
    found = [
        (DAYS[at], written(one for one in spans if one.weekday == at))
        for at in range(HOLIDAY + 1)
    ]  # fmt: skip
    return [(day, hours) for day, hours in found if hours]


@bp.get("/pledges/parking/")
@public
def parking() -> ResponseReturnValue:
    """What is offered, as a list and a map of the same things."""
    asked = given()
    return render_template(f"{FOLDER}/list.html", **_listed(asked, asked_at(asked)), **words())


def _listed(asked: Mapping[str, str], at: datetime | None) -> dict[str, Any]:
    sought = _sought(asked, at)
    found, pins = offers_page(reading(), sought, today()), all_offers(reading(), sought, today())
    rows = found[:PAGE]
    hours, moment = hours_of(reading(), rows), _moment(local(now(), instance().city.zone))
    now_open = {row.number for row in rows if moment and is_open(hours.get(row.id, []), moment)}
    return {
        "rows": rows, "given": asked, "at": at, "drawn": draw(reading(), pins, rows),
        "areas": areas_by_ids(reading(), {row.area_id for row in rows}),
        "open_now": now_open,
        "hours": {row.number: by_day(hours.get(row.id, [])) for row in rows},
        "following": rows[-1].number if len(found) > PAGE else None,
        "unread": asked["when"] == AT and at is None,
    }  # fmt: skip


@bp.get("/pledges/parking/offers.<form>")
@public
def parking_table(form: str) -> ResponseReturnValue:
    """The same as a table."""
    if form not in TYPES:
        raise Missing
    asked = given()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"parking.{form}"
        write_table(path, _header(), _lines(_sought(asked, asked_at(asked))))
        response = Response(path.read_bytes(), mimetype=TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="off-peak-parking.{form}"'
    return response


def _lines(sought: Sought) -> Iterator[Any]:
    rows = all_offers(reading(), sought, today())
    hours = hours_of(reading(), rows)
    areas = areas_by_ids(reading(), {row.area_id for row in rows})
    for row in rows:
        yield _line(row, in_words(areas[row.area_id].names), hours.get(row.id, []))


def _header() -> list[str]:
    return [
        gettext("Number"), gettext("Unit that offers it"), gettext("Road"), gettext("House number"),
        gettext("Place"), gettext("Spaces"), gettext("Who may park"), gettext("What it costs"),
        gettext("How much it costs"), gettext("Telephone of the unit"),
        gettext("Where one drives in"), gettext("Longitude (WGS-84)"), gettext("Latitude (WGS-84)"),
        *(str(day) for day in DAYS),
    ]  # fmt: skip


def _line(row: OfferRow, place: str, spans: list[Span]) -> tuple[object, ...]:
    return (
        row.number, row.title, row.road, row.door, place, row.spaces, str(USERS[row.open_to]),
        str(FEES[row.fee]), row.fee_note or "", show_phone(row.phone) if row.phone else "",
        row.entrance or "", row.lon, row.lat,
        *(written(one for one in spans if one.weekday == at) for at in range(HOLIDAY + 1)),
    )  # fmt: skip


@bp.get("/pledges/parking/<number>")
@public
def parking_offer(number: str) -> ResponseReturnValue:
    """One offer: when, for whom, at what fee, whom to call, and when its hours changed."""
    row = offer_shown(reading(), number, now())
    spans = hours_of(reading(), [row]).get(row.id, [])
    moment = _moment(local(now(), instance().city.zone))
    changed = [one for one in events_of(reading(), row) if one.step is ParkingStep.CHANGE_HOURS]
    return render_template(
        f"{FOLDER}/show.html", row=row, hours=by_day(spans), changed=changed,
        areas=areas_by_ids(reading(), {row.area_id}),
        is_open=moment is not None and is_open(spans, moment), **words(),
    )  # fmt: skip
