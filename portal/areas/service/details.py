"""What is said of a place: its card, its permitted places, and what is switched on there."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal.areas.models import Area, FeatureSwitch, GridCard, PermittedPlace
from portal.areas.queries import AreaRow, locate
from portal.areas.rules import (
    NAME_LENGTH,
    AreaRefusal,
    Feature,
    Keeper,
    PermittedKind,
    good_hours,
    tidy_names,
)
from portal.areas.service.places import kept_area
from portal.areas.service.turn import renew_version
from portal.kernel.audit import note_action
from portal.kernel.errors import Forbidden, Missing, Refused
from portal.kernel.geo import possible
from portal.kernel.ids import new_id

Point = tuple[float, float]


def save_card(
    session: Session,
    keeper: Keeper,
    code: str,
    *,
    objects: str,
    standards: str,
    responsible: str,
    duty_phone: str,
    now: datetime,
) -> None:
    """Write a place's grid card anew; the old one is gone, the change is on record."""
    renew_version(session)
    area = kept_area(session, keeper, code)
    session.execute(delete(GridCard).where(GridCard.area_id == area.id))
    session.execute(
        insert(GridCard).values(
            area_id=area.id,
            objects=objects,
            standards=standards,
            responsible=responsible,
            duty_phone=duty_phone,
            updated_at=now,
        )
    )
    _note(session, keeper, "area:card", code, now)


def add_permitted_place(
    session: Session,
    keeper: Keeper,
    code: str,
    *,
    kind: PermittedKind,
    names: Mapping[str, str | None],
    opens: int,
    closes: int,
    weekdays: str,
    valid_from: date,
    point: Point | None = None,
    valid_to: date | None = None,
    now: datetime,
) -> UUID:
    """Say where stalls are lawful and when. A point must lie in the place it is listed under."""
    tidy = _checked_names(names)
    _check_times(opens, closes, weekdays, valid_from, valid_to)
    renew_version(session)
    area = kept_area(session, keeper, code)
    _check_point(session, area, point)
    place = PermittedPlace(
        id=new_id(),
        area_id=area.id,
        kind=kind,
        name_zh_hans=tidy["zh_Hans"],
        name_zh_hant=tidy.get("zh_Hant"),
        name_en=tidy.get("en"),
        lon=point[0] if point else None,
        lat=point[1] if point else None,
        opens=opens,
        closes=closes,
        weekdays="".join(sorted(weekdays)),
        valid_from=valid_from,
        valid_to=valid_to,
    )
    session.add(place)
    _note(session, keeper, "area:permit", code, now)
    return place.id


def _checked_names(names: Mapping[str, str | None]) -> dict[str, str]:
    tidy = tidy_names(names)
    if "zh_Hans" not in tidy:
        raise Refused(AreaRefusal.NO_NAME, field="name_zh_hans")
    for language, name in tidy.items():
        if len(name) > NAME_LENGTH:
            raise Refused(AreaRefusal.LONG_NAME, field=f"name_{language.lower()}")
    return tidy


def _check_times(
    opens: int, closes: int, weekdays: str, valid_from: date, valid_to: date | None
) -> None:
    if not good_hours(opens, closes, weekdays):
        raise Refused(AreaRefusal.BAD_HOURS, field="opens")
    if valid_to is not None and valid_to <= valid_from:
        raise Refused(AreaRefusal.BAD_DATES, field="valid_to")


def _check_point(session: Session, area: AreaRow, point: Point | None) -> None:
    if point is None:
        return
    if not possible(*point):
        raise Refused(AreaRefusal.BAD_POINT, field="lon")
    found = locate(session, *point)
    # the outline of the finest place known there must be this place, above it or below it
    if found is None or not (found.path.startswith(area.path) or area.path.startswith(found.path)):
        raise Refused(AreaRefusal.OUTSIDE_AREA, field="lon")


def end_permitted_place(
    session: Session, keeper: Keeper, place_id: UUID, *, on: date, now: datetime
) -> str:
    """From a day on, stalls are no longer lawful there. The code of its place."""
    renew_version(session)
    row = session.execute(
        select(Area.code, Area.path, PermittedPlace.valid_from)
        .join(PermittedPlace, PermittedPlace.area_id == Area.id)
        .where(PermittedPlace.id == place_id)
    ).one_or_none()
    if row is None:
        raise Missing
    if not keeper.keeps(row.path):
        raise Forbidden
    place = PermittedPlace.__table__.c
    if on <= row.valid_from:
        # it never came to be
        session.execute(delete(PermittedPlace).where(place.id == place_id))
    else:
        session.execute(update(PermittedPlace).where(place.id == place_id).values(valid_to=on))
    _note(session, keeper, "area:permit-end", row.code, now)
    code: str = row.code
    return code


def set_switch(
    session: Session,
    keeper: Keeper,
    code: str,
    *,
    feature: Feature,
    since: date,
    until: date | None,
    now: datetime,
) -> None:
    """Switch a feature on in a place from a day (R001, R002); a second call changes the days."""
    if until is not None and until <= since:
        raise Refused(AreaRefusal.BAD_DATES, field="until")
    renew_version(session)
    area = kept_area(session, keeper, code)
    switch = FeatureSwitch.__table__.c
    session.execute(
        delete(FeatureSwitch).where(switch.feature == feature, switch.area_id == area.id)
    )
    session.add(
        FeatureSwitch(id=new_id(), feature=feature, area_id=area.id, since=since, until=until)
    )
    _note(session, keeper, "area:switch", code, now)


def _note(session: Session, keeper: Keeper, action: str, code: str, now: datetime) -> None:
    note_action(session, at=now, actor_id=keeper.person_id, action=action, subject=f"area:{code}")
