"""What everybody sees of voluntary service: what is coming, activities, shifts, days and weeks."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, public
from portal.areas.queries import AreaRow, ancestors, area_by_code, areas_by_ids
from portal.areas.rules import is_code
from portal.kernel.clock import city_day, is_countable, now
from portal.kernel.errors import Missing
from portal.kernel.ids import clean_number
from portal.kernel.web import instance, reading
from portal.organisations.queries import organisations_by_ids
from portal.satisfaction.rules import Opinion
from volunteers.labels.activities import ACTIVITY_KINDS, ACTIVITY_STATES, DUTY_KINDS
from volunteers.labels.planning import FROM_WHICH_AGE
from volunteers.queries.activities import ActivityRow, activity, teams_of
from volunteers.queries.campaigns import CampaignRow, Part, campaign_of, parts_of
from volunteers.queries.rating import opinion_of_activity, opinion_of_unit
from volunteers.queries.shifts import (
    PAGE,
    Asked,
    ShiftRow,
    between,
    coming,
    in_need,
    shift,
    shifts_of,
    shifts_of_several,
)
from volunteers.queries.tours import is_member, report_of, stops_of
from volunteers.rules.activities import ActivityKind, ActivityState, DutyKind, tags
from volunteers.rules.fixed_days import fixed_days_from
from volunteers.rules.planning import midnight
from volunteers.rules.tours import axes
from volunteers.service.activities import may_organise
from volunteers.service.limits import limits_of
from volunteers.views.blueprint import bp
from volunteers.views.common import any_shift
from volunteers.views.places import places_of
from volunteers.views.sign_up import seats_block

DAY = timedelta(days=1)
FIXED_SHOWN = 3


def _first(day: date) -> datetime:
    """The first moment of a day in the city."""
    return midnight(day, instance().city.zone)


def typed_day(text: str) -> date:
    """A day of an address. Raises Missing."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError as error:
        raise Missing from error
    if not is_countable(day) or len(text) != 10:
        raise Missing
    return day


def shift_words() -> dict[str, Any]:
    """What cards of shifts say."""
    return {"kinds": ACTIVITY_KINDS, "states": ACTIVITY_STATES, "duties": DUTY_KINDS, "now": now()}


def asked_place() -> AreaRow | None:
    """The place that the address asks for, if it names one that is there."""
    code = request.args.get("area", "")[:40]
    return area_by_code(reading(), code) if is_code(code) else None


def _asked(place: AreaRow | None) -> Asked:
    """What the filters of the list say; what nobody knows is left out."""
    args = request.args
    kind, duty, tag = args.get("kind", ""), args.get("duty", ""), args.get("tag", "")
    try:
        day = date.fromisoformat(args.get("day", "")[:10])
        since = _first(day) if is_countable(day) else None
    except ValueError:
        since = None
    return Asked(
        place=place.path if place else None,
        kind=ActivityKind(kind) if kind in set(ActivityKind) else None,
        duty=DutyKind(duty) if duty in set(DutyKind) else None,
        tag=tag if tag in tags() else None,
        since=since,
        until=since + DAY if since else None,
        free=args.get("free") == "1",
    )


@bp.get("/volunteers/")
@public
def index() -> ResponseReturnValue:
    """What is coming, the soonest first, and who needs help most."""
    session, moment = reading(), now()
    place = asked_place()
    asked, after = _asked(place), clean_number(request.args.get("after", "")[:40])
    found = coming(session, asked, now=moment, after=after)
    rows = found[:PAGE]
    needy = [] if after else needy_shifts(asked)
    narrowed = {name: value for name, value in request.args.items() if name in _FILTERS and value}
    return render_template(
        "volunteers/index.html", rows=rows, needy=needy, place=place, asked=asked, after=after,
        next_after=rows[-1].number if len(found) > PAGE else None, narrowed=narrowed,
        places=places_of([*rows, *needy]), today=city_day(moment, instance().city.zone),
        fixed=fixed_days_from(city_day(moment, instance().city.zone), FIXED_SHOWN), **shift_words(),
    )  # fmt: skip


def needy_shifts(asked: Asked) -> list[ShiftRow]:
    """Shifts that want people, whom a newcomer can join."""
    newcomer_shifts = limits_of(reading()).newcomer_shifts
    return in_need(reading(), asked, newcomer_shifts=newcomer_shifts, now=now())


_FILTERS = ("area", "kind", "duty", "tag", "day", "free")


def seen_activity(number: str) -> ActivityRow:
    """An activity that this reader may see: drafts are their organisers'. Raises Missing."""
    known = clean_number(number)
    row = activity(reading(), known) if known else None
    if row is None or not (row.public or may_organise(current_actor(), row.place_path)):
        raise Missing
    return row


