"""Signing an offer of parking: its letter, ticked clause by clause, sealed with what is offered."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from credit.rules.canonical import Json, canonical
from credit.rules.kinds import Kind
from credit.rules.leaf import SALT_LENGTH
from credit.service.known import Rejected
from credit.service.posting import Details
from credit.service.statements import seal_statement
from pledges.models import Pledge, PledgeEvent, PledgeTick
from pledges.queries.clauses import VersionRow, texts_for
from pledges.queries.inspections import ClauseRow, DoorRow, clauses_of_version
from pledges.queries.parking import OfferRow, hours_of
from pledges.rules.clauses import Letter
from pledges.rules.parking import ParkingRefusal, ParkingState, ParkingStep
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.signing import PledgeStep, SigningWay, Who
from pledges.service.parking import add_step, own_door, own_offer, set_state, today_of
from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of

LONGEST_SIGNATURE = 40


@dataclass(frozen=True)
class LetterWish:
    """What is signed, as its page showed it: the version, each clause that was ticked, a name."""

    version: int
    ticks: frozenset[UUID]
    name: str
    language: str


def letter_for(
    session: Session, door: DoorRow, now: datetime
) -> tuple[VersionRow, list[ClauseRow]]:
    """The letter that counts at a place today. Raises Refused where none is published."""
    on = today_of(session, now)
    main = texts_for(session, Letter.PARKING, door.place_path, door.kind, door.trade, on=on).main
    if main is None:
        raise Refused(ParkingRefusal.NO_TEXT)
    return main[1], clauses_of_version(session, main[1].id)


def sign_offer(
    session: Session, actor: Actor, number: str, wish: LetterWish, *, now: datetime
) -> None:
    """Sign the letter of an offer, and hand it to the street; sealed in the same transaction.

    Whoever signs is signed in as who speaks for the place. The salt goes with her: the hash leads
    to nobody then.
    """
    row = own_offer(session, actor, number, lock=True)
    if row.state is not ParkingState.WRITTEN:
        raise Conflict(PledgeRefusal.MOVED_ON)
    door, by = own_door(session, actor, row.premises)
    version, clauses = letter_for(session, door, now)
    name = _ticked(wish, version, clauses)
    pledge, salt = new_id(), secrets.token_hex(SALT_LENGTH)
    said: dict[str, Json] = {
        "letter": Letter.PARKING.value, "text": version.digest or "", "name": name,
        "ticks": [one.code for one in clauses], "offer": _content(session, row),
        "operator": str(by.id), "at": now.isoformat(), "salt": salt,
    }  # fmt: skip
    digest, entry_id = sha256(canonical(said)).digest(), new_id()
    outcome = seal_statement(
        session, district=row.district, entry_id=entry_id, kind=Kind.PLEDGE_SIGNED, digest=digest,
        details=Details(f"parking:{row.number}"), now=now,
    )  # fmt: skip
    if isinstance(outcome, Rejected):
        # the ledger stands still: the signature waits with it
        raise Conflict(outcome.code)
    _keep(
        session, row, [one.id for one in clauses], now, id=pledge, operator_id=by.id,
        version_id=version.id, language=wish.language, signer_id=actor.person_id,
        sealed_signature=instance_of(session).vault.seal(name), salt=salt, digest=digest.hex(),
        entry_id=entry_id,
    )  # fmt: skip
    set_state(session, row, ParkingState.WAITING, None, now, pledge_id=pledge)
    add_step(session, row.district, row.id, ParkingStep.SIGN, Who.OPERATOR, now)


def _keep(session: Session, row: OfferRow, ticks: list[UUID], now: datetime, **values: Any) -> None:
    """The rows of a letter, what was ticked, and its first step."""
    pledge = Pledge(
        district=row.district, number=new_number(), letter=Letter.PARKING,
        premises_id=row.premises_id, place_path=row.place_path, way=SigningWay.CODE, signed_at=now,
        **values,
    )  # fmt: skip
    session.add(pledge)
    # ticks, steps and the offer refer to it by key alone
    session.flush()
    session.add_all(
        PledgeTick(district=row.district, pledge_id=pledge.id, clause_id=one) for one in ticks
    )
    session.add(
        PledgeEvent(
            district=row.district, pledge_id=pledge.id, step=PledgeStep.SIGN, who=Who.OPERATOR,
            at=now,
        )
    )  # fmt: skip


def _ticked(wish: LetterWish, version: VersionRow, clauses: list[ClauseRow]) -> str:
    """The typed name, once the text and every tick of it are right."""
    if wish.version != version.version:
        raise Conflict(ParkingRefusal.NEW_TEXT)
    if {one.id for one in clauses} != wish.ticks:
        raise Refused(ParkingRefusal.NOT_TICKED, field="ticks")
    name = " ".join(wish.name.split())
    if not name:
        raise Refused(ParkingRefusal.NO_SIGNATURE, field="name")
    if len(name) > LONGEST_SIGNATURE:
        raise Refused(PledgeRefusal.LONG, field="name", facts={"most": LONGEST_SIGNATURE})
    return name


def _content(session: Session, row: OfferRow) -> dict[str, Json]:
    """What is offered, as it is signed."""
    hours = hours_of(session, [row]).get(row.id, [])
    return {
        "number": row.number, "spaces": row.spaces, "open_to": row.open_to.value,
        "fee": row.fee.value, "fee_note": row.fee_note or "",
        "hours": [[one.weekday, one.opens, one.closes] for one in hours],
    }  # fmt: skip
