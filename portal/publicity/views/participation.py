"""Figures of participation: a page by place, and a month as a table and for programs."""

from typing import Any, Final

from babel.numbers import format_percent
from flask import Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import public
from portal.areas.queries import (
    AreaRow,
    area_by_code,
    areas_by_codes,
    descendants_at_level,
    root_areas,
)
from portal.kernel.errors import Missing
from portal.kernel.i18n import current_language, gettext
from portal.kernel.spreadsheets import csv_bytes
from portal.kernel.web import reading
from portal.publicity.labels.participation import SLOGAN, TOOK_PART
from portal.publicity.queries.participation import (
    ParticipationRow,
    months_counted,
    participation_in,
    participation_of_month,
)
from portal.publicity.rules.participation import CLOSES_AFTER_DAYS, LEVELS, TookPart, share
from portal.publicity.views.blueprint import bp
from portal.satisfaction.labels import month_words

COLUMNS: Final = ("month", "area_code", "took_part", "people", "population", "share")
SMALLEST_SHARE: Final = 0.001
KEEP: Final = "public, max-age=3600"


@bp.get("/participation/")
@public
def participation() -> ResponseReturnValue:
    """How many took part in a month, in a place and in the places just below it."""
    months, place = months_counted(reading()), _place()
    month = request.args.get("month", "")[:7] or next(iter(months), "")
    below = _counted_below(place)
    found = participation_in(reading(), month, [place.code, *(one.code for one in below)])
    return render_template(
        "publicity/participation.html", slogan=SLOGAN, months=months, month=month, place=place,
        ways=TOOK_PART, own=[row for row in found if row.area_code == place.code],
        below=[(one, row) for one in below if (row := _any(found, one.code))], share=share,
        month_words=month_words, days=CLOSES_AFTER_DAYS, in_percent=_in_percent,
    )  # fmt: skip


def _in_percent(part: float) -> str:
    """A share with a decimal: most are small. What would be read as nobody is told as few."""
    if 0 < part < SMALLEST_SHARE:
        least = format_percent(SMALLEST_SHARE, format="0.0%", locale=current_language())
        return gettext("less than %(share)s", share=least)
    return format_percent(part, format="#,##0.0%", locale=current_language())


def _place() -> AreaRow:
    code = request.args.get("area", "")[:40].upper()
    place = area_by_code(reading(), code) if code else next(iter(root_areas(reading())), None)
    if place is None:
        raise Missing
    return place


def _counted_below(place: AreaRow) -> list[AreaRow]:
    """The nearest places inside that are counted: what lies between has no figures."""
    for level in LEVELS:
        found = descendants_at_level(reading(), place.path, level)
        if inside := [one for one in found if one.code != place.code]:
            return inside
    return []


def _any(rows: list[ParticipationRow], code: str) -> ParticipationRow | None:
    mine = (row for row in rows if row.area_code == code and row.took_part is TookPart.ANY)
    return next(mine, None)


def _rows(month: str) -> list[ParticipationRow]:
    if month not in months_counted(reading()):
        raise Missing
    return participation_of_month(reading(), month)


@bp.get("/participation/<string(length=7):month>.csv")
@public
def participation_csv(month: str) -> ResponseReturnValue:
    """A month as a table; a cell without a number is fewer than ten, perhaps nobody, or one by
    which such a cell could be computed."""
    rows = [
        (row.month, row.area_code, row.took_part.value, row.people, row.population,
         share(row.people, row.population))
        for row in _rows(month)
    ]  # fmt: skip
    response = Response(csv_bytes(COLUMNS, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="participation-{month}.csv"'
    response.headers["Cache-Control"] = KEEP
    return response


@bp.get("/participation/<string(length=7):month>.json")
@public
def participation_json(month: str) -> ResponseReturnValue:
    """The same for programs."""
    rows = _rows(month)
    names = areas_by_codes(reading(), {row.area_code for row in rows})
    response = jsonify(
        {"month": month, "rounded_to": 5, "fewest": 10,
         "cells": [_object(row, names) for row in rows]}
    )  # fmt: skip
    response.headers["Cache-Control"] = KEEP
    return response


def _object(row: ParticipationRow, names: dict[str, AreaRow]) -> dict[str, Any]:
    name = names[row.area_code].names["zh_Hans"] if row.area_code in names else row.area_code
    return {
        "area_code": row.area_code, "name": name, "took_part": row.took_part.value,
        "people": row.people, "population": row.population,
        "share": share(row.people, row.population),
    }  # fmt: skip
