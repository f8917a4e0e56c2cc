"""Lists of places: all of a file is read and checked first, then all of it is written, or none."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal.areas.models import Area, AreaTag, GridCard
from portal.areas.rules import NAME_LENGTH, LevelRule, Tag, codes_of, level_rules, path_under
from portal.areas.service.reading import ListRow, Reading, read_list
from portal.areas.service.turn import renew_version
from portal.kernel.city import City
from portal.kernel.errors import BadData
from portal.kernel.ids import new_id
from portal.kernel.tables import TableRow, read_table

NAME_COLUMNS = {"name_zh_Hant": "name_zh_hant", "name_en": "name_en", "name_khb": "name_khb"}


@dataclass(frozen=True)
class ListReport:
    """What an import did. ``foreign`` rows belong to other cities and were left out."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    foreign: int = 0
    closed: int = 0


@dataclass(frozen=True)
class _Known:
    """A place as the tree has it, or as it will be after the import."""

    id: UUID
    code: str
    level: str
    path: str
    parent_id: UUID | None
    values: dict[str, Any]
    tags: frozenset[Tag] = frozenset()


def import_places(
    session: Session,
    content: bytes,
    source: str,
    *,
    city: City,
    since: date,
    close_on: date | None = None,
) -> ListReport:
    """Bring a list of places into the tree. Raises BadData and writes nothing when a row is wrong.

    Rows of other cities (neither code nor parent begins with a root of the city file) are counted
    and left out. Empty cells change nothing. A place that already hangs deeper under the parent the
    list names, below levels with codes of our own, stays there. With ``close_on``, places of the
    levels in the list that the list no longer has end on that day.
    """
    reading = read_list(content, source, city)
    renew_version(session)
    known = _tree(session)
    plan = _Plan(known, level_rules(city.raw["levels"]), city.roots, since)
    for root in city.roots:
        plan.add_root(root, city)
    for row in reading.rows:
        plan.add(row)
    if plan.problems:
        raise BadData(source, sorted(plan.problems))
    report = plan.write(session)
    closed = _close(session, reading, known, close_on) if close_on else 0
    return replace(report, foreign=reading.foreign, closed=closed)


def _tree(session: Session) -> dict[str, _Known]:
    tags: dict[UUID, set[Tag]] = {}
    for area_id, tag in session.execute(select(AreaTag.area_id, AreaTag.tag)):
        tags.setdefault(area_id, set()).add(tag)
    rows = session.execute(select(Area.__table__))
    return {
        row.code: _Known(
            row.id,
            row.code,
            row.level,
            row.path,
            row.parent_id,
            row._asdict(),
            frozenset(tags.get(row.id, ())),
        )
        for row in rows
    }


class _Plan:
    """The tree as it will be, and what is wrong with that."""

    def __init__(
        self,
        known: dict[str, _Known],
        levels: dict[str, LevelRule],
        roots: tuple[str, ...],
        since: date,
    ) -> None:
        self.before = known
        self.after = dict(known)
        self.levels = levels
        self.roots = roots
        self.since = since
        self.seen: set[str] = set()
        self.problems: list[tuple[int, str]] = []

    def add_root(self, code: str, city: City) -> None:
        """A root that no list names (a prefecture, say) has its names from the city file."""
        if code in self.after:
            return
        names = city.raw.get("root_names", {}).get(code, city.names)
        self._put(
            code,
            city.levels[0].code,
            None,
            {
                "name_zh_hans": names["zh_Hans"],
                "name_zh_hant": names.get("zh_Hant"),
                "name_en": names.get("en"),
                "name_khb": names.get("khb"),
                "made_up": False,
                "valid_from": self.since,
            },
        )

    def add(self, row: ListRow) -> None:
        """One row: its parent must be there, and stand on a higher level."""
        parent = None
        if row.code not in self.roots:
            parent = self.after.get(row.parent_code)
            if parent is None:
                self.problems.append((row.line, f"orphan: no place has the code {row.parent_code}"))
                return
            if self.levels[parent.level].rank >= self.levels[row.level].rank:
                self.problems.append(
                    (row.line, f"a {row.level} cannot stand under a {parent.level}")
                )
                return
        present = self.before.get(row.code)
        if present and present.level != row.level:
            self.problems.append((row.line, f"{row.code} is a {present.level} already"))
            return
        if present and parent and self._hangs_deeper(present, parent):
            parent = self.after[codes_of(present.path)[-2]]
        self.seen.add(row.code)
        self._put(row.code, row.level, parent, row.values, row.tags)

    def _hangs_deeper(self, present: _Known, parent: _Known) -> bool:
        above = codes_of(present.path)[:-1]
        if parent.code not in above:
            return False
        between = above[above.index(parent.code) + 1 :]
        return bool(between) and all(
            code in self.after and self.levels[self.after[code].level].digits is None
            for code in between
        )

    def _put(
        self,
        code: str,
        level: str,
        parent: _Known | None,
        values: dict[str, Any],
        tags: frozenset[Tag] = frozenset(),
    ) -> None:
        present = self.before.get(code)
        base = {
            "name_zh_hant": None, "name_en": None, "name_khb": None, "kind": None,
            "lon": None, "lat": None, "valid_from": self.since,
        }  # fmt: skip
        base = {**base, **(present.values if present else {}), **values}
        self.after[code] = _Known(
            id=present.id if present else new_id(),
            code=code,
            level=level,
            path=path_under(parent.path if parent else None, code),
            parent_id=parent.id if parent else None,
            values=base,
            tags=(present.tags if present else frozenset()) | tags,
        )

    def _row(self, place: _Known) -> dict[str, Any]:
        return {
            **place.values,
            "id": place.id,
            "code": place.code,
            "level": place.level,
            "path": place.path,
            "parent_id": place.parent_id,
        }

    def _follow_moves(self) -> None:
        """Places below a moved place move with it."""
        by_id = {place.id: place for place in self.after.values()}
        for code, place in sorted(self.after.items(), key=lambda item: len(item[1].path)):
            parent = by_id[place.parent_id] if place.parent_id else None
            path = path_under(parent.path if parent else None, code)
            if path != place.path:
                self.after[code] = by_id[place.id] = replace(place, path=path)

    def write(self, session: Session) -> ListReport:
        """Insert what is new, update what differs, in bulk."""
        self._follow_moves()
        new = [p for code, p in self.after.items() if code not in self.before]
        old = [
            p
            for code, p in self.after.items()
            if code in self.before and self._row(p) != self._row(self.before[code])
        ]
        tagged = [p for code, p in self.after.items() if self._new_tags(code, p)]
        if new:
            new.sort(key=lambda place: self.levels[place.level].rank)
            session.execute(insert(Area), [self._row(place) for place in new])
        if old:
            session.execute(update(Area), [self._row(place) for place in old])
        tags = [
            {"area_id": place.id, "tag": tag}
            for place in tagged
            for tag in self._new_tags(place.code, place)
        ]
        if tags:
            session.execute(insert(AreaTag), tags)
        added = {place.code for place in new}
        changed = {p.code for p in (*old, *tagged)} - added
        listed = self.seen & set(self.before)
        return ListReport(len(added), len(changed), len(listed - changed))

    def _new_tags(self, code: str, place: _Known) -> frozenset[Tag]:
        before = self.before.get(code)
        return place.tags - (before.tags if before else frozenset())


