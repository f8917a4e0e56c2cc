"""What voluntary service comes to, for everybody: by month, kind and street; a wall to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.areas.queries import children_of, root_areas
from portal.kernel.clock import city_day, month_bounds, now
from portal.kernel.i18n import gettext as _
from portal.kernel.i18n import in_words
from portal.kernel.sheets import write_table
from portal.kernel.web import instance, reading
from portal.reports.views.downloads import hand_out
from portal.satisfaction.labels import month_words
from portal.satisfaction.queries import settings_of
from volunteers.labels.activities import ACTIVITY_KINDS
from volunteers.queries.shifts import Asked, coming
from volunteers.queries.statistics import (
    service_by_kind,
    service_by_month,
    service_by_place,
)
from volunteers.rules.shifts import Span
from volunteers.rules.statistics import Rest, Tally, final_at, months_shown, published
from volunteers.views.blueprint import bp
from volunteers.views.places import places_of
from volunteers.views.public import asked_place, needy_shifts, shift_words

WALL_SHIFTS = 6
WALL_SECONDS = 120


@dataclass(frozen=True)
class Table:
    """One table as it is shown: its rows with their words, and what is withheld."""

    rows: list[tuple[str, Tally]]
    rest: Rest | None


def _smallest() -> int:
    return settings_of(reading()).smallest_cell


def _table(rows: list[Tally], words: Mapping[str, str]) -> Table:
    shown, rest = published(rows, _smallest())
    shown.sort(key=lambda row: (-row.minutes, row.key))
    return Table([(words.get(row.key, _("Elsewhere")), row) for row in shown], rest)


def _months() -> list[tuple[str, Tally]]:
    """The months whose figures stand, the newest first; of few people none is shown."""
    zone = instance().city.zone
    months = [
        (month, Span(*month_bounds(month, zone)), final_at(month, zone))
        for month in months_shown(now(), zone)
    ]
    found = {row.key: row for row in service_by_month(reading(), months)}
    least = _smallest()
    return [(m, found[m]) for m, _span, _at in months if m in found and found[m].people >= least]


def _month_asked() -> str:
    months = months_shown(now(), instance().city.zone)
    asked = request.args.get("month", "")[:7]
    return asked if asked in months else months[0]


def _tables(month: str, months: list[tuple[str, Tally]]) -> tuple[Table, Table] | None:
    """By kind and by street, of a month whose own figures may be shown."""
    if month not in dict(months):
        return None
    session, zone = reading(), instance().city.zone
    within, final = Span(*month_bounds(month, zone)), final_at(month, zone)
    kinds = {kind.value: str(words) for kind, words in ACTIVITY_KINDS.items()}
    roots = root_areas(session)
    streets = {area.code: area for root in roots for area in children_of(session, root.code)}
    paths = {code: area.path for code, area in streets.items()}
    names = {code: in_words(area.names) for code, area in streets.items()}
    return (
        _table(service_by_kind(session, within, final), kinds),
        _table(service_by_place(session, paths, within, final), names),
    )


@bp.get("/volunteers/statistics")
@public
def statistics() -> ResponseReturnValue:
    """Hours, services and people, by month, and of one month by kind and by street."""
    months, month = _months(), _month_asked()
    return render_template(
        "volunteers/statistics.html", months=months, month=month, smallest=_smallest(),
        tables=_tables(month, months), month_words=month_words,
    )  # fmt: skip


@bp.get("/volunteers/statistics.csv")
@public
def statistics_csv() -> ResponseReturnValue:
    """The same as a file."""
    return hand_out(partial(_write, _month_asked()), "csv")


@bp.get("/volunteers/statistics.xlsx")
@public
def statistics_xlsx() -> ResponseReturnValue:
    """The same for a spreadsheet."""
    return hand_out(partial(_write, _month_asked()), "xlsx")


def _write(month: str, path: Path) -> str:
    header = (_("Month"), _("By"), _("Kind or street"), _("Minutes"), _("Services"), _("People"))
    write_table(path, header, _lines(month))
    return f"service-{month}"


def _lines(month: str) -> list[tuple[object, ...]]:
    """Every month, then one of them by kind and by street."""
    months = _months()
    lines: list[tuple[object, ...]] = [
        (m, _("All"), "", row.minutes, row.services, row.people) for m, row in months
    ]
    for heading, table in zip((_("Kind"), _("Street")), _tables(month, months) or (), strict=False):
        lines += [
            (month, heading, words, row.minutes, row.services, row.people)
            for words, row in table.rows
        ]
        if table.rest:
            lines.append(
                (month, heading, _("Withheld"), table.rest.minutes, table.rest.services, "")
            )
    return lines


@bp.get("/volunteers/wall")
@public
def wall() -> ResponseReturnValue:
    """A screen in a hall: who is needed, what is next, what service came to. No names."""
    session, moment, place = reading(), now(), asked_place()
    asked = Asked(place=place.path if place else None)
    needy = needy_shifts(asked)
    rows = coming(session, asked, now=moment, limit=WALL_SHIFTS)[:WALL_SHIFTS]
    return render_template(
        "volunteers/wall.html", rows=rows, needy=needy, place=place, every=WALL_SECONDS,
        places=places_of([*rows, *needy]), last=next(iter(_months()), None),
        today=city_day(moment, instance().city.zone), month_words=month_words, **shift_words(),
    )  # fmt: skip
