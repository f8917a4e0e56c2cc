"""Signing an offer of parking: the same signature as for a frontage, with what is offered in it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from pledges.queries.parking import offer_content
from pledges.rules.clauses import Letter
from pledges.rules.parking import ParkingState, ParkingStep
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.signing import Who
from pledges.service.parking import add_step, own_offer, set_state
from pledges.service.signing import Signed, SigningWish
from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict


def sign_offer(
    session: Session,
    actor: Actor,
    number: str,
    wish: SigningWish,
    by: Callable[[SigningWish], Signed],
    *,
    seen: int,
    now: datetime,
) -> None:
    """Sign the letter of an offer, and hand it to the street. ``by``: what signs and proves who
    does (``signing_codes.sign_by_code``). ``seen``: the version of the offer that the page showed.

    Whoever signs also speaks for the place. Premises, operator and offer are held before.
    """
    row = own_offer(session, actor, number, lock=True)
    if row.state is not ParkingState.WRITTEN:
        raise Conflict(PledgeRefusal.MOVED_ON)
    if row.version != seen:
        raise Conflict(PledgeRefusal.CHANGED)
    signed = by(
        replace(
            wish, letter=Letter.PARKING, premises=row.premises, signer_id=actor.person_id,
            offer=offer_content(session, row),
        )
    )  # fmt: skip
    set_state(session, row, ParkingState.WAITING, None, now, pledge_id=signed.id)
    add_step(session, row.district, row.id, ParkingStep.SIGN, Who.OPERATOR, now)
