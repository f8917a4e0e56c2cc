"""One place at a time: added, renamed, tagged, ended with a successor, given an outline."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.orm import Session

from portal.areas.models import Area, AreaTag
from portal.areas.queries import AreaRow, area_by_code
from portal.areas.rules import (
    NAME_LENGTH,
    AreaRefusal,
    Keeper,
    Tag,
    code_fits_level,
    code_under,
    is_code,
    level_rules,
    path_under,
    street_kinds,
    tidy_names,
    unit_kind,
)
from portal.areas.service.outlines import check_neighbours, read_outline, write_outline
from portal.areas.service.turn import renew_version
from portal.kernel.audit import note_action
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of


def kept_area(session: Session, keeper: Keeper, code: str) -> AreaRow:
    """The place with a code, if there is one and the keeper may change it."""
    area = area_by_code(session, code)
    if area is None:
        raise Missing
    if not keeper.keeps(area.path):
        raise Forbidden
    return area


def fingerprint(area: AreaRow) -> str:
    """What a form saw of a place, so that a stale form is noticed."""
    seen = (
        sorted(area.names.items()), sorted(area.tags), area.valid_from, area.valid_to,
        area.successor_code,
    )  # fmt: skip
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def _checked_names(names: Mapping[str, str | None]) -> dict[str, str | None]:
    tidy = tidy_names(names)
    if "zh_Hans" not in tidy:
        raise Refused(AreaRefusal.NO_NAME, field="name_zh_hans")
    for language, name in tidy.items():
        if len(name) > NAME_LENGTH:
            raise Refused(AreaRefusal.LONG_NAME, field=f"name_{language.lower()}")
    return {
        "name_zh_hans": tidy["zh_Hans"],
        "name_zh_hant": tidy.get("zh_Hant"),
        "name_en": tidy.get("en"),
        "name_khb": tidy.get("khb"),
    }


def add_area(
    session: Session,
    keeper: Keeper,
    *,
    parent_code: str,
    code: str,
    level: str,
    names: Mapping[str, str | None],
    valid_from: date,
    valid_to: date | None = None,
    outline: str = "",
    now: datetime,
) -> str:
    """Add a place (the grid editor): its code, dates and outline are checked first. The code."""
    shape = read_outline(outline) if outline.strip() else None
    columns = _checked_names(names)
    _check_dates(valid_from, valid_to)
    renew_version(session)
    parent = kept_area(session, keeper, parent_code)
    _check_place(session, code, level, parent)
    if shape is not None:
        check_neighbours(session, shape, area_id=None, parent_id=parent.id, level=level)
    area = Area(
        id=new_id(),
        code=code,
        level=level,
        kind=unit_kind(code, street_kinds(instance_of(session).city.raw.get("unit_kinds", ()))),
        parent_id=parent.id,
        path=path_under(parent.path, code),
        valid_from=valid_from,
        valid_to=valid_to,
        **columns,
    )
    session.add(area)
    # the outline refers to the row
    session.flush()
    if shape is not None:
        write_outline(session, area.id, shape)
    _note(session, keeper, "area:add", code, now)
    return code


def _check_place(session: Session, code: str, level_code: str, parent: AreaRow) -> None:
    levels = level_rules(instance_of(session).city.raw["levels"])
    level = levels.get(level_code)
    if level is None or level.rank <= levels[parent.level].rank:
        raise Refused(AreaRefusal.BAD_LEVEL, field="level")
    if not is_code(code) or not code_fits_level(code, level):
        raise Refused(AreaRefusal.BAD_CODE, field="code")
    if not code_under(code, parent.code):
        raise Refused(AreaRefusal.CODE_NOT_UNDER_PARENT, field="code")
    if session.scalar(select(exists().where(Area.code == code))):
        raise Refused(AreaRefusal.CODE_TAKEN, field="code")


def _check_dates(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to <= valid_from:
        raise Refused(AreaRefusal.BAD_DATES, field="valid_to")


def edit_area(
    session: Session,
    keeper: Keeper,
    code: str,
    *,
    seen: str,
    names: Mapping[str, str | None],
    tags: Collection[Tag],
    valid_from: date,
    valid_to: date | None,
    successor_code: str | None,
    now: datetime,
) -> None:
    """Change names, tags, validity and successor. ``seen`` is the fingerprint the form showed."""
    columns = _checked_names(names)
    _check_dates(valid_from, valid_to)
    renew_version(session)
    area = kept_area(session, keeper, code)
    if fingerprint(area) != seen:
        raise Conflict(AreaRefusal.STALE)
    if valid_to is not None:
        _check_end(session, area, valid_to)
    _check_successor(session, area, successor_code, valid_to)
    session.execute(
        update(Area)
        .where(Area.id == area.id)
        .values(**columns, valid_from=valid_from, valid_to=valid_to, successor_code=successor_code)
    )
    session.execute(delete(AreaTag).where(AreaTag.area_id == area.id))
    if tags:
        session.execute(
            insert(AreaTag), [{"area_id": area.id, "tag": tag} for tag in sorted(set(tags))]
        )
    _note(session, keeper, "area:edit", code, now)


def _check_end(session: Session, area: AreaRow, valid_to: date) -> None:
    """A place ends only after everything directly below it has ended."""
    open_child = exists().where(
        Area.parent_id == area.id, Area.valid_to.is_(None) | (Area.valid_to > valid_to)
    )
    if session.scalar(select(open_child)):
        raise Refused(AreaRefusal.HAS_OPEN_CHILDREN, field="valid_to")


def _check_successor(
    session: Session, area: AreaRow, successor_code: str | None, valid_to: date | None
) -> None:
    if successor_code is None:
        return
    successor = area_by_code(session, successor_code)
    if successor is None or successor.code == area.code or valid_to is None:
        raise Refused(AreaRefusal.UNKNOWN_SUCCESSOR, field="successor_code")


def set_outline(
    session: Session, keeper: Keeper, code: str, outline: str, *, now: datetime
) -> None:
    """Draw a place anew, inside its parent and beside its siblings."""
    shape = read_outline(outline)
    renew_version(session)
    area = kept_area(session, keeper, code)
    if area.parent_id is not None:
        check_neighbours(
            session, shape, area_id=area.id, parent_id=area.parent_id, level=area.level
        )
    write_outline(session, area.id, shape)
    _note(session, keeper, "area:outline", code, now)


def _note(session: Session, keeper: Keeper, action: str, code: str, now: datetime) -> UUID:
    return note_action(
        session, at=now, actor_id=keeper.person_id, action=action, subject=f"area:{code}"
    )
