"""What was photographed before at the place of a case: for the desk, to compare (R126).

By the exact point and with every photo: nothing of this is for the public.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import cos, pi
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.geo import METRES_A_DEGREE, metres_between
from portal.kernel.instance import instance_of
from portal.reports.models import Case, CasePhoto, Category, GridEntry, GridEntryPhoto
from portal.reports.queries.case import CaseRow
from portal.reports.queries.desk.reach import reach
from portal.reports.rules.codes import PhotoKind
from portal.reports.rules.grid import SETTING_NEAR, USUAL_NEAR

MOST_LOOKED_AT, MOST_SHOWN = 60, 6


@dataclass(frozen=True)
class EarlierPhoto:
    """A photo of the same place: of another case (``number``) or of the diary (``entry``)."""

    code: str
    at: datetime
    metres: int
    kind: PhotoKind | None
    number: str | None
    entry: str | None
    category: Mapping[str, str]


def photos_of_place(session: Session, case: CaseRow, actor: Actor) -> list[EarlierPhoto]:
    """Photos taken around a case's point before it was found, the newest first: two queries."""
    if case.lon is None or case.lat is None:
        return []
    metres = int(instance_of(session).city.thresholds.get(SETTING_NEAR, USUAL_NEAR))
    found = [*_of_cases(session, case, actor, metres), *_of_entries(session, case, actor, metres)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST_SHOWN]


def _around(
    lon: ColumnElement[float | None],
    lat: ColumnElement[float | None],
    case: CaseRow,
    metres: int,
) -> tuple[ColumnElement[bool], ...]:
    high = metres / METRES_A_DEGREE
    wide = high / max(cos((case.lat or 0.0) / 180.0 * pi), 0.01)
    here_lon, here_lat = case.lon or 0.0, case.lat or 0.0
    return (
        lon.between(here_lon - wide, here_lon + wide),
        lat.between(here_lat - high, here_lat + high),
    )


def _of_cases(session: Session, case: CaseRow, actor: Actor, metres: int) -> list[EarlierPhoto]:
    found = []
    for row in session.execute(_cases_around(case, actor, metres)):
        away = metres_between(case.lon or 0.0, case.lat or 0.0, row.lon, row.lat)
        names = {
            "zh_Hans": row.name_zh_Hans or "",
            "zh_Hant": row.name_zh_Hant or "",
            "en": row.name_en or "",
        }
        if away <= metres:
            found.append(
                EarlierPhoto(
                    row.code, row.created_at, round(away), row.kind, row.number, None, names
                )
            )
    return found


def _cases_around(case: CaseRow, actor: Actor, metres: int) -> Select[*tuple[Any, ...]]:
    """The photos of other cases in a square around the point, as far as somebody may read them."""
    return (
        select(
            CasePhoto.code,
            CasePhoto.created_at,
            CasePhoto.kind,
            Case.number,
            Case.lon,
            Case.lat,
            Category.name_zh_Hans,
            Category.name_zh_Hant,
            Category.name_en,
        )
        .join(Case, and_(Case.district == CasePhoto.district, Case.id == CasePhoto.case_id))
        .join(Category, Category.code == Case.category_code, isouter=True)
        .where(
            Case.district == case.district,
            Case.id != case.id,
            # one street is what an index can give; a place reaches over a grid's edge
            Case.place_path.startswith(_street(case.place_path), autoescape=True),
            *_around(Case.lon.expression, Case.lat.expression, case, metres),
            CasePhoto.created_at < case.found_at,
            reach(actor, Permission.REPORT_READ),
        )
        .order_by(CasePhoto.created_at.desc())
        .limit(MOST_LOOKED_AT)
    )


def _of_entries(session: Session, case: CaseRow, actor: Actor, metres: int) -> list[EarlierPhoto]:
    if not actor.may(Permission.GRID_WORK, place_path=case.place_path):
        return []
    statement = (
        select(
            GridEntryPhoto.code,
            GridEntry.at,
            GridEntry.code.label("entry"),
            GridEntry.lon,
            GridEntry.lat,
            GridEntry.place_path,
        )
        .join(GridEntry, GridEntry.id == GridEntryPhoto.entry_id)
        .where(
            GridEntry.place_path.startswith(_street(case.place_path), autoescape=True),
            *_around(GridEntry.lon.expression, GridEntry.lat.expression, case, metres),
            GridEntry.at < case.found_at,
        )
        .order_by(GridEntry.at.desc())
        .limit(MOST_LOOKED_AT)
    )
    found = []
    for row in session.execute(statement):
        away = metres_between(case.lon or 0.0, case.lat or 0.0, row.lon, row.lat)
        if away <= metres and actor.may(Permission.GRID_WORK, place_path=row.place_path):
            found.append(EarlierPhoto(row.code, row.at, round(away), None, None, row.entry, {}))
    return found


def _street(path: str) -> str:
    """The path of the place right below the root, or of the root."""
    return "/".join(path.split("/")[:3]) + "/" if path.count("/") > 2 else path


def a_photographed_point(session: Session, path: str) -> tuple[float, float] | None:
    """The point of the newest case with a photo in a place."""
    row = session.execute(
        select(Case.lon, Case.lat)
        .join(CasePhoto, and_(CasePhoto.district == Case.district, CasePhoto.case_id == Case.id))
        .where(Case.place_path.startswith(path, autoescape=True), Case.lon.is_not(None))
        .order_by(Case.found_at.desc())
        .limit(1)
    ).first()
    return (row.lon, row.lat) if row else None