@bp.get("/volunteers/activities/<number>")
@public
def show_activity(number: str) -> ResponseReturnValue:
    """One activity with what the law wants told, and its coming shifts."""
    row = seen_activity(number)
    parts = parts_of(reading(), row.id) if row.days else []
    rows = _shifts_of_page(row, parts)
    return render_template(
        "volunteers/activity.html", row=row, rows=rows[:PAGE], more=len(rows) > PAGE,
        places=places_of(rows), opinions=_opinions(row), parts=parts,
        part_places=areas_by_ids(reading(), {part.area_id for part in parts}),
        campaign=_campaign_around(row),
        **_about(row), **_tour(row), **shift_words(),
    )  # fmt: skip


def _shifts_of_page(row: ActivityRow, parts: list[Part]) -> list[ShiftRow]:
    """Its own shifts; of a campaign also those of its parts that lie within its days."""
    days = row.days
    if days is None:
        return shifts_of(reading(), row.id, since=now(), limit=PAGE + 1)
    if not row.public:
        return []
    within = Asked(since=_first(days.first), until=_first(days.last + DAY))
    several = [row.id, *(part.id for part in parts)]
    return shifts_of_several(reading(), several, since=now(), within=within, limit=PAGE + 1)


def _campaign_around(row: ActivityRow) -> CampaignRow | None:
    """The campaign to which it belongs, if everybody may see that."""
    found = campaign_of(reading(), row)
    return found if found is not None and found.state is not ActivityState.DRAFT else None


def _opinions(row: ActivityRow) -> Mapping[str, Opinion | None]:
    """What those said who served here, and with this unit: only of enough of them."""
    unit = row.organisation_id
    return {
        "activity": opinion_of_activity(reading(), row.id, now()),
        "unit": opinion_of_unit(reading(), unit, now()) if unit else None,
    }


def _tour(row: ActivityRow) -> Mapping[str, Any]:
    """The plan and the report of an inspection group."""
    if row.kind is not ActivityKind.INSPECTION_GROUP:
        return {"stops": (), "report": None}
    session, person = reading(), current_actor().person_id
    member = person is not None and is_member(session, row.id, person)
    report = report_of(session, row.id)
    return {"stops": stops_of(session, row.id), "report": report, "member": member, "axes": axes()}


def _about(row: ActivityRow) -> Mapping[str, Any]:
    """Who stands behind an activity, and where it is."""
    session = reading()
    teams = teams_of(session, row.id)
    units = {row.organisation_id, *(team.organisation_id for team in teams)} - {None}
    known = organisations_by_ids(session, [unit for unit in units if unit])
    return {
        "activity": row,
        "teams": teams,
        "units": known,
        "organiser": known.get(row.organisation_id) if row.organisation_id else None,
        "place_line": ancestors(session, row.place_path),
        "ages": FROM_WHICH_AGE,
        "organises": may_organise(current_actor(), row.place_path),
    }


def seen_shift(number: str) -> ShiftRow:
    """A shift that this reader may see. Raises Missing."""
    known = clean_number(number)
    row = shift(reading(), known) if known else None
    if row is None:
        raise Missing
    return row


@bp.get("/volunteers/shifts/<number>")
@public
def show_shift(number: str) -> ResponseReturnValue:
    """One shift: everything that is told before somebody signs up (条例, article 12)."""
    row = seen_shift(number)
    of = seen_activity(row.activity_number)
    place = areas_by_ids(reading(), [row.area_id]).get(row.area_id)
    return render_template(
        "volunteers/shift.html", shift=row, place=place,
        seats=seats_block(any_shift(row.number)), **_about(of), **shift_words(),
    )  # fmt: skip


@bp.get("/volunteers/days/<day>")
@public
def show_day(day: str) -> ResponseReturnValue:
    """Every shift of a day, by the hour; those called off too."""
    on, place = typed_day(day), asked_place()
    rows = between(reading(), _first(on), _first(on + DAY), place=place.path if place else None)
    return render_template("volunteers/day.html", **day_page(on, rows, place))


def day_page(on: date, rows: list[ShiftRow], place: AreaRow | None) -> dict[str, Any]:
    """What the page of a day shows of its shifts."""
    return {
        "on": on,
        "rows": rows,
        "place": place,
        "places": places_of(rows),
        "before": on - DAY,
        "after": on + DAY,
        **shift_words(),
    }


@bp.get("/volunteers/weeks/<day>")
@public
def show_week(day: str) -> ResponseReturnValue:
    """A week as a grid of seven days, on a phone one below the other; or as one list."""
    on, place = typed_day(day), asked_place()
    monday = on - timedelta(days=on.weekday())
    days = [monday + timedelta(days=at) for at in range(7)]
    rows = between(
        reading(), _first(monday), _first(days[-1] + DAY), place=place.path if place else None
    )
    return render_template(
        "volunteers/week.html", days=days, rows=rows, place=place, places=places_of(rows),
        before=monday - timedelta(weeks=1), after=monday + timedelta(weeks=1),
        today=city_day(now(), instance().city.zone), as_list=request.args.get("view") == "list",
        **shift_words(),
    )  # fmt: skip
