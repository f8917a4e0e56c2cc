"""What the page behind a plaque tells: plaque, door and shop in one query, beside those of its
clauses and photos."""

from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import and_, bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from pledges.models import (
    Breach,
    Clause,
    ClauseSet,
    ClauseVersion,
    Listing,
    OwnerReply,
    Pledge,
    Premises,
    PremisesOperator,
    Standing,
)
from pledges.queries.photos import PutRight
from pledges.queries.plaques import Hanging, Pledged, hanging_with
from pledges.queries.standing import StandingRow
from pledges.rules.breaches import BreachState
from pledges.rules.clauses import Letter
from pledges.rules.signing import PledgeState
from pledges.rules.standing import ListingState, ListKind, ReplyState
from portal.kernel.db import PLANNED_ONCE
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class Listed:
    """That the shop stands on a list, until when."""

    which: ListKind
    ends_on: date


@dataclass(frozen=True)
class ShopFacts:
    """The pledge in force, the newest standing, lists, what the owner says, and the last breach
    that whoever runs it put right."""

    pledge: Pledged | None
    standing: StandingRow | None
    listed: tuple[Listed, ...]
    reply: str
    put_right: PutRight | None


_OPERATOR: Any = PremisesOperator.id
_TODAY: Any = bindparam("today")


def _newest_standing() -> Any:
    newer = aliased(Standing)
    later = exists().where(
        newer.district == Standing.district, newer.premises_id == Standing.premises_id,
        newer.operator_id == _OPERATOR, newer.quarter > Standing.quarter,
    ).correlate(Standing, PremisesOperator)  # fmt: skip
    return and_(
        Standing.district == Premises.district, Standing.premises_id == Premises.id,
        Standing.operator_id == _OPERATOR, ~later,
    )  # fmt: skip


def _on_list(table: Any, which: ListKind) -> Any:
    return and_(
        table.district == Premises.district, table.premises_id == Premises.id,
        table.operator_id == _OPERATOR, table.which == which,
        table.state == ListingState.SHOWN, table.starts_on <= _TODAY, table.ends_on >= _TODAY,
    )  # fmt: skip


def _newest_reply() -> Any:
    newer = aliased(OwnerReply)
    later = exists().where(
        newer.district == OwnerReply.district, newer.premises_id == OwnerReply.premises_id,
        newer.operator_id == _OPERATOR, newer.state == ReplyState.SHOWN, newer.id > OwnerReply.id,
    ).correlate(OwnerReply, PremisesOperator)  # fmt: skip
    return and_(
        OwnerReply.district == Premises.district, OwnerReply.premises_id == Premises.id,
        OwnerReply.operator_id == _OPERATOR, OwnerReply.state == ReplyState.SHOWN, ~later,
    )  # fmt: skip


def _last_put_right() -> Any:
    """One row, also when two ended at the same moment. What another one put right is not hers,
    and what is appealed against waits."""
    other = aliased(Breach)
    last = (
        select(other.id)
        .where(
            other.district == Premises.district, other.premises_id == Premises.id,
            other.operator_id == _OPERATOR, other.state == BreachState.RECTIFIED,
            other.ended_at.is_not(None), other.suspended_at.is_(None),
        )
        .order_by(other.ended_at.desc(), other.id)
        .limit(1)
        .correlate(Premises, PremisesOperator)
        .scalar_subquery()
    )  # fmt: skip
    return and_(Breach.district == Premises.district, Breach.id == last)


def _facts() -> Any:
    good, bad = aliased(Listing), aliased(Listing)
    return (
        hanging_with(
            Pledge.id.label("pledge_id"), Pledge.number.label("pledge_number"), Pledge.signed_at,
            ClauseVersion.version, ClauseSet.code.label("set_code"), Pledge.renewal_asked_at,
            ClauseSet.name_zh_hans, ClauseSet.name_zh_hant, ClauseSet.name_en,
            Standing.quarter, Standing.stars, Standing.low, Standing.high, Standing.inspections,
            Standing.ratings, Standing.reports, Standing.figures, Standing.formula,
            Standing.computed_at, good.ends_on.label("good_until"), bad.ends_on.label("bad_until"),
            OwnerReply.sealed_words, Breach.id.label("breach_id"), Breach.inspection_id,
            Breach.clause_id, Breach.ended_at.label("put_right_at"),
            Clause.text_zh_hans, Clause.text_zh_hant, Clause.text_en,
        )
        .outerjoin(
            Pledge,
            and_(
                Pledge.district == Premises.district, Pledge.premises_id == Premises.id,
                Pledge.letter == Letter.FRONTAGE, Pledge.state == PledgeState.IN_FORCE,
            ),
        )
        .outerjoin(ClauseVersion, ClauseVersion.id == Pledge.version_id)
        .outerjoin(ClauseSet, ClauseSet.id == ClauseVersion.set_id)
        .outerjoin(Standing, _newest_standing())
        .outerjoin(good, _on_list(good, ListKind.EXEMPLARY))
        .outerjoin(bad, _on_list(bad, ListKind.TO_RECTIFY))
        .outerjoin(OwnerReply, _newest_reply())
        .outerjoin(Breach, _last_put_right())
        .outerjoin(Clause, Clause.id == Breach.clause_id)
        .execution_options(**PLANNED_ONCE)
    )  # fmt: skip


_FACTS: Final = _facts()
_HANGING: Final = attrgetter(*Hanging.__dataclass_fields__)


def shop_by_code(session: Session, code: str, today: date) -> tuple[Hanging, ShopFacts] | None:
    """A plaque with its door, and what everybody may know of the shop there: one query."""
    row: Any = session.execute(_FACTS, {"code": code, "today": today}).one_or_none()
    if row is None:
        return None
    facts = ShopFacts(
        _pledge(row), _standing(row), _listed(row), _reply(session, row), _put_right(row)
    )
    return Hanging(*_HANGING(row)), facts


def _pledge(row: Any) -> Pledged | None:
    if row.pledge_id is None:
        return None
    names = {"zh_Hans": row.name_zh_hans, "zh_Hant": row.name_zh_hant, "en": row.name_en}
    return Pledged(
        row.pledge_id, row.pledge_number, row.signed_at, row.version, row.set_code,
        row.renewal_asked_at, names,
    )  # fmt: skip


def _standing(row: Any) -> StandingRow | None:
    if row.quarter is None:
        return None
    return StandingRow(
        row.quarter, row.stars, row.low, row.high, row.inspections, row.ratings, row.reports,
        row.figures, row.formula, row.computed_at,
    )  # fmt: skip


def _listed(row: Any) -> tuple[Listed, ...]:
    ends: tuple[tuple[ListKind, date | None], ...] = (
        (ListKind.EXEMPLARY, row.good_until), (ListKind.TO_RECTIFY, row.bad_until),
    )  # fmt: skip
    return tuple(Listed(which, until) for which, until in ends if until is not None)


def _reply(session: Session, row: Any) -> str:
    return instance_of(session).vault.unseal(row.sealed_words) if row.sealed_words else ""


def _put_right(row: Any) -> PutRight | None:
    if row.breach_id is None:
        return None
    clause = {"zh_Hans": row.text_zh_hans, "zh_Hant": row.text_zh_hant, "en": row.text_en}
    return PutRight(
        row.district,
        row.premises_id,
        row.breach_id,
        row.inspection_id,
        row.clause_id,
        clause,
        row.put_right_at,
    )
