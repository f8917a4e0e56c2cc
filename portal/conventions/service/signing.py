"""Signing a version on the screen, withdrawing, and letting one's name be shown.

One person, one household, one unit sign once. Earlier signatures stay with their version; of a new
one everybody is asked anew. A household's signature binds nobody else of it (L2).
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from credit.queries.speakers import bonds_of
from credit.service import end_marked_yes
from portal.accounts.rules import Actor
from portal.conventions.models import SignOn
from portal.conventions.queries.signing import (
    SigningRow,
    SignOnRow,
    contested_of,
    sign_on_by_number,
    sign_ons_by,
    signed_as,
    signing_by_number,
)
from portal.conventions.rules.doors import door_key
from portal.conventions.rules.signing import (
    TRIES_A_DAY,
    ContestAct,
    Signer,
    SignRefusal,
    SignWay,
    SignWish,
    why_not_sign,
)
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Counted, Forbidden, Missing, Refused
from portal.kernel.ids import clean_number, new_id
from portal.kernel.instance import instance_of
from portal.kernel.ratelimit import Limit, take
from portal.organisations.queries import (
    OrganisationRow,
    organisations_by_ids,
    standing_organisations,
)

DOORS: Final = Limit("convention_door", TRIES_A_DAY, 86_400)


def version_to_read(session: Session, number: str) -> SigningRow:
    """The version that a round published. Raises Missing."""
    row = signing_by_number(session, clean_number(number) or "")
    if row is None:
        raise Missing
    return row


def version_to_sign(session: Session, number: str, now: datetime) -> SigningRow:
    """The same, if it can be signed: only what was published last, and has not ended."""
    row = version_to_read(session, number)
    why = row.why_shut(city_day(now, instance_of(session).city.zone))
    if why is not None:
        raise Refused(why, facts={"day": row.ended_on})
    return row


def household_hash(session: Session, row: SigningRow, *said: str) -> str:
    """A door of one version, or a name and a door: it says nothing without the secret, and is the
    same under no other version."""
    told = "\n".join((str(row.id), *said))
    return instance_of(session).vault.keyed_hash("convention/household", told)


def units_of(session: Session, actor: Actor, now: datetime) -> list[OrganisationRow]:
    """The units that stand for which somebody speaks: they can sign."""
    today = city_day(now, instance_of(session).city.zone)
    return standing_organisations(session, _spoken_for(session, actor), today)


def _spoken_for(session: Session, actor: Actor) -> set[UUID]:
    """The units for which somebody speaks, by her post or by a bond that the ledger knows of; those
    that ended too, whose signatures her own took over."""
    if actor.person_id is None:
        return set()
    ids = {grant.organisation_id for grant in actor.grants if grant.organisation_id is not None}
    return ids | {bond.organisation_id for bond in bonds_of(session, actor.person_id)}


def sign_version(
    session: Session, actor: Actor, number: str, wish: SignWish, *, now: datetime
) -> str:
    """Sign, for oneself or for others; the number of the signature. Raises Conflict when it was
    signed already, Counted when the door was."""
    person_id = _me(actor)
    row = version_to_sign(session, number, now)
    flaw = why_not_sign(wish)
    if flaw is not None:
        raise Refused(flaw[0], field=flaw[1])
    of_signer = _of_signer(session, actor, row, wish, now)
    given = wish.signer, of_signer.get("organisation_id")
    refuse_contested(session, row.id, person_id, *given, named=wish.named)
    values: dict[str, Any] = {
        "id": new_id(), "version_id": row.id, "signer": wish.signer, "way": SignWay.SCREEN,
        "person_id": person_id, "signed_at": now, "named_at": now if wish.named else None,
        **of_signer,
    }  # fmt: skip
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    added = dialect.insert(SignOn).values(**values).on_conflict_do_nothing()
    signed = session.scalar(added.returning(SignOn.number))
    taken = None if signed else _taken(session, row, person_id, wish.signer)
    # the one before may have been ended in this moment: that is seen only now, and not earlier
    # than that she has none any more
    refuse_contested(session, row.id, person_id, *given, named=wish.named)
    if taken is not None:
        raise taken
    return str(signed)


def refuse_contested(
    session: Session, version_id: UUID, person_id: UUID, signer: Signer, unit_id: UUID | None, *,
    named: bool,
) -> None:  # fmt: skip
    """What the committee ended is not given again by the same account, and a name that it hid is
    not shown again, until it lets her. Another of the household or the unit, and paper, are free.
    """
    known = contested_of(session, version_id, person_id)
    if (ContestAct.WITHDRAW, signer, unit_id) in known:
        raise Refused(SignRefusal.CONTESTED)
    if named and known:
        raise Refused(SignRefusal.NAME_HIDDEN, field="named")


def _me(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise Forbidden
    return actor.person_id


def _of_signer(
    session: Session, actor: Actor, row: SigningRow, wish: SignWish, now: datetime
) -> dict[str, Any]:
    """What is kept of whom. A name only if it is to be shown, a door as a hash and sealed."""
    vault, name = instance_of(session).vault, " ".join(wish.name.split())
    found: dict[str, Any] = {"sealed_name": vault.seal(name) if wish.named and name else None}
    if wish.signer is Signer.HOUSEHOLD:
        if take(session, [(DOORS, str(actor.person_id))], now=now) is not None:
            raise Refused(SignRefusal.TOO_MANY, field="door")
        found["household_hash"] = household_hash(session, row, door_key(wish.door))
        found["sealed_household"] = vault.seal(" ".join(wish.door.split()))
    if wish.signer is Signer.UNIT:
        units = {unit.code: unit for unit in units_of(session, actor, now)}
        if wish.unit not in units:
            raise Refused(SignRefusal.NO_UNIT, field="unit")
        unit = units[wish.unit]
        found["organisation_id"] = unit.id
        found["sealed_name"] = vault.seal(unit.names["zh_Hans"]) if wish.named else None
    return found


def _taken(session: Session, row: SigningRow, person_id: UUID, signer: Signer) -> Refused:
    if signer is Signer.UNIT:
        return Conflict(SignRefusal.UNIT_SIGNED)
    if signed_as(session, row.id, person_id, signer):
        return Conflict(SignRefusal.SIGNED)
    # the try stays counted: otherwise doors could be tried one after the other
    return Counted(SignRefusal.HOUSEHOLD_SIGNED, field="door")


def own_signature(session: Session, actor: Actor, number: str, *, lock: bool = False) -> SignOnRow:
    """A signature of somebody's own, or of a unit for which she acts now, whoever gave it. Raises
    Missing for any other."""
    row = sign_on_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or actor.person_id is None or not _hers(session, actor, row):
        raise Missing
    return row


def _hers(session: Session, actor: Actor, row: SignOnRow) -> bool:
    if row.organisation_id is None:
        return row.person_id == actor.person_id
    return row.organisation_id in _spoken_for(session, actor)


def own_signatures(session: Session, actor: Actor, *, on: UUID | None = None) -> list[SignOnRow]:
    """All of these; ``on``: under one version."""
    if actor.person_id is None:
        return []
    return sign_ons_by(session, actor.person_id, _spoken_for(session, actor), on=on)


def withdraw_signature(session: Session, actor: Actor, number: str, *, now: datetime) -> None:
    """Take a signature back, without a reason: her name goes at once, and with her own signature
    her yes to be held to it (L5)."""
    end_signature(session, own_signature(session, actor, number, lock=True), now=now)


def end_signature(session: Session, row: SignOnRow, *, now: datetime) -> None:
    """End a locked signature with all that hangs on it. Raises Conflict when it has ended."""
    statement = (
        update(SignOn)
        .where(SignOn.id == row.id, SignOn.withdrawn_at.is_(None))
        .values(withdrawn_at=now, named_at=None, sealed_name=None)
    )
    if not changed_rows(session, statement):
        raise Conflict(SignRefusal.WITHDRAWN)
    if row.signer is Signer.PERSON and row.person_id is not None:
        end_marked_yes(session, row.on, row.person_id, now=now)


def show_name(
    session: Session, actor: Actor, number: str, name: str, *, show: bool, now: datetime
) -> None:
    """Let one's name be read under a version, or not any more. What is not shown is not kept."""
    row = own_signature(session, actor, number, lock=True)
    if not row.stands:
        raise Conflict(SignRefusal.WITHDRAWN)
    shown = " ".join(name.split())
    if row.organisation_id is not None:
        # of a unit its registered name and no other
        shown = organisations_by_ids(session, {row.organisation_id})[row.organisation_id].names[
            "zh_Hans"
        ]
    if show and not shown:
        raise Refused(SignRefusal.NO_NAME, field="name")
    if show and (row.contested or contested_of(session, row.version_id, _me(actor))):
        raise Refused(SignRefusal.NAME_HIDDEN, field="named")
    name_shown(session, row, shown if show else None, now=now)


def name_shown(session: Session, row: SignOnRow, name: str | None, *, now: datetime) -> None:
    """Show a name under a locked signature, or none."""
    sealed = instance_of(session).vault.seal(name) if name else None
    values = {"named_at": now if name else None, "sealed_name": sealed}
    session.execute(update(SignOn).where(SignOn.id == row.id).values(values))
