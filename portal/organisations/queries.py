"""Reads of the register of organisations."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Select,
    Uuid,
    and_,
    case,
    false,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.areas.queries import MOST_CHOICES
from portal.areas.rules import codes_of, tidy_names, valid_on
from portal.organisations.models import Organisation
from portal.organisations.rules import (
    GOVERNING_KINDS,
    WITHOUT_NEW_WORK,
    CompanyStanding,
    OrganisationKind,
    Trade,
)


@dataclass(frozen=True)
class OrganisationRow:
    """An organisation as it is read. ``area_path`` is the place it serves, None: no place."""

    id: UUID
    code: str
    kind: OrganisationKind
    trade: Trade | None
    names: Mapping[str, str]
    area_id: UUID | None
    area_path: str | None
    parent_id: UUID | None
    phone: str | None
    valid_from: date
    valid_to: date | None
    successor_id: UUID | None
    standing: CompanyStanding | None
    standing_since: date | None

    @property
    def takes_work(self) -> bool:
        """Whether it may be given something new."""
        return self.standing not in WITHOUT_NEW_WORK

    def valid_on(self, on: date) -> bool:
        return valid_on(self.valid_from, self.valid_to, on)


def _columns() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Organisation.id,
            Organisation.code,
            Organisation.kind,
            Organisation.trade,
            Organisation.name_zh_hans,
            Organisation.name_zh_hant,
            Organisation.name_en,
            Organisation.area_id,
            Area.path,
            Organisation.parent_id,
            Organisation.phone,
            Organisation.valid_from,
            Organisation.valid_to,
            Organisation.successor_id,
            Organisation.standing,
            Organisation.standing_since,
        )
        .join(Area, Area.id == Organisation.area_id, isouter=True)
        .order_by(Organisation.code)
    )


def _rows(session: Session, statement: Select[*tuple[Any, ...]]) -> list[OrganisationRow]:
    return [_row(row) for row in session.execute(statement)]


def _row(row: Any) -> OrganisationRow:
    return OrganisationRow(
        id=row.id,
        code=row.code,
        kind=row.kind,
        trade=row.trade,
        names=tidy_names(
            {"zh_Hans": row.name_zh_hans, "zh_Hant": row.name_zh_hant, "en": row.name_en}
        ),
        area_id=row.area_id,
        area_path=row.path,
        parent_id=row.parent_id,
        phone=row.phone,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        successor_id=row.successor_id,
        standing=row.standing,
        standing_since=row.standing_since,
    )


def organisation(session: Session, organisation_id: UUID) -> OrganisationRow | None:
    """One organisation, ended or not."""
    return organisations_by_ids(session, [organisation_id]).get(organisation_id)


def standing_organisations(
    session: Session, organisation_ids: Iterable[UUID], on: date
) -> list[OrganisationRow]:
    """Those of some organisations that stand on a day, by code: one that ended begins nothing new,
    though its heirs go on with what it had in hand."""
    found = organisations_by_ids(session, list(organisation_ids)).values()
    return sorted((row for row in found if row.valid_on(on)), key=lambda row: row.code)


def predecessors(session: Session, organisation_id: UUID) -> list[OrganisationRow]:
    """The organisations that it followed, the last end first."""
    rows = _rows(session, _columns().where(Organisation.successor_id == organisation_id))
    return sorted(rows, key=lambda row: row.valid_to or row.valid_from, reverse=True)


def who_goes_on(session: Session, organisation_id: UUID, on: date) -> OrganisationRow | None:
    """Who goes on with an organisation's work on a day: it, or the last of those that followed."""
    row = organisation(session, organisation_id)
    while row is not None and row.successor_id is not None and not row.valid_on(on):
        row = organisation(session, row.successor_id)
    return row


def organisation_by_code(session: Session, code: str) -> OrganisationRow | None:
    """One organisation by its code, ended or not."""
    rows = _rows(session, _columns().where(Organisation.code == code))
    return rows[0] if rows else None


