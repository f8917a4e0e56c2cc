"""The reader's own place, kept in a display cookie, and what is going on there.

A place has little to show now and then: then the places around it, and last the city, fill up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import Response, request
from sqlalchemy.orm import Session

from portal.areas.queries import AreaRow, areas_by_codes, locate
from portal.areas.rules import is_code
from portal.kernel.instance import instance_of
from portal.kernel.web import instance
from portal.reports.queries.near import Near, NearRow, near
from portal.reports.queries.public import kinds
from portal.site import display

COOKIE: Final = "place"
SETTLED_SHOWN, NEWEST_SHOWN = 2, 5  # two pairs of photos: a first view makes few requests


@dataclass(frozen=True)
class Shown:
    """A matter on the page, and whether it lies in the reader's own place."""

    row: NearRow
    own: bool


@dataclass(frozen=True)
class Neighbourhood:
    """What a page shows of a place and, where that is little, of the places around it."""

    own: AreaRow | None
    settled: list[Shown]
    newest: list[Shown]
    places: Mapping[str, AreaRow]

    @property
    def wider(self) -> bool:
        """Whether something lies outside the reader's own place."""
        return self.own is not None and not all(s.own for s in (*self.settled, *self.newest))


def own_places(session: Session, on: date) -> list[AreaRow]:
    """The reader's own place and those around it, the narrowest first; the city is left out."""
    code = request.cookies.get(COOKIE, "")
    return known_place(session, code, on) if code else []


def known_place(session: Session, code: str, on: date) -> list[AreaRow]:
    """A place that can be somebody's own: of the national list, below the city, valid today."""
    if not is_code(code) or not code.isdecimal():
        return []
    city = instance_of(session).city
    digits = sorted({int(row["digits"]) for row in city.raw["levels"] if row.get("digits")})
    widths = [width for width in digits if len(city.roots[0]) < width <= len(code)]
    if not widths or widths[-1] != len(code):
        return []
    found = areas_by_codes(session, [code[:width] for width in widths])
    if code not in found or not found[code].valid_on(on):
        return []
    return [found[code[:width]] for width in reversed(widths) if code[:width] in found]


def chosen_place(session: Session, asked: Mapping[str, str], on: date) -> str | None:
    """The code that a link or a device chose, empty to forget; None when nothing good was asked."""
    code, point = asked.get("code"), asked.get("point")
    if code == "":
        return code
    found = place_at(session, point, on) if point else known_place(session, code or "", on)
    return found[0].code if found else None


def place_at(session: Session, typed: str, on: date) -> list[AreaRow]:
    """The same for a point that a browser told: ``lon, lat`` in degrees."""
    try:
        lon, lat = (float(part) for part in typed.split(","))
    except ValueError:
        return []
    area = locate(session, lon, lat)
    codes = [code for code in area.path.split("/") if code.isdecimal()] if area else []
    return known_place(session, codes[-1], on) if codes else []


def keep_place(response: Response, code: str) -> Response:
    """Remember a place, or forget it."""
    if code:
        display.keep(response, COOKIE, code)
    else:
        response.delete_cookie(COOKIE, secure=instance().config.secure, samesite="Lax")
    return response


def neighbourhood(session: Session, own: Sequence[AreaRow]) -> Neighbourhood:
    """What was settled and what is new near a reader: three queries, whatever there is."""
    found = near(session, [*(area.path for area in own), None], kinds(session))
    settled = _widening([pairs_first(one.settled) for one in found], SETTLED_SHOWN, bool(own))
    taken = {shown.row.case.number for shown in settled}
    newest = [_without(one, taken) for one in found]
    shown = _widening(newest, NEWEST_SHOWN, bool(own))
    codes = {code for one in (*settled, *shown) for code in one.row.case.codes}
    return Neighbourhood(own[0] if own else None, settled, shown, areas_by_codes(session, codes))


def pairs_first(rows: Iterable[NearRow]) -> list[NearRow]:
    """The newest with both photos, then those with one, then the others."""
    return sorted(rows, key=lambda row: (not row.pair, not row.after))


def _without(found: Near, taken: set[str]) -> list[NearRow]:
    return [row for row in found.newest if row.case.number not in taken]


def _widening(lists: Sequence[list[NearRow]], most: int, has_own: bool) -> list[Shown]:
    """The first few of the narrowest place, filled up from the wider ones; each matter once."""
    shown: dict[str, Shown] = {}
    for at, rows in enumerate(lists):
        for row in rows:
            if len(shown) < most:
                shown.setdefault(row.case.number, Shown(row, has_own and at == 0))
    return list(shown.values())
