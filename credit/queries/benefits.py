"""Reads of what is offered for points, and of what is kept for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from credit.models import AccountHolder, Benefit, BenefitEvent, Due, Redemption
from credit.rules.benefits import (
    BenefitState,
    BenefitStep,
    BenefitWish,
    RedemptionState,
)

PAGE: Final = 50
LANGUAGES: Final = ("zh_Hans", "zh_Hant", "en")
_PLAIN: Final = (
    "district", "id", "code", "kind", "area_id", "place_path", "pick_up", "offered_by", "price",
    "in_stock", "per_person", "hold_days", "valid_from", "valid_to", "state", "version",
    "writer_id", "checker_id", "checked_at",
)  # fmt: skip


@dataclass(frozen=True)
class BenefitRow:
    """An offer as it is read. ``in_stock`` None: there is always more."""

    district: str
    id: UUID
    code: str
    kind: str
    area_id: UUID
    place_path: str
    pick_up: str
    offered_by: str
    price: int
    in_stock: int | None
    per_person: int | None
    hold_days: int
    valid_from: date
    valid_to: date | None
    state: BenefitState
    version: int
    writer_id: UUID
    checker_id: UUID | None
    checked_at: datetime | None
    titles: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    def to_be_had(self, on: date) -> bool:
        """Whether it is offered on a day, whatever is in stock."""
        begun = self.state is BenefitState.OFFERED and self.valid_from <= on
        return begun and (self.valid_to is None or on <= self.valid_to)

    @property
    def sold_out(self) -> bool:
        return self.in_stock == 0

    def wish(self) -> BenefitWish:
        """What was written, for its form."""
        return BenefitWish(
            kind=self.kind, titles=self.titles, words=self.words, price=self.price,
            per_person=self.per_person, hold_days=self.hold_days, pick_up=self.pick_up,
            offered_by=self.offered_by, valid_from=self.valid_from, valid_to=self.valid_to,
        )  # fmt: skip


def _benefits() -> Select[Any]:
    said = [
        getattr(Benefit, f"{what}_{language.lower()}").label(f"{what}_{language}")
        for what in ("title", "words")
        for language in LANGUAGES
    ]
    return select(*(getattr(Benefit, name) for name in _PLAIN), *said)


def _benefit(row: Any) -> BenefitRow:
    found = row._mapping
    said = {
        what: {lang: found[f"{what}_{lang}"] for lang in LANGUAGES if found[f"{what}_{lang}"]}
        for what in ("title", "words")
    }
    plain = {name: found[name] for name in _PLAIN}
    return BenefitRow(**plain, titles=said["title"], words=said["words"])


def benefit(session: Session, code: str) -> BenefitRow | None:
    """One offer by its public code."""
    row = session.execute(_benefits().where(Benefit.code == code)).one_or_none()
    return None if row is None else _benefit(row)


def _on(day: date) -> ColumnElement[bool]:
    return and_(
        Benefit.state == BenefitState.OFFERED,
        Benefit.valid_from <= day,
        or_(Benefit.valid_to.is_(None), Benefit.valid_to >= day),
    )


def offered(
    session: Session, on: date, *, path: str = "/", after: str | None = None, limit: int = PAGE
) -> list[BenefitRow]:
    """What can be had at a place and inside it, place by place; one more than ``limit``.

    ``after``: the code of the last one of the page before.
    """
    statement = _benefits().where(_on(on), Benefit.place_path.startswith(path, autoescape=True))
    return _page(session, statement, after, limit)


def places_with_offers(session: Session, on: date) -> list[str]:
    """The paths of the places in which something can be had."""
    return list(session.scalars(select(Benefit.place_path).where(_on(on)).distinct()))


def _page(
    session: Session, statement: Select[Any], after: str | None, limit: int
) -> list[BenefitRow]:
    if after is not None:
        last = select(Benefit.place_path, Benefit.id).where(Benefit.code == after).subquery()
        statement = statement.join(
            last,
            or_(
                Benefit.place_path > last.c.place_path,
                and_(Benefit.place_path == last.c.place_path, Benefit.id > last.c.id),
            ),
        )
    ordered = statement.order_by(Benefit.place_path, Benefit.id).limit(limit + 1)
    return [_benefit(row) for row in session.execute(ordered)]


def benefits_at_desk(
    session: Session, scopes: Sequence[str] | None, *, after: str | None = None, limit: int = PAGE
) -> list[BenefitRow]:
    """Every offer of the places that somebody looks after (None: of all), whatever its state."""
    return _page(session, _benefits().where(_inside(scopes)), after, limit)


def _inside(scopes: Sequence[str] | None) -> ColumnElement[bool]:
    if scopes is None:
        return Benefit.id.is_not(None)
    within = (Benefit.place_path.startswith(path, autoescape=True) for path in scopes)
    return or_(false(), *within)


def held_counts(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many of each offer are kept for somebody now."""
    if not ids:
        return {}
    rows = session.execute(
        select(Redemption.benefit_id, func.count())
        .where(Redemption.benefit_id.in_(ids), Redemption.state == RedemptionState.HELD)
        .group_by(Redemption.benefit_id)
    )
    return {benefit_id: int(count) for benefit_id, count in rows}


