"""The stock of a benefit follows the entry that ends its hold, in the same transaction."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from credit.models import Benefit, Redemption
from credit.rules.benefits import RedemptionState, state_after
from credit.rules.kinds import Kind
from credit.service.looks import LOOK
from portal.kernel.audit import forget_subject
from portal.kernel.db import changed_rows

_ENDS: Final = frozenset({Kind.REDEEM_POST, Kind.REDEEM_VOID})


def end_redemption(
    session: Session, kind: Kind, district: str, hold_id: UUID, *, at: datetime
) -> None:
    """Say how a redemption ended, and put what was not handed out back; once, whoever comes first.

    Every way out of a hold leads here: handed out, cancelled, run out, erased. A hold of something
    else than a benefit has no row, and nothing happens.
    """
    if kind not in _ENDS:
        return
    mine = (Redemption.district == district, Redemption.id == hold_id)
    until = session.scalar(select(Redemption.until).where(*mine))
    if until is None:
        return
    state = state_after(kind, lapsed=at >= until)
    ending = (
        update(Redemption)
        .where(*mine, Redemption.state == RedemptionState.HELD)
        .values(state=state, ended_at=at.replace(microsecond=0))
    )
    if changed_rows(session, ending) != 1 or state is RedemptionState.HANDED_OUT:
        return
    benefit_id = select(Redemption.benefit_id).where(*mine).scalar_subquery()
    session.execute(
        update(Benefit)
        .where(
            Benefit.district == district,
            Benefit.id == benefit_id,
            Benefit.in_stock.is_not(None),
        )
        .values(in_stock=Benefit.in_stock + 1)
        .execution_options(synchronize_session=False)
    )


def forget_redemptions(session: Session, district: str, account_id: UUID, person_id: UUID) -> None:
    """What was kept or handed out stays counted, and was nobody's: in the audit too."""
    hers = (Redemption.district == district, Redemption.account_id == account_id)
    for number in session.scalars(select(Redemption.number).where(*hers)).all():
        forget_subject(session, f"redemption:{number}", person_id=person_id, looks=LOOK)
    session.execute(
        update(Redemption)
        .where(*hers)
        .values(account_id=None)
        .execution_options(synchronize_session=False)
    )
