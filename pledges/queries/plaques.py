"""Plaques as they are read: one by its code, what hangs at a door, batches, what was pledged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, false, or_, select
from sqlalchemy.orm import Session

from pledges.models import (
    Clause,
    ClauseSet,
    ClauseVersion,
    Plaque,
    PlaqueBatch,
    PlaqueBinding,
    PledgeTick,
    Premises,
    PremisesOperator,
)
from pledges.rules.clauses import Axis
from pledges.rules.plaques import BindingEnd, PlaqueState
from pledges.rules.premises import PremisesKind, PremisesState
from portal.kernel.db import PLANNED_ONCE

BATCHES_SHOWN = 50


@dataclass(frozen=True)
class Hanging:
    """A plaque, and the door at which it hangs: what is of the door is None while it hangs nowhere.

    Of whoever runs the place there is only the account that speaks for it, never a name.
    """

    code: str
    state: PlaqueState
    batch: str
    batch_path: str
    issued_at: datetime
    ended_at: datetime | None
    replaced_by: str | None
    reason: str | None
    district: str
    premises_id: UUID | None
    number: str | None
    title: str | None
    kind: PremisesKind | None
    premises_state: PremisesState | None
    road: str | None
    door: str | None
    place_path: str | None
    lon: float | None
    lat: float | None
    duty_words: str | None
    duty_geojson: str | None
    bound_at: datetime | None
    speaker_id: UUID | None
    operator_id: UUID | None


_OF_PLAQUE = (
    Plaque.code, Plaque.state, PlaqueBatch.number.label("batch"),
    PlaqueBatch.place_path.label("batch_path"), Plaque.issued_at, Plaque.ended_at,
    Plaque.replaced_by, Plaque.reason, Plaque.district,
)  # fmt: skip
_OF_DOOR = (
    Premises.id.label("premises_id"), Premises.number, Premises.title, Premises.kind,
    Premises.state.label("premises_state"), Premises.road, Premises.door, Premises.place_path,
    Premises.lon, Premises.lat, Premises.duty_words, Premises.duty_geojson, PlaqueBinding.bound_at,
    PremisesOperator.person_id.label("speaker_id"), PremisesOperator.id.label("operator_id"),
)  # fmt: skip
_BOUND_NOW = and_(PlaqueBinding.code == Plaque.code, PlaqueBinding.ended_at.is_(None))
_ITS_DOOR = and_(
    Premises.district == PlaqueBinding.district, Premises.id == PlaqueBinding.premises_id
)
_RUN_NOW = and_(
    PremisesOperator.district == Premises.district,
    PremisesOperator.premises_id == Premises.id,
    PremisesOperator.ends_on.is_(None),
)


def hanging_with(*more: Any) -> Select[*tuple[Any, ...]]:
    """The statement of a plaque by its ``code`` with its door, and more columns of what is joined
    to it."""
    return (
        select(*_OF_PLAQUE, *_OF_DOOR, *more)
        .select_from(Plaque)
        .join(PlaqueBatch, PlaqueBatch.id == Plaque.batch_id)
        .outerjoin(PlaqueBinding, _BOUND_NOW)
        .outerjoin(Premises, _ITS_DOOR)
        .outerjoin(PremisesOperator, _RUN_NOW)
        .where(Plaque.code == bindparam("code"))
    )


# built once: putting a statement together costs more than the database takes to answer it
_BY_CODE: Final = hanging_with()


def plaque_by_code(session: Session, code: str) -> Hanging | None:
    """A plaque with its door: one query."""
    found = session.execute(_BY_CODE, {"code": code}).one_or_none()
    return Hanging(**found._mapping) if found else None


@dataclass(frozen=True)
class Pledged:
    """A pledge in force: which text, in which version, since when. ``set_code``: where that text
    stands; ``renewal_asked_at``: since when a newer one waits to be signed."""

    id: UUID
    number: str
    signed_at: datetime
    version: int
    set_code: str
    renewal_asked_at: datetime | None
    names: dict[str, str]


@dataclass(frozen=True)
class PledgedClause:
    """One clause that was ticked, by language, with its plain sentence, sign and axis."""

    axis: Axis
    pictogram: str
    texts: dict[str, str]
    plain: dict[str, str]


_TICKED: Final = (
    select(
        Clause.axis, Clause.pictogram,
        Clause.text_zh_hans, Clause.text_zh_hant, Clause.text_en, Clause.text_khb,
        Clause.plain_zh_hans, Clause.plain_zh_hant, Clause.plain_en,
    )
    .join(PledgeTick, PledgeTick.clause_id == Clause.id)
    .join(ClauseVersion, ClauseVersion.id == Clause.version_id)
    .join(ClauseSet, ClauseSet.id == ClauseVersion.set_id)
    .where(
        PledgeTick.district == bindparam("district"), PledgeTick.pledge_id == bindparam("pledge_id")
    )
    .order_by(ClauseSet.extra, ClauseSet.code, Clause.position)
    .execution_options(**PLANNED_ONCE)
)  # fmt: skip


def clauses_of(session: Session, district: str, pledge_id: UUID) -> list[PledgedClause]:
    """What was ticked: the main text first, then the extra ones, each in its order."""
    rows: Any = session.execute(_TICKED, {"district": district, "pledge_id": pledge_id})
    return [
        PledgedClause(
            row.axis, row.pictogram,
            _said(row, "text") | ({"khb": row.text_khb} if row.text_khb else {}),
            _said(row, "plain"),
        )
        for row in rows
    ]  # fmt: skip


def _said(row: Any, what: str) -> dict[str, str]:
    languages = (("zh_Hans", "zh_hans"), ("zh_Hant", "zh_hant"), ("en", "en"))
    return {language: getattr(row, f"{what}_{ending}") for language, ending in languages}


@dataclass(frozen=True)
class BatchRow:
    """Codes that were issued at once."""

    id: UUID
    number: str
    area_id: UUID
    place_path: str
    plaques: int
    made_at: datetime


_OF_BATCH = (
    PlaqueBatch.id, PlaqueBatch.number, PlaqueBatch.area_id, PlaqueBatch.place_path,
    PlaqueBatch.plaques, PlaqueBatch.made_at,
)  # fmt: skip


def batches_in(session: Session, places: Sequence[str] | None) -> list[BatchRow]:
    """The newest batches of some places (path prefixes; None: everywhere)."""
    statement = select(*_OF_BATCH).order_by(PlaqueBatch.made_at.desc(), PlaqueBatch.id.desc())
    if places is not None:
        statement = statement.where(
            or_(
                false(),
                *(PlaqueBatch.place_path.startswith(path, autoescape=True) for path in places),
            )
        )
    rows = session.execute(statement.limit(BATCHES_SHOWN))
    return [BatchRow(**row._mapping) for row in rows]


def batch_by_number(session: Session, number: str) -> BatchRow | None:
    """A batch by its public number."""
    found = session.execute(select(*_OF_BATCH).where(PlaqueBatch.number == number)).one_or_none()
    return BatchRow(**found._mapping) if found else None


@dataclass(frozen=True)
class CodeRow:
    """A plaque in its batch."""

    code: str
    state: PlaqueState
    title: str | None


def codes_of_batch(
    session: Session, batch_id: UUID, *, after: str = "", limit: int
) -> list[CodeRow]:
    """The plaques of a batch by their codes, from one on, with the shop where each hangs."""
    rows = session.execute(
        select(Plaque.code, Plaque.state, Premises.title)
        .outerjoin(PlaqueBinding, _BOUND_NOW)
        .outerjoin(Premises, _ITS_DOOR)
        .where(Plaque.batch_id == batch_id, Plaque.code > after)
        .order_by(Plaque.code)
        .limit(limit)
    )
    return [CodeRow(**row._mapping) for row in rows]


@dataclass(frozen=True)
class BindingRow:
    """That a plaque hung at a door, from when to when."""

    number: str
    title: str
    place_path: str
    bound_at: datetime
    ended_at: datetime | None
    ended_why: BindingEnd | None


def bindings_of(session: Session, code: str) -> list[BindingRow]:
    """Where a plaque hung, the newest first."""
    rows = session.execute(
        select(
            Premises.number, Premises.title, Premises.place_path, PlaqueBinding.bound_at,
            PlaqueBinding.ended_at, PlaqueBinding.ended_why,
        )
        .join(Premises, _ITS_DOOR)
        .where(PlaqueBinding.code == code)
        .order_by(PlaqueBinding.bound_at.desc(), PlaqueBinding.id.desc())
    )  # fmt: skip
    return [BindingRow(**row._mapping) for row in rows]