def organisations_by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, OrganisationRow]:
    """Organisations by id, ended ones too, in one query."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = _rows(session, _columns().where(Organisation.id.in_(wanted)))
    return {row.id: row for row in rows}


def organisations_among(
    session: Session, ids: Collection[UUID], chosen: Select[UUID | None]
) -> tuple[dict[UUID, OrganisationRow], list[OrganisationRow]]:
    """Organisations by id, and those whose ids a statement finds, in one query."""
    found = chosen.subquery()
    [key] = found.c
    statement = _columns().add_columns(key.is_not(None).label("chosen"))
    statement = statement.join(found, key == Organisation.id, isouter=True)
    rows = session.execute(statement.where(or_(Organisation.id.in_(ids), key.is_not(None)))).all()
    known = {row.id: _row(row) for row in rows}
    return known, [known[row.id] for row in rows if row.chosen]


def organisations_by_codes(session: Session, codes: Iterable[str]) -> dict[str, OrganisationRow]:
    """Organisations by code, ended ones too, in one query."""
    wanted = set(codes)
    if not wanted:
        return {}
    rows = _rows(session, _columns().where(Organisation.code.in_(wanted)))
    return {row.code: row for row in rows}


def organisations(
    session: Session, *, under: str = "/", on: date | None = None
) -> list[OrganisationRow]:
    """The register, by code: of a place and below, and (optionally) only those valid on a day."""
    statement = _columns()
    if under != "/":
        statement = statement.where(Area.path.startswith(under, autoescape=True))
    rows = _rows(session, statement)
    return [row for row in rows if on is None or row.valid_on(on)]


def register_page(
    session: Session, paths: Collection[str] | None, *, after: str, limit: int
) -> list[OrganisationRow]:
    """Some rows of the register after a code: of the places below some paths (None: of all)."""
    statement = _columns().where(Organisation.code > after).limit(limit)
    if paths is not None:
        inside = (Area.path.startswith(path, autoescape=True) for path in paths)
        statement = statement.where(or_(false(), *inside))
    return _rows(session, statement)


def units_to_choose(
    session: Session,
    paths: Collection[str] | None,
    own: Collection[UUID] = (),
    *,
    on: date,
) -> tuple[list[OrganisationRow], bool]:
    """The units of some places and below (None: of all) and one's own that stand on a day, by code;
    and whether these are all of them."""
    ends = or_(Organisation.valid_to.is_(None), Organisation.valid_to > on)
    where = [Organisation.valid_from <= on, ends]
    if paths is not None:
        inside = (Area.path.startswith(path, autoescape=True) for path in paths)
        where.append(or_(Organisation.id.in_(own), *inside))
    rows = _rows(session, _columns().where(*where).limit(MOST_CHOICES + 1))
    return rows[:MOST_CHOICES], len(rows) <= MOST_CHOICES


def units_for(
    session: Session,
    place_path: str,
    kinds: Collection[OrganisationKind] | None = None,
    on: date | None = None,
) -> list[OrganisationRow]:
    """Units that serve a place: those of the place and of every place above it, nearest first.

    Without a day: those that have not ended.
    """
    return units_serving(session, [place_path], kinds, on)[place_path]


def units_and_named(
    session: Session,
    place_path: str,
    kinds: Collection[OrganisationKind],
    on: date,
    named: Collection[str],
) -> tuple[list[OrganisationRow], dict[str, OrganisationRow]]:
    """The units of some kinds that serve a place on a day, and organisations by code (ended ones
    too), in one query."""
    serving = _serving([place_path], kinds, on)
    rows = _rows(session, _columns().where(or_(serving, Organisation.code.in_(named))))
    units = [row for row in rows if row.kind in kinds and row.valid_on(on)]
    by_code = {row.code: row for row in rows if row.code in named}
    return _nearest_first(units, [place_path])[place_path], by_code


def units_serving(
    session: Session,
    place_paths: Collection[str],
    kinds: Collection[OrganisationKind] | None = None,
    on: date | None = None,
) -> dict[str, list[OrganisationRow]]:
    """The same for several places, in one query."""
    rows = _rows(session, _columns().where(_serving(place_paths, kinds, on)))
    return _nearest_first(rows, place_paths)


def _serving(
    place_paths: Collection[str],
    kinds: Collection[OrganisationKind] | None,
    on: date | None,
) -> ColumnElement[bool]:
    codes = {code for path in place_paths for code in codes_of(path)}
    conditions = [or_(Organisation.area_id.is_(None), Area.code.in_(codes))]
    if kinds is not None:
        conditions.append(Organisation.kind.in_(kinds))
    if on is None:
        conditions.append(Organisation.valid_to.is_(None))
    else:
        ends = or_(Organisation.valid_to.is_(None), Organisation.valid_to > on)
        conditions.append(and_(Organisation.valid_from <= on, ends))
    return and_(*conditions)


def _nearest_first(
    rows: list[OrganisationRow], place_paths: Collection[str]
) -> dict[str, list[OrganisationRow]]:
    rows.sort(key=lambda row: (-len(row.area_path or ""), row.code))
    return {
        path: [row for row in rows if row.area_path is None or _serves(row, path)]
        for path in place_paths
    }


def _serves(row: OrganisationRow, place_path: str) -> bool:
    # by the place's own code: a place that was moved in the tree still has its units
    return codes_of(row.area_path or "")[-1] in codes_of(place_path)


@dataclass(frozen=True)
class UnitLine:
    """A unit of any time: the one above it, the one that followed it, and the place it governs."""

    id: UUID
    parent_id: UUID | None
    successor_id: UUID | None
    governs: UUID | None


def all_lines(session: Session) -> list[UnitLine]:
    """Every unit of all times in one query, for following units up, down and through time."""
    statement = select(
        Organisation.id, Organisation.parent_id, Organisation.successor_id, Organisation.area_id,
        Organisation.kind,
    )  # fmt: skip
    return [
        UnitLine(
            row.id, row.parent_id, row.successor_id,
            row.area_id if row.kind in GOVERNING_KINDS else None,
        )
        for row in session.execute(statement)
    ]  # fmt: skip


def inheritance(today: date | BindParameter[date]) -> CTE:
    """Pairs (``heir_id``, ``unit_id``): whose matters a unit has taken over by a day, through any
    number of mergers (R004)."""
    ended = and_(Organisation.successor_id.is_not(None), Organisation.valid_to <= today)
    first = select(Organisation.successor_id.label("heir_id"), Organisation.id.label("unit_id"))
    pairs = first.where(ended).cte("inheritance", recursive=True)
    further = select(Organisation.successor_id, pairs.c.unit_id)
    return pairs.union(further.join(pairs, pairs.c.heir_id == Organisation.id).where(ended))


def taken_over(session: Session, on: date) -> dict[UUID, dict[UUID, str]]:
    """Whose matters each unit has taken over by a day, with their codes; one query."""
    pairs = inheritance(on)
    rows = session.execute(
        select(pairs.c.heir_id, Organisation.id, Organisation.code).join_from(
            pairs, Organisation, Organisation.id == pairs.c.unit_id
        )
    )
    found: dict[UUID, dict[UUID, str]] = {}
    for row in rows:
        found.setdefault(row.heir_id, {})[row.id] = row.code
    return found


def through_time(unit_id: UUID) -> Select[UUID]:
    """The ids of a unit, of all that it followed and that followed it, and of whom these followed:
    one unit in several times. Of any day: it takes nobody's matters over."""
    start = select(literal(unit_id, Uuid()).label("unit_id"))
    found = start.cte("through_time", recursive=True)
    before, after = Organisation.successor_id == found.c.unit_id, Organisation.id == found.c.unit_id
    next_to = case((before, Organisation.id), else_=Organisation.successor_id)
    further = select(next_to).join_from(found, Organisation, or_(before, after))
    found = found.union(further.where(Organisation.successor_id.is_not(None)))
    return select(found.c.unit_id)
