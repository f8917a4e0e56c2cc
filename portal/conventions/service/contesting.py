"""A signature on the screen that is contested: a door whose household did not sign, a unit that did
not, a name that is not hers or insults (L6). The committee ends it, or only hides the name.

Whoever knows the door, the unit or the shown name may be helped; nobody is given a list of doors.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.queries.signing import (
    SigningRow,
    SignOnRow,
    household_on_screen,
    names_of_signers,
    sign_on_by_number,
    units_signed,
)
from portal.conventions.rules.roll import door_key
from portal.conventions.rules.signing import ContestAct, ContestWish, SignRefusal, why_not_contest
from portal.conventions.service.sheets import SIGNED_LINES, version_here
from portal.conventions.service.signing import end_signature, household_hash, name_shown
from portal.kernel.audit import note_action
from portal.kernel.errors import Counted, Refused
from portal.kernel.ratelimit import take
from portal.organisations.queries import organisations_by_ids

_ACTIONS = {
    ContestAct.HIDE: "convention:hide_name", ContestAct.WITHDRAW: "convention:end_signature",
}  # fmt: skip


def settle_contested(
    session: Session, actor: Actor, number: str, wish: ContestWish, *, now: datetime
) -> None:
    """End the signature that is meant, or hide its name. The signer finds the reason in the record
    of what was done about her. A door or unit that is tried costs one of a few tries a day."""
    version = version_here(session, actor, number)
    flaw = why_not_contest(wish)
    if flaw is not None:
        raise Refused(flaw[0], field=flaw[1])
    row = _meant(session, actor, version, wish, now)
    if wish.act is ContestAct.WITHDRAW:
        end_signature(session, row, now=now)
    elif row.named_at is None:
        # counted too: it tells that the door or unit has signed
        raise Counted(SignRefusal.NOT_NAMED, field="act")
    else:
        name_shown(session, row, None, now=now)
    note_action(
        session, at=now, actor_id=actor.person_id, action=_ACTIONS[wish.act],
        subject=f"convention:{row.on}", person_id=row.person_id, reason=wish.reason.strip(),
    )  # fmt: skip


def _meant(
    session: Session, actor: Actor, version: SigningRow, wish: ContestWish, now: datetime
) -> SignOnRow:
    """The signature, locked. Raises Counted where none stands by that door or unit."""
    if wish.line:
        shown = [number for number, _name in names_of_signers(session, version.id)]
        found, field = wish.line if wish.line in shown else None, "line"
    else:
        if take(session, [(SIGNED_LINES, str(actor.person_id))], now=now) is not None:
            raise Refused(SignRefusal.TOO_MANY)
        field = "door" if wish.door.strip() else "unit"
        found = _by_door(session, version, wish) if wish.door.strip() else _by_unit(
            session, version, wish.unit.strip()
        )  # fmt: skip
    row = sign_on_by_number(session, found, lock=True) if found else None
    if row is None:
        raise Counted(SignRefusal.NOT_FOUND, field=field)
    return row


def _by_door(session: Session, version: SigningRow, wish: ContestWish) -> str | None:
    key = household_hash(session, version, door_key(wish.door))
    return household_on_screen(session, version.id, key)


def _by_unit(session: Session, version: SigningRow, said: str) -> str | None:
    """By its code, or by its name in any language."""
    signed = units_signed(session, version.id)
    units = organisations_by_ids(session, set(signed)).values()
    same = [one for one in units if said == one.code or said in one.names.values()]
    return signed[same[0].id] if same else None
