"""Reads of what was frozen: pages read rows and never count."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.areas.rules import tidy_names
from portal.assessment.models import Frozen, FrozenRow, Objection, Period
from portal.assessment.rules import ObjectionState
from portal.assessment.rules.files import INPUTS, METADATA, PROGRAM, RESULT
from portal.reports.rules.codes import Means

LATEST = 60


@dataclass(frozen=True)
class FrozenLine:
    """A frozen version as pages name it. ``newest``: no correction followed."""

    slug: str
    period: str
    version: int
    reason: str | None
    set_code: str
    frozen_at: datetime
    objections_until: datetime
    digest: str
    by_service: int
    by_management: int
    by_enforcement: int
    newest: bool

    @property
    def means(self) -> dict[Means, int]:
        """The closed matters by means (721)."""
        counts = (self.by_service, self.by_management, self.by_enforcement)
        return dict(zip(Means, counts, strict=True))


_LINE = (
    Frozen.slug, Frozen.period, Frozen.version, Frozen.reason, Frozen.set_code, Frozen.frozen_at,
    Frozen.objections_until, Frozen.digest,
    Frozen.by_service, Frozen.by_management, Frozen.by_enforcement,
    (Frozen.version == Period.version).label("newest"),
)  # fmt: skip


def _lines() -> Any:
    return select(*_LINE).join(Period, Period.period == Frozen.period)


def frozen_versions(session: Session) -> list[FrozenLine]:
    """The last that were frozen, the newest first."""
    order = (Frozen.period.desc(), Frozen.version.desc())
    return [FrozenLine(*row) for row in session.execute(_lines().order_by(*order).limit(LATEST))]


def frozen(session: Session, slug: str) -> FrozenLine | None:
    """A frozen version by the last part of its address."""
    row = session.execute(_lines().where(Frozen.slug == slug)).first()
    return FrozenLine(*row) if row else None


def newest_frozen(session: Session, period: str) -> FrozenLine | None:
    """The newest version of a period."""
    row = session.execute(
        _lines().where(Frozen.period == period, Frozen.version == Period.version)
    ).first()
    return FrozenLine(*row) if row else None


def versions_of(session: Session, period: str) -> list[FrozenLine]:
    """Every version of a period in order: the log of its recalculations."""
    rows = session.execute(_lines().where(Frozen.period == period).order_by(Frozen.version))
    return [FrozenLine(*row) for row in rows]


_FILES = {
    RESULT: Frozen.result_csv,
    INPUTS: Frozen.inputs_json,
    METADATA: Frozen.metadata_json,
    PROGRAM: Frozen.recompute_py,
}


def frozen_file(session: Session, slug: str, name: str) -> str | None:
    """One file of a frozen version, as it was published."""
    column = _FILES.get(name)
    if column is None:
        return None
    return session.scalar(select(column).where(Frozen.slug == slug))


def json_of(session: Session, slug: str) -> dict[str, Any]:
    """The inputs of a frozen version."""
    found: dict[str, Any] = json.loads(frozen_file(session, slug, INPUTS) or "{}")
    return found


@dataclass(frozen=True)
class RankRow:
    """A row of a frozen table. ``known``: of one without points, the indicators that are known."""

    group: str
    unit: str
    points: int | None
    low: int | None
    high: int | None
    rank: int | None
    failed: bool
    fund: str | None
    fund_fen: int | None
    known: str | None
    names: Mapping[str, str]


_PLAIN = tuple(name for name in RankRow.__dataclass_fields__ if name != "names")


def _rank_columns() -> tuple[Any, ...]:
    names = (FrozenRow.name_zh_hans, FrozenRow.name_zh_hant, FrozenRow.name_en)
    return (*(getattr(FrozenRow, name) for name in _PLAIN), *names)


def _rank_row(row: Any) -> RankRow:
    *plain, hans, hant, english = row
    names = tidy_names({"zh_Hans": hans, "zh_Hant": hant, "en": english})
    return RankRow(**dict(zip(_PLAIN, plain, strict=True)), names=names)


def rows_of(session: Session, slug: str, *conditions: Any) -> list[RankRow]:
    """The rows of a frozen version in the order of its table."""
    mine = select(*_rank_columns()).where(FrozenRow.slug == slug, *conditions)
    return [_rank_row(row) for row in session.execute(mine.order_by(FrozenRow.position))]


PAGE = 100


def group_page(session: Session, slug: str, group: str, after: int) -> list[RankRow]:
    """Some rows of a group after so many: one more than a page, if there are more."""
    columns = _rank_columns()
    mine = select(*columns).where(FrozenRow.slug == slug, FrozenRow.group == group)
    order = mine.order_by(FrozenRow.position)
    first = session.scalar(
        select(func.min(FrozenRow.position)).where(FrozenRow.slug == slug, FrozenRow.group == group)
    )
    begins = FrozenRow.position >= (first or 0) + after
    return [_rank_row(row) for row in session.execute(order.where(begins).limit(PAGE + 1))]


def row_of(session: Session, slug: str, group: str, unit: str) -> RankRow | None:
    """One row of a frozen version."""
    rows = rows_of(session, slug, FrozenRow.group == group, FrozenRow.unit == unit)
    return rows[0] if rows else None


def open_objections(session: Session, periods: tuple[str, ...]) -> int:
    """How many objections against some periods nobody decided yet."""
    mine = (Objection.period.in_(periods), Objection.state == ObjectionState.OPEN)
    return session.scalar(select(func.count()).select_from(Objection).where(*mine)) or 0


def upheld(session: Session, period: str) -> list[Objection]:
    """What was corrected of a period, in the order of the decisions."""
    mine = (Objection.period == period, Objection.state == ObjectionState.UPHELD)
    order = (Objection.decided_at, Objection.number)
    return list(session.scalars(select(Objection).where(*mine).order_by(*order)))
