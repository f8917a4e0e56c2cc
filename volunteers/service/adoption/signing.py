"""Both sides sign the model text; a hash of what was agreed is sealed in the ledger."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import update
from sqlalchemy.orm import Session

from credit.rules.canonical import Json, canonical
from credit.rules.kinds import Kind
from credit.service import Details, Rejected, seal_statement
from portal.accounts.rules import Actor
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from volunteers.models.adoption import AdoptionAgreement, AdoptionMember, AdoptionPlaque
from volunteers.queries.adoption.adoptions import (
    AdoptionRow,
    MemberRow,
    members_of,
)
from volunteers.queries.adoption.care import ModelRow, model_now, model_of
from volunteers.queries.adoption.plots import PlotRow
from volunteers.rules.adoption.life import Role, Step, Who
from volunteers.rules.adoption.lists import adoption_forms
from volunteers.rules.adoption.refusals import AdoptionRefusal
from volunteers.rules.adoption.thresholds import (
    gets_plaque,
    months_after,
    named_until,
    why_no_name,
)
from volunteers.service.adoption.agreements import text_digest
from volunteers.service.adoption.checking import forbid_own
from volunteers.service.adoption.found import adoption_here, led_adoption, plot_of
from volunteers.service.adoption.moving import move, subject_of
from volunteers.service.adoption.notices import tell_adopters
from volunteers.service.adoption.settings import settings_of, today_of

MOST_NAME = 40
SALT_BYTES = 16


@dataclass(frozen=True)
class Signature:
    """What the adopter types. ``public_name`` empty: she is not shown anywhere."""

    name: str
    version: int
    public_name: str = ""


def _clean(name: str) -> str:
    found = " ".join(name.split())[:MOST_NAME]
    if not found:
        raise Refused(AdoptionRefusal.NO_SIGNATURE, field="name")
    return found


def sign(
    session: Session, actor: Actor, number: str, signature: Signature, *, now: datetime
) -> None:
    """The lead signs the newest text, signed in and by typing her name."""
    row, member = led_adoption(session, actor, number)
    if member is None:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    model = _newest(session, signature)
    move(session, row, Step.SIGN, Who.ADOPTER, now=now, model_version=model.version, signed_at=now)
    _keep(session, member, signature, now)


def ask_renewal(
    session: Session, actor: Actor, number: str, signature: Signature, *, now: datetime
) -> None:
    """Before its last day the lead signs the newest text for another term."""
    row, member = led_adoption(session, actor, number)
    if member is None or row.ends_on is None:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    opens = row.ends_on - timedelta(days=settings_of(session).renew_days)
    if today_of(session, now) < opens:
        raise Refused(AdoptionRefusal.TOO_EARLY, facts={"day": opens.isoformat()})
    model = _newest(session, signature)
    move(
        session, row, Step.ASK_RENEWAL, Who.ADOPTER, now=now, model_version=model.version,
        renewal_asked_at=now, signed_at=now,
    )  # fmt: skip
    _keep(session, member, signature, now)


def _newest(session: Session, signature: Signature) -> ModelRow:
    _clean(signature.name)
    model = model_now(session)
    if model is None:
        raise Missing
    if model.version != signature.version:
        raise Conflict(AdoptionRefusal.TEXT_CHANGED)
    return model


def _keep(session: Session, member: MemberRow, signature: Signature, now: datetime) -> None:
    vault, public = instance_of(session).vault, " ".join(signature.public_name.split())[:MOST_NAME]
    session.execute(
        update(AdoptionMember)
        .where(AdoptionMember.id == member.id)
        .values(
            sealed_signature=vault.seal(_clean(signature.name)),
            signed_at=now,
            sealed_public_name=vault.seal(public) if public else None,
        )
    )


@dataclass(frozen=True)
class ForTheCity:
    """Who signs for the city, and whether the plot may bear the name that was wished."""

    name: str
    grant_name: bool = False


def countersign(
    session: Session, actor: Actor, number: str, given: ForTheCity, *, now: datetime
) -> None:
    """The city signs: the agreement is in force from today, sealed, with a plaque if it is due."""
    row, lead, plot = _to_countersign(session, actor, number)
    today = today_of(session, now)
    ends = months_after(today, settings_of(session).term_months)
    _seal(session, row, lead, plot, given, (today, ends), now)
    values = {
        "countersigned_by": actor.person_id,
        "countersigned_at": now,
        "starts_on": today,
        "ends_on": ends,
        "named_until": _named(session, row, plot, given, today),
    }
    move(
        session, row, Step.COUNTERSIGN, Who.DESK, now=now, actor=actor,
        reason=_clean(given.name), **values,
    )  # fmt: skip
    if gets_plaque(plot.square_metres, settings_of(session)):
        session.add(AdoptionPlaque(adoption_id=row.id, plot_id=row.plot_id, made_at=now))
    tell_adopters(session, row, "adoption.in_force", {"day": ends.isoformat()}, now)


def renew(session: Session, actor: Actor, number: str, given: ForTheCity, *, now: datetime) -> None:
    """The city signs again: another term from the day after the last one."""
    row, lead, plot = _to_countersign(session, actor, number)
    if row.renewal_asked_at is None or row.ends_on is None:
        raise Refused(AdoptionRefusal.NOT_ASKED)
    starts = row.ends_on + timedelta(days=1)
    ends = months_after(starts, settings_of(session).term_months)
    _seal(session, row, lead, plot, given, (starts, ends), now)
    move(
        session, row, Step.RENEW, Who.DESK, now=now, actor=actor, reason=_clean(given.name),
        ends_on=ends, renewal_asked_at=None, countersigned_by=actor.person_id,
        countersigned_at=now,
    )  # fmt: skip
    tell_adopters(session, row, "adoption.in_force", {"day": ends.isoformat()}, now)


def _to_countersign(
    session: Session, actor: Actor, number: str
) -> tuple[AdoptionRow, MemberRow, PlotRow]:
    row = adoption_here(session, actor, number, lock=True)
    members = members_of(session, [row.id]).get(row.id, [])
    forbid_own(actor, {member.person_id for member in members})
    lead = next((member for member in members if member.role is Role.LEAD), None)
    if lead is None or lead.signed_at is None:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    return row, lead, plot_of(session, row)


def _named(
    session: Session, row: AdoptionRow, plot: PlotRow, given: ForTheCity, today: date
) -> date | None:
    """Until when the plot bears the wished name: the rule is looked at again when it is signed."""
    if not given.grant_name or not row.plot_name:
        return None
    settings = settings_of(session)
    form = adoption_forms()[row.form]
    why = why_no_name(form, plot.square_metres, row.cost_percent, settings)
    if why is not None:
        facts = {"metres": settings.name_square_metres, "percent": settings.name_cost_percent}
        raise Refused(why, field="grant_name", facts=facts)
    return named_until(today, settings)


def _seal(
    session: Session,
    row: AdoptionRow,
    lead: MemberRow,
    plot: PlotRow,
    given: ForTheCity,
    term: tuple[date, date],
    now: datetime,
) -> None:
    """Seal what was agreed by its hash. A salt is part of it, so that nobody finds it by guessing.
    What was hashed is kept sealed for her who signed and for the city, so that both can prove it,
    also when another leads or a later one holds; it goes when she is erased, and the hash then
    leads to nobody."""
    model = model_of(session, row.model_version)
    if model is None:
        raise Conflict(AdoptionRefusal.MOVED_ON)
    salt = secrets.token_hex(SALT_BYTES)
    content: dict[str, Json] = {
        "adoption": row.number, "plot": plot.register_number, "form": row.form,
        "version": model.version, "text": text_digest(model), "adopter": lead.signature,
        "city": _clean(given.name), "signed_at": str(row.signed_at), "at": now.isoformat(),
        "from": term[0].isoformat(), "until": term[1].isoformat(), "salt": salt,
    }  # fmt: skip
    agreed = canonical(content)
    digest = sha256(agreed).digest()
    outcome = seal_statement(
        session, district=row.district, entry_id=new_id(), kind=Kind.AGREEMENT_SIGNED,
        digest=digest, details=Details(subject_of(row.number)), now=now,
    )  # fmt: skip
    if isinstance(outcome, Rejected):
        # the ledger stands still: the signature waits with it
        raise Conflict(outcome.code)
    session.add(
        AdoptionAgreement(
            adoption_id=row.id, at=now, digest=digest.hex(), signer_id=lead.person_id,
            sealed_text=instance_of(session).vault.seal(agreed.decode()),
        )
    )  # fmt: skip
