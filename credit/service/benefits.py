"""What is offered for points: written by one, checked by another, counted in and out (N4, N8)."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from credit.models import Benefit, BenefitEvent
from credit.queries.benefits import LANGUAGES, BenefitRow, benefit
from credit.rules.benefits import (
    LONGEST_REASON,
    MOST_STOCK,
    BenefitRefusal,
    BenefitState,
    BenefitStep,
    BenefitWish,
    flaw_of,
    says_the_same,
)
from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, area_by_code
from portal.areas.rules import codes_of
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of


def may_manage(actor: Actor, place_path: str) -> bool:
    """Whether somebody looks after the offers of a place."""
    return actor.may(Permission.BENEFIT_MANAGE, place_path=place_path)


def benefit_to_manage(session: Session, actor: Actor, code: str) -> BenefitRow:
    """An offer of her own places. Raises Missing; Forbidden for what lies elsewhere."""
    row = benefit(session, code)
    if row is None:
        raise Missing
    if not may_manage(actor, row.place_path):
        raise Forbidden
    return row


def offer_benefit(
    session: Session,
    actor: Actor,
    wish: BenefitWish,
    *,
    area_code: str,
    stock: int | None,
    now: datetime,
) -> str:
    """Write an offer; its code. Residents see it once somebody else has checked it."""
    area = _place(session, actor, area_code, now)
    _check(session, wish)
    if stock is not None and not 0 <= stock <= MOST_STOCK:
        raise Refused(BenefitRefusal.STOCK, field="stock")
    row = Benefit(
        district=codes_of(area.path)[0], id=new_id(), code=new_number(), area_id=area.id,
        place_path=area.path, in_stock=stock, state=BenefitState.WAITING,
        writer_id=_who(actor), **_columns(wish),
    )  # fmt: skip
    session.add(row)
    # its history refers to it
    session.flush()
    _note(session, actor, row.district, row.id, row.code, BenefitStep.WRITE, now, amount=stock)
    return row.code


def change_benefit(
    session: Session, actor: Actor, code: str, wish: BenefitWish, *, seen: int, now: datetime
) -> None:
    """Write an offer anew. What is kept for somebody already keeps its price and its time.

    Whoever changes what is offered needs somebody else's check again.
    """
    row = benefit_to_manage(session, actor, code)
    _check(session, wish)
    changes: dict[str, Any] = {**_columns(wish), "version": Benefit.version + 1}
    if not says_the_same(wish, row.wish()):
        changes |= {"writer_id": _who(actor), "checker_id": None, "checked_at": None}
        if row.state is BenefitState.OFFERED:
            changes["state"] = BenefitState.WAITING
    _write(session, row, seen, **changes)
    step = BenefitStep.PRICE if wish.price != row.price else BenefitStep.CHANGE
    amount = wish.price if step is BenefitStep.PRICE else None
    _note(session, actor, row.district, row.id, code, step, now, amount=amount)


def check_benefit(
    session: Session, actor: Actor, code: str, *, declared: bool, seen: int, now: datetime
) -> None:
    """A second person declares that it is no cash and no essential public service (N4, N8)."""
    row = benefit_to_manage(session, actor, code)
    if row.writer_id == actor.person_id:
        raise Refused(BenefitRefusal.SAME_PERSON)
    if not declared:
        raise Refused(BenefitRefusal.NOT_DECLARED, field="declared")
    if row.state is not BenefitState.WAITING:
        raise Conflict(BenefitRefusal.CHANGED)
    _write(
        session, row, seen, state=BenefitState.OFFERED, checker_id=_who(actor), checked_at=now,
        version=Benefit.version + 1,
    )  # fmt: skip
    _note(session, actor, row.district, row.id, code, BenefitStep.CHECK, now)


def change_stock(
    session: Session,
    actor: Actor,
    code: str,
    step: BenefitStep,
    *,
    amount: int | None,
    reason: str,
    now: datetime,
) -> None:
    """Count some in or out, or say that there is always more; with a reason, kept for ever."""
    row = benefit_to_manage(session, actor, code)
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise Refused(BenefitRefusal.NO_REASON, field="reason")
    mine = update(Benefit).where(Benefit.district == row.district, Benefit.id == row.id)
    if step is BenefitStep.UNLIMITED:
        changed_rows(session, mine.values(in_stock=None))
        amount = None
    elif amount is None or not 1 <= amount <= MOST_STOCK:
        raise Refused(BenefitRefusal.STOCK, field="amount")
    elif step is BenefitStep.STOCK_IN:
        _count_in(session, row, amount)
    elif (
        changed_rows(
            session,
            mine.where(Benefit.in_stock >= amount).values(in_stock=Benefit.in_stock - amount),
        )
        != 1
    ):
        # what is kept for somebody cannot be taken from her
        raise Conflict(BenefitRefusal.NOT_SO_MANY, field="amount")
    _note(session, actor, row.district, row.id, code, step, now, amount=amount, reason=reason)


def _count_in(session: Session, row: BenefitRow, amount: int) -> None:
    """More came; where there was always more, there are now so many."""
    mine = update(Benefit).where(Benefit.district == row.district, Benefit.id == row.id)
    more = mine.where(Benefit.in_stock <= MOST_STOCK - amount).values(
        in_stock=Benefit.in_stock + amount
    )
    if changed_rows(session, more) == 1:
        return
    first = mine.where(Benefit.in_stock.is_(None)).values(in_stock=amount)
    if changed_rows(session, first) != 1:
        raise Refused(BenefitRefusal.STOCK, field="amount")


def close_benefit(session: Session, actor: Actor, code: str, *, reason: str, now: datetime) -> None:
    """Nobody can have it any more. What is kept for somebody can still be fetched."""
    row = benefit_to_manage(session, actor, code)
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise Refused(BenefitRefusal.NO_REASON, field="reason")
    if row.state is BenefitState.CLOSED:
        raise Conflict(BenefitRefusal.CHANGED)
    _write(session, row, row.version, state=BenefitState.CLOSED, version=Benefit.version + 1)
    _note(session, actor, row.district, row.id, code, BenefitStep.CLOSE, now, reason=reason)


def reopen_benefit(session: Session, actor: Actor, code: str, *, now: datetime) -> None:
    """Offer it again: it waits for a check by somebody else once more."""
    row = benefit_to_manage(session, actor, code)
    if row.state is not BenefitState.CLOSED:
        raise Conflict(BenefitRefusal.CHANGED)
    _write(
        session, row, row.version, state=BenefitState.WAITING, writer_id=_who(actor),
        checker_id=None, checked_at=None, version=Benefit.version + 1,
    )  # fmt: skip
    _note(session, actor, row.district, row.id, code, BenefitStep.REOPEN, now)


def _place(session: Session, actor: Actor, area_code: str, now: datetime) -> AreaRow:
    """Where it is handed out: a place that exists and that she looks after."""
    today = city_day(now, instance_of(session).city.zone)
    area = area_by_code(session, area_code, on=today)
    if area is None:
        raise Refused(BenefitRefusal.NO_PLACE, field="area")
    if not may_manage(actor, area.path):
        raise Forbidden
    return area


def _check(session: Session, wish: BenefitWish) -> None:
    flaw = flaw_of(wish, instance_of(session).city.default_language)
    if flaw is not None:
        raise Refused(flaw[0], field=flaw[1])


def _columns(wish: BenefitWish) -> dict[str, Any]:
    plain = asdict(wish)
    for plural, what in (("titles", "title"), ("words", "words")):
        said = plain.pop(plural)
        plain |= {f"{what}_{lang.lower()}": said.get(lang) or None for lang in LANGUAGES}
    return plain


def _write(session: Session, row: BenefitRow, seen: int, **changes: Any) -> None:
    """Change an offer as it was seen; Conflict when somebody wrote meanwhile."""
    mine = update(Benefit).where(
        Benefit.district == row.district, Benefit.id == row.id, Benefit.version == seen
    )
    if changed_rows(session, mine.values(**changes)) != 1:
        raise Conflict(BenefitRefusal.CHANGED)


def _who(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise Forbidden
    return actor.person_id


def _note(
    session: Session,
    actor: Actor,
    district: str,
    benefit_id: UUID,
    code: str,
    step: BenefitStep,
    now: datetime,
    *,
    amount: int | None = None,
    reason: str | None = None,
) -> None:
    """One line of the offer's own history, and one of the audit."""
    session.add(
        BenefitEvent(
            district=district, benefit_id=benefit_id, at=now, step=step, amount=amount,
            reason=reason, actor_id=_who(actor),
        )
    )  # fmt: skip
    note_action(
        session, at=now, actor_id=actor.person_id, action=f"benefit:{step.value}",
        subject=f"benefit:{code}", reason=reason,
    )  # fmt: skip
