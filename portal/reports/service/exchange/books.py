"""Looking up what a file's cells name: places by their path, kinds by code or name, units by name.

Each book is read once for a file. What fits two things names neither of them.
"""

import csv
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.areas.rules import is_code
from portal.organisations.queries import OrganisationRow, units_serving
from portal.organisations.rules import HANDLING_KINDS
from portal.reports.queries.categories import categories_on
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.layouts import ClassKind, Layout
from portal.reports.service.exchange.maps import DATA

EVENT, COMPONENT = ClassKind.EVENT, ClassKind.COMPONENT


def tidy(text: str) -> str:
    """A name as it is compared: no case, no width, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class Place:
    """A place of the tree, as far as a case needs it."""

    id: UUID
    code: str
    path: str
    name: str
    level: str

    @property
    def depth(self) -> int:
        return self.path.count("/")


class PlaceBook:
    """All places that are still there."""

    def __init__(self, session: Session) -> None:
        self.by_code: dict[str, Place] = {}
        self._by_name: dict[str, list[Place]] = {}
        self._known: dict[tuple[str, str], Place | None] = {}
        names = (Area.name_zh_hans, Area.name_zh_hant, Area.name_en)
        rows = session.execute(
            select(Area.id, Area.code, Area.path, Area.level, *names).where(Area.valid_to.is_(None))
        )
        for area_id, code, path, level, *called in rows:
            place = Place(area_id, code, path, called[0] or code, level)
            self.by_code[code] = place
            for name in {tidy(name) for name in called if name}:
                self._by_name.setdefault(name, []).append(place)

    def below(self, base: Place, text: str) -> Place | None:
        """The place of that code or name inside another; the other itself where two are called so.

        None: there is no such place. Names repeat from street to street, so that a name counts
        only under the places named before it.
        """
        key = (base.path, text)
        if key not in self._known:
            self._known[key] = self._look_below(base, text)
        return self._known[key]

    def _look_below(self, base: Place, text: str) -> Place | None:
        if is_code(text) and text in self.by_code:
            place = self.by_code[text]
            return place if place.path.startswith(base.path) else None
        inside = [
            place
            for place in self._by_name.get(tidy(text), ())
            if place.path.startswith(base.path) and place.path != base.path
        ]
        if not inside:
            # a file may name the place it is about
            return base if tidy(base.name) == tidy(text) else None
        highest = min(place.depth for place in inside)
        found = [place for place in inside if place.depth == highest]
        return found[0] if len(found) == 1 else base


@dataclass(frozen=True)
class ClassName:
    """One class of the trade: event or component, its code, its name and that of its group."""

    kind: str
    code: str
    major: str
    name: str


@cache
def class_names() -> tuple[ClassName, ...]:
    """The trade's classes."""
    with (DATA / "class_codes.tsv").open(encoding="utf-8", newline="") as file:
        return tuple(
            ClassName(row["kind"], row["code4"], row["major"], row["name"])
            for row in csv.DictReader(file, delimiter="\t")
        )


class KindBook:
    """The kinds in use today, and every name another system may have for one."""

    def __init__(self, session: Session, layout: Layout, today: date) -> None:
        self.rows = {row.code: row for row in categories_on(session, today)}
        self._layout = layout
        self._own = {tidy(name): code for name, code in layout.categories.items()}
        self._names: dict[str, set[str]] = {}
        self._classes: dict[tuple[str, str], set[str]] = {}
        for row in self.rows.values():
            for name in (*row.names.values(), *row.synonyms):
                self._names.setdefault(tidy(name), set()).add(row.code)
            for kind, codes in ((EVENT, row.event_codes), (COMPONENT, row.component_codes)):
                for code in codes:
                    self._classes.setdefault((kind, code), set()).add(row.code)
        self._class_names: dict[tuple[str, str], set[str]] = {}
        for one in class_names():
            fits = self._classes.get((one.kind, one.code), set())
            self._class_names.setdefault((one.kind, tidy(one.name)), set()).update(fits)

    def find(self, major: str, kind: str, class_kind: str) -> CategoryRow | None:
        """The kind that some cells name, or None: unknown, or two fit."""
        own = self._own_name(major, kind)
        if own is not None:
            return self.rows.get(own)
        known = self._layout.class_kinds.get(class_kind)
        kinds = [known] if known is not None else list(ClassKind)
        for name in filter(None, (kind, major)):
            fits: set[str] = set()
            for one in kinds:
                fits |= self._classes.get((one, name), set())
                fits |= self._class_names.get((one, tidy(name)), set())
            called = self._names.get(tidy(name), set())
            # of two kinds with one class, the one that is called so
            fits = (fits & called or fits) if len(fits) > 1 else fits or called
            if fits:
                return self.rows[next(iter(fits))] if len(fits) == 1 else None
        return None

    def _own_name(self, major: str, kind: str) -> str | None:
        """What the map itself says of a name."""
        names = (f"{major}/{kind}", kind, major)
        return next((self._own[tidy(name)] for name in names if tidy(name) in self._own), None)

    def cells(self, category: str) -> tuple[str, str, str]:
        """(class kind, major, kind) by which another system finds the same kind again."""
        row = self.rows.get(category)
        for name, code in self._layout.categories.items():
            if code == category:
                major, _, kind = name.rpartition("/")
                return "", major, kind
        if row is None:
            return "", "", category
        for one in _classes_of(row):
            named = self._layout.class_kinds.items()
            words = next((word for word, kind in named if kind == one.kind), "")
            if self.find(one.major, one.name, words) == row:
                return words, one.major, one.name
        return "", "", row.names["zh_Hans"]


def _classes_of(row: CategoryRow) -> Iterable[ClassName]:
    wanted = {(EVENT, code) for code in row.event_codes}
    wanted |= {(COMPONENT, code) for code in row.component_codes}
    return (one for one in class_names() if (one.kind, one.code) in wanted)


class UnitBook:
    """Units that handle, by their names and the places they serve."""

    def __init__(self, session: Session, today: date) -> None:
        self._session = session
        self._today = today
        self._serving: dict[str, Mapping[str, list[OrganisationRow]]] = {}

    def find(self, place_path: str, name: str) -> UUID | None:
        """The unit of that name that serves a place, if it is exactly one."""
        if place_path not in self._serving:
            serving = units_serving(self._session, [place_path], HANDLING_KINDS, self._today)
            found: dict[str, list[OrganisationRow]] = {}
            for unit in serving[place_path]:
                for called in {unit.code, *map(tidy, unit.names.values())}:
                    found.setdefault(called, []).append(unit)
            self._serving[place_path] = found
        units = self._serving[place_path].get(tidy(name), [])
        return units[0].id if len(units) == 1 else None
