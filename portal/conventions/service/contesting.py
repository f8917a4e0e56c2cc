"""A signature on the screen that is contested: a door whose household did not sign, a unit that did
not, a name that is not hers or insults (L6). The committee ends it, or only hides the name; until
it lets her, the same account does not give it, or show a name, again under this version.

Whoever knows the door, the unit or the shown name may be helped; nobody is given a list of doors.
"""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.conventions.models import SignOn
from portal.conventions.queries.signing import (
    SigningRow,
    SignOnRow,
    household_on_screen,
    names_of_signers,
    sign_on_by_number,
    units_signed,
)
from portal.conventions.rules.doors import door_key
from portal.conventions.rules.signing import ContestAct, ContestWish, SignRefusal, why_not_contest
from portal.conventions.service.sheets import SIGNED_LINES, version_here
from portal.conventions.service.signing import end_signature, household_hash, name_shown
from portal.kernel.audit import note_action
from portal.kernel.errors import Counted, Refused
from portal.kernel.ids import clean_number
from portal.kernel.ratelimit import take
from portal.organisations.queries import organisations_by_ids

_ACTIONS = {
    ContestAct.HIDE: "convention:hide_name", ContestAct.WITHDRAW: "convention:end_signature",
    ContestAct.ALLOW: "convention:allow_again",
}  # fmt: skip


def settle_contested(
    session: Session, actor: Actor, number: str, wish: ContestWish, *, now: datetime
) -> None:
    """End the signature that is meant, hide its name, or let it be given again. The signer finds
    the reason in the record of what was done about her. A door or unit that is tried costs one of
    a few tries a day, and is noted when it fails."""
    version = version_here(session, actor, number)
    flaw = why_not_contest(wish)
    if flaw is not None:
        raise Refused(flaw[0], field=flaw[1])
    if wish.act is ContestAct.ALLOW:
        row = _allowed(session, actor, version, wish)
    else:
        row = _meant(session, actor, version, wish, now)
        _settle(session, actor, row, wish, now)
    mark = None if wish.act is ContestAct.ALLOW else wish.act
    session.execute(update(SignOn).where(SignOn.id == row.id).values(contested=mark))
    note_action(
        session, at=now, actor_id=actor.person_id, action=_ACTIONS[wish.act],
        subject=f"convention:{row.on}", person_id=row.person_id, reason=wish.reason.strip(),
    )  # fmt: skip


def _settle(
    session: Session, actor: Actor, row: SignOnRow, wish: ContestWish, now: datetime
) -> None:
    if wish.act is ContestAct.WITHDRAW:
        end_signature(session, row, now=now)
        return
    if row.named_at is None:
        # counted too: it tells that the door or unit has signed
        _note_try(session, actor, row.on, now)
        raise Counted(SignRefusal.NOT_NAMED, field="act")
    name_shown(session, row, None, now=now)


def _allowed(
    session: Session, actor: Actor, version: SigningRow, wish: ContestWish
) -> SignOnRow:  # fmt: skip
    """What was ended or hidden and may be given again, locked. Nobody lets herself."""
    row = sign_on_by_number(session, clean_number(wish.settled) or "", lock=True)
    if row is None or row.version_id != version.id or row.contested is None:
        raise Refused(SignRefusal.NOT_SETTLED, field="settled")
    if row.person_id is not None and row.person_id == actor.person_id:
        raise Refused(SignRefusal.OWN, field="settled")
    return row


def _note_try(session: Session, actor: Actor, on: str, now: datetime) -> None:
    """That a door or unit was tried in vain: whoever lists doors in this way is found."""
    note_action(
        session, at=now, actor_id=actor.person_id, action="convention:contest_tried",
        subject=f"convention:{on}",
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
            _note_try(session, actor, version.number, now)
            raise Counted(SignRefusal.TOO_MANY)
        field = "door" if wish.door.strip() else "unit"
        found = _by_door(session, version, wish) if wish.door.strip() else _by_unit(
            session, version, wish.unit.strip()
        )  # fmt: skip
    row = sign_on_by_number(session, found, lock=True) if found else None
    if row is None:
        if not wish.line:
            _note_try(session, actor, version.number, now)
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