def _close(session: Session, reading: Reading, known: dict[str, _Known], close_on: date) -> int:
    levels = {row.level for row in reading.rows}
    listed = {row.code for row in reading.rows}
    gone = [
        place.id
        for code, place in known.items()
        if code not in listed
        and place.parent_id is not None
        and place.level in levels
        and place.values["valid_to"] is None
        and place.values["valid_from"] < close_on
    ]
    if gone:
        session.execute(update(Area), [{"id": id_, "valid_to": close_on} for id_ in gone])
    return len(gone)


def import_names(session: Session, content: bytes, source: str, *, city: City) -> ListReport:
    """Names in further languages, for places that are there already. Raises BadData."""
    rows = read_table(content, source, required=["code"], optional=list(NAME_COLUMNS))
    mine, foreign = _own_rows(rows, city)
    known = _ids(session)
    problems = [(row.line, problem) for row in mine for problem in _name_problems(row, known)]
    if problems:
        raise BadData(source, problems)
    renew_version(session)
    changes = [
        {"id": known[row["code"]], **values}
        for row in mine
        if (values := {NAME_COLUMNS[key]: row[key] for key in NAME_COLUMNS if row[key]})
    ]
    for keys in {tuple(change) for change in changes}:
        session.execute(update(Area), [change for change in changes if tuple(change) == keys])
    return ListReport(changed=len(changes), foreign=foreign)


def _name_problems(row: TableRow, known: dict[str, UUID]) -> Iterable[str]:
    if row["code"] not in known:
        yield f"no place has the code {row['code']}"
    if any(len(row[key]) > NAME_LENGTH for key in NAME_COLUMNS):
        yield f"a name longer than {NAME_LENGTH} characters"


def _own_rows(rows: list[TableRow], city: City) -> tuple[list[TableRow], int]:
    mine = [row for row in rows if row["code"].startswith(city.roots)]
    return mine, len(rows) - len(mine)


def _ids(session: Session) -> dict[str, UUID]:
    return dict(session.execute(select(Area.code, Area.id)).all())


def import_cards(
    session: Session, content: bytes, source: str, *, city: City, now: datetime
) -> ListReport:
    """Grid cards by the code of their place; a card in the list replaces the present one."""
    required = ["code", "objects", "standards", "responsible", "duty_phone"]
    rows, foreign = _own_rows(read_table(content, source, required=required), city)
    known = _ids(session)
    problems = [
        (row.line, f"no place has the code {row['code']}")
        for row in rows
        if row["code"] not in known
    ]
    problems += [
        (row.line, "a card needs all its cells, the person's and the telephone's short ones")
        for row in rows
        if not all(row.cells.values())
        or len(row["responsible"]) > 120
        or len(row["duty_phone"]) > 40
    ]
    if problems:
        raise BadData(source, sorted(problems))
    renew_version(session)
    cards = {known[row["code"]]: {name: row[name] for name in required[1:]} for row in rows}
    if cards:
        session.execute(delete(GridCard).where(GridCard.area_id.in_(cards)))
        session.execute(
            insert(GridCard),
            [{"area_id": id_, "updated_at": now, **card} for id_, card in cards.items()],
        )
    return ListReport(changed=len(cards), foreign=foreign)