@dataclass(frozen=True)
class BenefitEventRow:
    """One line of an offer's history."""

    at: datetime
    step: BenefitStep
    amount: int | None
    reason: str | None
    actor_id: UUID


def history_of(session: Session, row: BenefitRow) -> list[BenefitEventRow]:
    """What was done to an offer, the newest first."""
    found = session.execute(
        select(
            BenefitEvent.at, BenefitEvent.step, BenefitEvent.amount, BenefitEvent.reason,
            BenefitEvent.actor_id,
        )
        .where(BenefitEvent.district == row.district, BenefitEvent.benefit_id == row.id)
        .order_by(BenefitEvent.id.desc())
    )  # fmt: skip
    return [BenefitEventRow(*one) for one in found]


@dataclass(frozen=True)
class RedemptionRow:
    """A benefit that is or was kept for somebody."""

    district: str
    id: UUID
    number: str
    benefit_id: UUID
    account_id: UUID | None
    price: int
    state: RedemptionState
    made_at: datetime
    until: datetime
    ended_at: datetime | None
    benefit: BenefitRow

    def open_at(self, now: datetime) -> bool:
        """Whether it can be fetched: its time is derived, so a late job hides nothing."""
        return self.state is RedemptionState.HELD and now < self.until

    def state_at(self, now: datetime) -> RedemptionState:
        """Where it stands, even if nobody has written it down yet."""
        over = self.state is RedemptionState.HELD and now >= self.until
        return RedemptionState.LAPSED if over else self.state


_REDEMPTION: Final = (
    "district", "id", "number", "benefit_id", "account_id", "price", "state", "made_at", "until",
    "ended_at",
)  # fmt: skip


def _redemptions(*conditions: ColumnElement[bool]) -> Select[Any]:
    mine = [getattr(Redemption, name).label(f"r_{name}") for name in _REDEMPTION]
    return (
        _benefits()
        .add_columns(*mine)
        .join(
            Redemption,
            (Redemption.district == Benefit.district) & (Redemption.benefit_id == Benefit.id),
        )
        .where(*conditions)
        .order_by(Redemption.id.desc())
    )


def _redemption(row: Any) -> RedemptionRow:
    found = {name: row._mapping[f"r_{name}"] for name in _REDEMPTION}
    return RedemptionRow(**found, benefit=_benefit(row))


def redemption(session: Session, number: str) -> RedemptionRow | None:
    """One redemption by its number."""
    row = session.execute(_redemptions(Redemption.number == number)).one_or_none()
    return None if row is None else _redemption(row)


def redemption_of_code(session: Session, code_hash: str) -> RedemptionRow | None:
    """The redemption that a code fetches."""
    row = session.execute(_redemptions(Redemption.code_hash == code_hash)).one_or_none()
    return None if row is None else _redemption(row)


def redemptions_of(
    session: Session, accounts: Sequence[UUID], *, benefit_id: UUID | None = None
) -> list[RedemptionRow]:
    """What is and was kept for the holder of some accounts, the newest first."""
    if not accounts:
        return []
    conditions: list[ColumnElement[bool]] = [Redemption.account_id.in_(accounts)]
    if benefit_id is not None:
        conditions.append(Redemption.benefit_id == benefit_id)
    return [_redemption(row) for row in session.execute(_redemptions(*conditions))]


def taken_by(session: Session, account_id: UUID, benefit_id: UUID) -> int:
    """How many of one offer somebody has or had; what was cancelled or lapsed counts no more."""
    statement = select(func.count()).where(
        Redemption.account_id == account_id,
        Redemption.benefit_id == benefit_id,
        Redemption.state.in_((RedemptionState.HELD, RedemptionState.HANDED_OUT)),
    )
    return session.scalar(statement) or 0


def holder_of_account(session: Session, district: str, account_id: UUID | None) -> UUID | None:
    """Whose account it is; None once that was erased."""
    return session.scalar(
        select(AccountHolder.holder_id).where(
            AccountHolder.district == district, AccountHolder.account_id == account_id
        )
    )


def lock_benefits_of(
    session: Session,
    district: str,
    account_id: UUID,
    now: datetime,
    *,
    also: UUID | None = None,
    holds: Sequence[UUID] = (),
) -> None:
    """Hold the offers whose stock may change with what of an account has run out, or with these.

    In the order of their ids: whoever else needs two of them waits for the first, so that no two
    wait for each other. SQLite's writers take turns anyway.
    """
    lapsing = (
        select(Redemption.benefit_id)
        .join(Due, (Due.district == Redemption.district) & (Due.entry_id == Redemption.id))
        .where(Due.district == district, Due.account_id == account_id, Due.due_at <= now)
    )
    ending = select(Redemption.benefit_id).where(
        Redemption.district == district, Redemption.id.in_(holds)
    )
    wanted = or_(Benefit.id.in_(lapsing), Benefit.id.in_(ending), Benefit.id == also)
    session.execute(
        select(Benefit.id)
        .where(Benefit.district == district, wanted)
        .order_by(Benefit.id)
        .with_for_update()
    ).all()
