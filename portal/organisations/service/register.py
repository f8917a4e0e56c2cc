"""The register, one organisation at a time. Nothing is deleted: old cases keep their unit."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.areas.queries import AreaRow, area_by_code
from portal.areas.rules import Keeper, tidy_names
from portal.kernel.audit import note_action
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id
from portal.organisations.models import Organisation
from portal.organisations.queries import OrganisationRow, organisation_by_code
from portal.organisations.rules import (
    NAME_LENGTH,
    OrganisationKind,
    OrganisationRefusal,
    Trade,
    is_code,
    is_phone,
)


def kept_organisation(session: Session, keeper: Keeper, code: str) -> OrganisationRow:
    """The organisation with a code, if there is one and the keeper may change it."""
    row = organisation_by_code(session, code)
    if row is None:
        raise Missing
    if not keeper.keeps(row.area_path or "/"):
        raise Forbidden
    return row


def checked_names(names: Mapping[str, str | None]) -> dict[str, str | None]:
    """The columns for names. Raises Refused without a Chinese one."""
    tidy = tidy_names(names)
    if "zh_Hans" not in tidy:
        raise Refused(OrganisationRefusal.NO_NAME, field="name_zh_hans")
    for language, name in tidy.items():
        if len(name) > NAME_LENGTH:
            raise Refused(OrganisationRefusal.LONG_NAME, field=f"name_{language.lower()}")
    return {
        "name_zh_hans": tidy["zh_Hans"],
        "name_zh_hant": tidy.get("zh_Hant"),
        "name_en": tidy.get("en"),
    }


def _area(session: Session, keeper: Keeper, area_code: str | None) -> AreaRow | None:
    if area_code is None:
        if not keeper.keeps("/"):
            raise Forbidden
        return None
    area = area_by_code(session, area_code)
    if area is None:
        raise Refused(OrganisationRefusal.UNKNOWN_AREA, field="area_code")
    if not keeper.keeps(area.path):
        raise Forbidden
    return area


def _parent_id(session: Session, parent_code: str | None) -> UUID | None:
    if parent_code is None:
        return None
    parent = organisation_by_code(session, parent_code)
    if parent is None:
        raise Refused(OrganisationRefusal.UNKNOWN_PARENT, field="parent_code")
    return parent.id


def _phone(phone: str | None) -> str | None:
    if phone and not is_phone(phone):
        raise Refused(OrganisationRefusal.BAD_PHONE, field="phone")
    return phone or None


def add_organisation(
    session: Session,
    keeper: Keeper,
    *,
    code: str,
    kind: OrganisationKind,
    names: Mapping[str, str | None],
    valid_from: date,
    trade: Trade | None = None,
    area_code: str | None = None,
    parent_code: str | None = None,
    phone: str | None = None,
    now: datetime,
) -> UUID:
    """Enter an organisation. Two people entering the same code: the second is told so."""
    if not is_code(code):
        raise Refused(OrganisationRefusal.BAD_CODE, field="code")
    columns: dict[str, Any] = {**checked_names(names), "phone": _phone(phone)}
    area = _area(session, keeper, area_code)
    row = Organisation(
        id=new_id(),
        code=code,
        kind=kind,
        trade=trade,
        area_id=area.id if area else None,
        parent_id=_parent_id(session, parent_code),
        valid_from=valid_from,
        **columns,
    )
    if session.scalar(select(exists().where(Organisation.code == code))):
        raise Refused(OrganisationRefusal.CODE_TAKEN, field="code")
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Conflict(OrganisationRefusal.CODE_TAKEN, field="code") from error
    _note(session, keeper, "organisation:add", code, now)
    return row.id


def edit_organisation(
    session: Session,
    keeper: Keeper,
    code: str,
    *,
    names: Mapping[str, str | None],
    kind: OrganisationKind,
    trade: Trade | None,
    area_code: str | None,
    phone: str | None,
    now: datetime,
) -> None:
    """Rename it, or correct its kind, place or telephone. Ended ones stay as they were."""
    columns: dict[str, Any] = {**checked_names(names), "phone": _phone(phone)}
    row = kept_organisation(session, keeper, code)
    area = _area(session, keeper, area_code)
    statement = (
        update(Organisation)
        .where(Organisation.id == row.id, Organisation.valid_to.is_(None))
        .values(**columns, kind=kind, trade=trade, area_id=area.id if area else None)
    )
    if not _hit(session, statement):
        raise Conflict(OrganisationRefusal.ALREADY_ENDED)
    _note(session, keeper, "organisation:edit", code, now)


def end_organisation(
    session: Session,
    keeper: Keeper,
    code: str,
    *,
    on: date,
    successor_code: str | None,
    now: datetime,
) -> None:
    """End it on a day; who follows is named, so that open matters find their way."""
    row = kept_organisation(session, keeper, code)
    if on <= row.valid_from:
        raise Refused(OrganisationRefusal.BAD_DATES, field="on")
    successor = _successor(session, row, successor_code)
    statement = (
        update(Organisation)
        .where(Organisation.id == row.id, Organisation.valid_to.is_(None))
        .values(valid_to=on, successor_id=successor)
    )
    if not _hit(session, statement):
        raise Conflict(OrganisationRefusal.ALREADY_ENDED)
    _note(session, keeper, "organisation:end", code, now)


def _successor(session: Session, row: OrganisationRow, code: str | None) -> UUID | None:
    """The successor's id: it must be open, so that chains of successors never turn in a circle."""
    if code is None:
        return None
    successor = organisation_by_code(session, code)
    if successor is None:
        raise Refused(OrganisationRefusal.UNKNOWN_SUCCESSOR, field="successor_code")
    if successor.id == row.id:
        raise Refused(OrganisationRefusal.OWN_SUCCESSOR, field="successor_code")
    # both rows are held: else two that name each other could end at the same moment
    held = (
        select(Organisation.id, Organisation.valid_to)
        .where(Organisation.id.in_([row.id, successor.id]))
        .order_by(Organisation.id)
        .with_for_update()
    )
    if dict(session.execute(held).all())[successor.id] is not None:
        raise Refused(OrganisationRefusal.UNKNOWN_SUCCESSOR, field="successor_code")
    return successor.id


def _hit(session: Session, statement: Any) -> bool:
    return cast("CursorResult[Any]", session.execute(statement)).rowcount == 1


def _note(session: Session, keeper: Keeper, action: str, code: str, now: datetime) -> None:
    note_action(
        session, at=now, actor_id=keeper.person_id, action=action, subject=f"organisation:{code}"
    )
