"""What reporters said, for the figures of staff: read from the stored releases only (P4).

A release knows places of the national list, and for the whole city kinds of problems; and months,
by when the time for rating ended. What the figures are narrowed to beyond that, it does not tell.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from portal.reports.queries.figures import Chosen
from portal.reports.rules.figures import Answered, By, Span, whole_months
from portal.satisfaction.queries.releases import Cell, cells_of_months
from portal.satisfaction.rules.rebuild import SPANS
from portal.satisfaction.rules.release import CATEGORY, earlier_months

# a row of the whole city, which no place stands above
CITY = ""
_MONTH, _QUARTER = SPANS


@dataclass(frozen=True)
class Said:
    """What releases say of each row of a table, by the row's key, and of all together."""

    rows: Mapping[str, Answered] = field(default_factory=dict)
    total: Answered | None = None


def said_of(
    session: Session, span: Span, chosen: Chosen, by: By, keys: Collection[str], above: str | None
) -> Said:
    """What releases say of a table's rows and of the place (None: the whole city) they lie in."""
    months = whole_months(span)
    if not months or chosen.area_type or chosen.unit_id or chosen.source:
        return Said()
    paths = {*(keys if by is By.PLACE else ()), *([above] if above else ())}
    found = _Cells(cells_of_months(session, months, paths))
    kinds = chosen.categories
    whole = found.at(above or CITY, kinds, months)
    if by is By.MONTH:
        each = {key: found.at(above or CITY, kinds, (key[:7],)) for key in keys}
    elif by is By.PLACE:
        each = {key: found.at(key, kinds, months) for key in keys}
    elif by is By.CATEGORY:
        each = {key: found.at(above or CITY, frozenset({key}), months) for key in keys}
    else:
        each = {}
    return Said({key: one for key, one in each.items() if one is not None}, whole)


class _Cells:
    """Rows of releases by place or kind of problem, month and span."""

    def __init__(self, rows: Iterable[tuple[str, Cell]]) -> None:
        self._tops: set[str] = set()
        self._known: dict[tuple[str, str | None, str, str], Cell] = {}
        for month, cell in rows:
            if cell.level == CATEGORY:
                self._known[CITY, cell.code, month, cell.span] = cell
                continue
            if cell.parent_code is None:
                self._tops.add(cell.path)
                self._known[CITY, None, month, cell.span] = cell
            self._known[cell.path, None, month, cell.span] = cell

    def at(
        self, place: str, kinds: frozenset[str] | None, months: Collection[str]
    ) -> Answered | None:
        """The sum of some months; None where one of them is not told."""
        kind = next(iter(kinds)) if kinds and len(kinds) == 1 else None
        if kinds is not None and kind is None:
            return None
        if kind is not None and place in self._tops:
            place = CITY
        cells = self._of(place, kind, months)
        if cells is None:
            return None
        return Answered(
            sum(cell.answered or 0 for cell in cells),
            sum(cell.solved or 0 for cell in cells),
            sum(cell.satisfied or 0 for cell in cells),
        )

    def _of(self, place: str, kind: str | None, months: Collection[str]) -> list[Cell] | None:
        """The published rows that make up some months: quarters where told, else months."""
        found, left = [], set(months)
        while left:
            month = max(left)
            quarter, made_of = self._told(place, kind, month, _QUARTER), {*earlier_months(month)}
            if quarter is not None and made_of <= left:
                found.append(quarter)
                left -= made_of
            elif (cell := self._told(place, kind, month, _MONTH)) is not None:
                found.append(cell)
            else:
                return None
            left.discard(month)
        return found

    def _told(self, place: str, kind: str | None, month: str, span: str) -> Cell | None:
        cell = self._known.get((place, kind, month, span))
        return cell if cell is not None and cell.published else None
