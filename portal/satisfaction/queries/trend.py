"""The published shares of the last months, place by place and kind by kind."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.satisfaction.models import ReleaseCell, SatisfactionRelease
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.rebuild import SPANS


@dataclass(frozen=True)
class TrendCell:
    """A published cell of a month; what a release withholds is not here at all."""

    month: str
    level: str
    code: str
    path: str
    share: float
    low: float
    high: float


def published_shares(session: Session, months: int) -> list[TrendCell]:
    """What the newest releases of the last months that were released publish of how content
    people were with what was done about reports; the newest month first."""
    version = SatisfactionRelease.version
    last = func.max(version).over(partition_by=SatisfactionRelease.month)
    ranked = func.dense_rank().over(order_by=SatisfactionRelease.month.desc())
    slugs = (
        select(
            SatisfactionRelease.slug, SatisfactionRelease.month, version,
            last.label("last"), ranked.label("back"),
        )
        .where(SatisfactionRelease.subject_kind == SubjectKind.CASE)
        .subquery()
    )  # fmt: skip
    statement = (
        select(
            slugs.c.month, ReleaseCell.level, ReleaseCell.code, ReleaseCell.path,
            ReleaseCell.satisfied_share, ReleaseCell.satisfied_low, ReleaseCell.satisfied_high,
        )
        .join(slugs, slugs.c.slug == ReleaseCell.slug)
        .where(slugs.c.version == slugs.c.last, slugs.c.back <= months)
        .where(
            ReleaseCell.span == SPANS[0],
            ReleaseCell.satisfied_share.is_not(None),
            ReleaseCell.satisfied_low.is_not(None),
            ReleaseCell.satisfied_high.is_not(None),
        )
        .order_by(slugs.c.month.desc(), ReleaseCell.position)
    )  # fmt: skip
    return [TrendCell(*row) for row in session.execute(statement)]
