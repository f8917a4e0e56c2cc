"""Items of the exposure column, as they are read; what may be seen is asked of its basis."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from pledges.queries.exposing import BreachBasis, breach_bases
from pledges.rules.breaches import BreachState, appeal_until
from portal.areas.queries import SwitchRow, switches
from portal.areas.rules import Feature
from portal.kernel.clock import city_day
from portal.publicity.models import Exposure
from portal.publicity.rules.exposure import (
    CASE_DAYS,
    Basis,
    ExposureRefusal,
    ExposureState,
    Standing,
    why_not_show,
)
from portal.publicity.rules.marks import mark_of_words
from portal.reports.queries.exposing import CaseBasis, case_bases

PAGE = 40
# what stands on a wall: more than a passer-by can read
ON_SCREEN = 6
# found for good: noted down, listed, or gone to enforcement; what was put right is let go (L3)
_FOUND = frozenset({BreachState.RECORDED, BreachState.LISTED, BreachState.HANDED_OVER})


@dataclass(frozen=True)
class ExposureRow:
    """Every column of an item that is read."""

    id: UUID
    number: str
    area_id: UUID
    place_path: str
    basis: Basis
    basis_number: str
    about_person: bool
    act: str
    located: str
    days: int
    state: ExposureState
    sent: int
    code: str
    blob_key: str | None
    thumbnail_key: str | None
    width: int | None
    height: int | None
    public_key: str | None
    public_thumbnail_key: str | None
    covers: str | None
    made_at: datetime
    made_by: UUID
    first_by: UUID | None
    shown_at: datetime | None
    expires_at: datetime | None
    back_why: str | None
    down_why: str | None

    @property
    def mark(self) -> str:
        """What the form of its words remembers of what stood there when it was opened."""
        return mark_of_words(
            self.act, self.located, self.days, self.about_person, self.blob_key, self.covers
        )

    @property
    def bare(self) -> bool:
        """Whether its writer said that nothing on its photo need be covered."""
        return self.covers == ""


_COLUMNS: Any = tuple(getattr(Exposure, name) for name in ExposureRow.__dataclass_fields__)


def exposure_by_number(
    session: Session, number: str, *, lock: bool = False
) -> ExposureRow | None:  # fmt: skip
    """One item; ``lock``: nobody else moves it meanwhile."""
    statement = select(*_COLUMNS).where(Exposure.number == number)
    found = session.execute(statement.with_for_update() if lock else statement).one_or_none()
    return ExposureRow(*found) if found else None


def exposures_in(
    session: Session, places: Collection[str] | None, after: str = ""
) -> list[ExposureRow]:  # fmt: skip
    """A page of the items of some places for the desk, the newest first, and one more."""
    where = [_inside(places)]
    last = session.scalar(select(Exposure.id).where(Exposure.number == after)) if after else None
    if last is not None:
        where.append(Exposure.id < last)
    statement = select(*_COLUMNS).where(*where).order_by(Exposure.id.desc()).limit(PAGE + 1)
    return [ExposureRow(*row) for row in session.execute(statement)]


def _inside(places: Collection[str] | None) -> ColumnElement[bool]:
    if places is None:
        return true()
    inside = (Exposure.place_path.startswith(one, autoescape=True) for one in places)
    return or_(*inside) if places else ~true()


def exposures_seen(
    session: Session, under: str, *, zone: ZoneInfo, now: datetime, most: int = PAGE
) -> list[ExposureRow]:
    """What everybody may see in a place just now, the newest first.

    Approved, not expired, and of a basis that still stands: an appeal, a breach that was put right
    or a case that was opened again hides it at once.
    """
    statement = (
        select(*_COLUMNS)
        .where(
            Exposure.place_path.startswith(under, autoescape=True),
            Exposure.state == ExposureState.SHOWN, Exposure.expires_at > now,
        )
        .order_by(Exposure.shown_at.desc(), Exposure.id.desc())
    )  # fmt: skip
    rows = [ExposureRow(*row) for row in session.execute(statement)]
    refused = why_hidden(session, rows, today=city_day(now, zone), zone=zone)
    return [row for row in rows if refused[row.number] is None][:most]


def exposure_by_code(
    session: Session, code: str, *, zone: ZoneInfo, now: datetime
) -> ExposureRow | None:  # fmt: skip
    """The item whose picture has this address, if everybody may see it just now."""
    statement = select(*_COLUMNS).where(
        Exposure.code == code, Exposure.state == ExposureState.SHOWN, Exposure.expires_at > now
    )
    rows = [ExposureRow(*row) for row in session.execute(statement)]
    refused = why_hidden(session, rows, today=city_day(now, zone), zone=zone)
    return next((row for row in rows if refused[row.number] is None), None)


def pictures_expired(session: Session, now: datetime, *, unshown: int) -> list[ExposureRow]:
    """Items that are shown no longer, or were not shown in so many days, and still have a picture;
    some at a time, each held until the transaction ends."""
    over = and_(Exposure.state == ExposureState.SHOWN, Exposure.expires_at <= now)
    left_lying = and_(
        Exposure.state.in_((ExposureState.DRAFT, ExposureState.WAITING)),
        Exposure.made_at <= now - timedelta(days=unshown),
    )
    statement = (
        select(*_COLUMNS)
        .where(or_(over, left_lying), Exposure.blob_key.is_not(None))
        .limit(PAGE)
        .with_for_update(skip_locked=True)
    )
    return [ExposureRow(*row) for row in session.execute(statement)]


def files_of_exposures(session: Session, keys: frozenset[str]) -> set[str | None]:
    """Which of some files an item still needs."""
    columns = (
        Exposure.blob_key, Exposure.thumbnail_key, Exposure.public_key,
        Exposure.public_thumbnail_key,
    )  # fmt: skip
    return {
        key for column in columns for key in session.scalars(select(column).where(column.in_(keys)))
    }


def why_hidden(
    session: Session, rows: Iterable[ExposureRow], *, today: date, zone: ZoneInfo
) -> dict[str, ExposureRefusal | None]:
    """Why each item may not be seen today, by its number; three queries whatever their number."""
    rows = list(rows)
    if not rows:
        return {}
    standing = standings(session, [(row.basis, row.basis_number) for row in rows], zone=zone)
    switched = [row for row in switches(session) if row.feature is Feature.EXPOSURE_OF_PERSONS]
    return {
        row.number: why_not_show(
            standing.get((row.basis, row.basis_number)), today, about_person=row.about_person,
            persons_on=_on(switched, row.place_path, today),
        )
        for row in rows
    }  # fmt: skip


def _on(switched: Iterable[SwitchRow], path: str, today: date) -> bool:
    """Whether the nearest switch on the way up is on; without any it is off."""
    reach = [row for row in switched if path.startswith(row.area_path)]
    nearest = max(reach, key=lambda row: len(row.area_path), default=None)
    return nearest is not None and nearest.live(today)


def standings(
    session: Session, of: Collection[tuple[Basis, str]], *, zone: ZoneInfo
) -> dict[tuple[Basis, str], Standing]:
    """How what they rest on stands."""
    breaches = breach_bases(session, {number for basis, number in of if basis is Basis.BREACH})
    cases = case_bases(session, {number for basis, number in of if basis is Basis.CASE})
    return {
        **{(Basis.BREACH, key): _of_breach(row, zone) for key, row in breaches.items()},
        **{(Basis.CASE, key): _of_case(row, zone) for key, row in cases.items()},
    }


def _of_breach(row: BreachBasis, zone: ZoneInfo) -> Standing:
    until = appeal_until(city_day(row.noticed_at, zone)) if row.state in _FOUND else None
    return Standing(row.place_path, until, row.suspended, not row.organisation)


def _of_case(row: CaseBasis, zone: ZoneInfo) -> Standing:
    closed_on = city_day(row.closed_at, zone) if row.closed_at else None
    until = closed_on + timedelta(days=CASE_DAYS) if closed_on else None
    return Standing(row.place_path, until, person=row.protected)
