"""Reads of what is said of a place: its card, permitted places and switches."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from portal.areas.models import Area, FeatureSwitch, GridCard, PermittedPlace
from portal.areas.rules import Feature, PermittedKind, codes_of, is_open, tidy_names


@dataclass(frozen=True)
class CardRow:
    """A grid card as it is read."""

    objects: str
    standards: str
    responsible: str
    duty_phone: str
    updated_at: datetime


@dataclass(frozen=True)
class PermittedRow:
    """A permitted place as it is read."""

    id: UUID
    area_id: UUID
    kind: PermittedKind
    names: Mapping[str, str]
    lon: float | None
    lat: float | None
    opens: int
    closes: int
    weekdays: str
    valid_from: date
    valid_to: date | None

    def open_at(self, local: datetime) -> bool:
        """Whether its stalls are lawful at a moment of the city's clock."""
        return is_open(self.opens, self.closes, self.weekdays, local)


@dataclass(frozen=True)
class SwitchRow:
    """A switched feature as it is read, with the place it holds for."""

    id: UUID
    feature: Feature
    since: date
    until: date | None
    area_code: str
    area_path: str
    area_names: Mapping[str, str]

    def live(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)


def card_of(session: Session, area_id: UUID) -> CardRow | None:
    """The grid card of a place."""
    columns = (
        GridCard.objects,
        GridCard.standards,
        GridCard.responsible,
        GridCard.duty_phone,
        GridCard.updated_at,
    )
    row = session.execute(select(*columns).where(GridCard.area_id == area_id)).one_or_none()
    return CardRow(*row) if row else None


def duty_phones_up(session: Session, path: str) -> list[str]:
    """The duty telephones of a place's card and of those above it, the nearest first."""
    statement = (
        select(GridCard.duty_phone)
        .join(Area, Area.id == GridCard.area_id)
        .where(Area.code.in_(codes_of(path)))
        .order_by(func.length(Area.path).desc())
    )
    return list(session.scalars(statement))


def permitted_in(session: Session, path: str, *, on: date) -> list[PermittedRow]:
    """Permitted places inside a place, ended ones left out."""
    table = PermittedPlace
    statement = (
        select(table.__table__)
        .join(Area, Area.id == table.area_id)
        .where(
            Area.path.startswith(path, autoescape=True),
            or_(table.valid_to.is_(None), table.valid_to > on),
        )
        .order_by(table.kind, table.name_zh_hans, table.id)
    )
    return [_permitted(row) for row in session.execute(statement)]


def _permitted(row: Any) -> PermittedRow:
    names = {"zh_Hans": row.name_zh_hans, "zh_Hant": row.name_zh_hant, "en": row.name_en}
    return PermittedRow(
        id=row.id,
        area_id=row.area_id,
        kind=row.kind,
        names=tidy_names(names),
        lon=row.lon,
        lat=row.lat,
        opens=row.opens,
        closes=row.closes,
        weekdays=row.weekdays,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _switches() -> Select[*tuple[Any, ...]]:
    return (
        select(
            FeatureSwitch.id,
            FeatureSwitch.feature,
            FeatureSwitch.since,
            FeatureSwitch.until,
            Area.code,
            Area.path,
            Area.name_zh_hans,
            Area.name_zh_hant,
            Area.name_en,
            Area.name_khb,
        )
        .join(Area, Area.id == FeatureSwitch.area_id)
        .order_by(Area.path, FeatureSwitch.feature)
    )


def _switch_rows(session: Session, statement: Select[*tuple[Any, ...]]) -> list[SwitchRow]:
    return [
        SwitchRow(
            id=row.id,
            feature=row.feature,
            since=row.since,
            until=row.until,
            area_code=row.code,
            area_path=row.path,
            area_names=tidy_names(
                {
                    "zh_Hans": row.name_zh_hans,
                    "zh_Hant": row.name_zh_hant,
                    "en": row.name_en,
                    "khb": row.name_khb,
                }
            ),
        )
        for row in session.execute(statement)
    ]


def switches(session: Session, *, under: str = "/") -> list[SwitchRow]:
    """Every switch set inside a place, in the order of the tree (R001)."""
    return _switch_rows(session, _switches().where(Area.path.startswith(under, autoescape=True)))


def switches_for(session: Session, path: str) -> list[SwitchRow]:
    """The switches that reach a place: its own and those of the places above."""
    return _switch_rows(session, _switches().where(Area.code.in_(codes_of(path))))


def feature_live(session: Session, feature: str, path: str, on: date) -> bool:
    """Whether a feature is on in a place on a day. The nearest switch on the way up decides."""
    found = [row for row in switches_for(session, path) if row.feature == feature]
    nearest = max(found, key=lambda row: len(row.area_path), default=None)
    return nearest is not None and nearest.live(on)
