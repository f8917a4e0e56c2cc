"""Entry, warning, suspension and exit of service companies, and how they are heard (R250)."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from credit.rules.canonical import Json, canonical
from credit.rules.kinds import Kind
from credit.service import Details, Rejected, seal_statement
from portal.accounts.queries import people_holding, phones_of
from portal.accounts.rules import Actor, Permission
from portal.kernel.audit import note_action
from portal.kernel.city import City
from portal.kernel.clock import city_day
from portal.kernel.config import BadSetting
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from portal.organisations.queries import OrganisationRow
from portal.organisations.rules import CompanyStanding
from portal.organisations.service import set_standing
from portal.reports.models import CompanyStep
from portal.reports.queries.companies import MODELS, CompanyRow, HearingRow, StepRow, company
from portal.reports.rules.companies import (
    ADVERSE,
    LONGEST_BASIS,
    MOST_WORDS,
    NEXT,
    CompanyRefusal,
    Matter,
    Outcome,
    why_not_say,
    why_not_settle,
)
from portal.reports.rules.company_limits import CompanyLimits, limits_from
from portal.reports.rules.intake import district_of
from portal.reports.rules.masking import for_public
from portal.reports.rules.transitions import holds

SUPERVISE, VERIFY = Permission.REPORT_SUPERVISE, Permission.REPORT_VERIFY


def limits_of(session: Session) -> CompanyLimits:
    """How long companies are heard in this city."""
    return limits_from(instance_of(session).city.thresholds)


def check_company_limits(city: City) -> None:
    """Stop the start when the city file says what cannot be meant."""
    try:
        limits_from(city.thresholds)
    except ValueError as error:
        raise BadSetting("GONGZHI_CITY", f"thresholds that can be meant: {error}") from error


def speaks_for(actor: Actor, unit: OrganisationRow) -> bool:
    """Whether somebody speaks for a company: whoever handles its matters."""
    return unit.id in actor.organisations_for(Permission.REPORT_HANDLE)


def supervises(actor: Actor, unit: OrganisationRow) -> bool:
    """Whether somebody decides about a company: for its whole place, and never of its own."""
    reaches = holds(actor, SUPERVISE, unit.area_path or "/", None)
    return reaches and not speaks_for(actor, unit)


def inspects(actor: Actor, path: str) -> bool:
    """Whether somebody looks on the spot in a place: in all of it, or in some place of it."""
    places = (grant for grant in actor.grants if grant.permission is VERIFY)
    return any(
        grant.organisation_id is None
        and (
            grant.place_path is None
            or path.startswith(grant.place_path)
            or grant.place_path.startswith(path)
        )
        for grant in places
    )


def sees(actor: Actor, row: CompanyRow) -> bool:
    """Whether somebody reads what is said between the city and a company."""
    paths = [row.unit.area_path or "/", *(one.area_path for one in row.contracts if one.area_path)]
    looks = any(holds(actor, SUPERVISE, path, None) or inspects(actor, path) for path in paths)
    return speaks_for(actor, row.unit) or looks


def company_here(session: Session, code: str, actor: Actor) -> CompanyRow:
    """The company with a code, for those who may know more of it than everybody."""
    row = company(session, code)
    if row is None or not sees(actor, row):
        raise Missing
    return row


def words_of(words: str | None, field: str, missing: CompanyRefusal) -> str:
    """What was written, not too long. Raises Refused without words."""
    said = (words or "").strip()[:MOST_WORDS]
    if not said:
        raise Refused(missing, field=field)
    return said


# --- a step ---------------------------------------------------------------------------------------


def propose_step(
    session: Session,
    row: CompanyRow,
    after: CompanyStanding | None,
    *,
    reason: str | None,
    basis: str | None,
    actor: Actor,
    now: datetime,
) -> str:
    """Propose how a company shall stand; its number. Before a bad step it has days to answer."""
    unit = row.unit
    if not supervises(actor, unit):
        raise Forbidden
    if after is None or after not in NEXT[unit.standing]:
        raise Refused(CompanyRefusal.NO_STEP, field="after")
    said = words_of(reason, "reason", CompanyRefusal.NO_REASON)
    on_what = words_of(basis, "basis", CompanyRefusal.NO_BASIS)[:LONGEST_BASIS]
    adverse = after in ADVERSE
    step = CompanyStep(
        id=new_id(), number=new_number(), unit_id=unit.id, made_at=now, made_by=actor.person_id,
        answer_until=now + (limits_of(session).answer if adverse else timedelta(0)),
        before=unit.standing, after=after, reason=for_public(said), basis=on_what,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(step)
    except IntegrityError as error:
        raise Conflict(CompanyRefusal.STEP_OPEN) from error
    tell_company(session, unit, "company.step", step.number, now)
    note_company(session, actor, "company:propose", unit, now, reason=after.value)
    return step.number


def decide_step(
    session: Session,
    unit: OrganisationRow,
    step: StepRow,
    outcome: Outcome | None,
    *,
    words: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Take a proposed step or drop it, once; by another person than proposed it.

    What is taken holds from today on, is sealed in the ledger, and everybody reads it.
    """
    settle(
        session, Matter.STEP, unit, step, outcome, words=words, actor=actor, now=now,
        adverse=step.after in ADVERSE,
    )  # fmt: skip
    if outcome is not Outcome.STANDS:
        return
    today = city_day(now, instance_of(session).city.zone)
    # whoever gives it a matter at this moment is before this, or is refused
    set_standing(session, unit.id, step.before, step.after, since=today)
    digest = _seal(session, unit, step, today.isoformat(), now)
    changed_rows(
        session,
        update(CompanyStep).where(CompanyStep.id == step.id).values(since=today, digest=digest),
    )


def _seal(session: Session, unit: OrganisationRow, step: StepRow, since: str, now: datetime) -> str:
    """Everything of it is public and of a company, so anybody can compute the hash again."""
    content: dict[str, Json] = {
        "company": unit.code, "step": step.number, "standing": step.after.value,
        "before": step.before.value if step.before else "", "since": since,
        "reason": step.reason, "basis": step.basis,
    }  # fmt: skip
    digest = sha256(canonical(content)).digest()
    outcome = seal_statement(
        session, district=district_of(unit.area_path or "/"), entry_id=new_id(),
        kind=Kind.COMPANY_STANDING, digest=digest, details=Details(f"company:{unit.code}"), now=now,
    )  # fmt: skip
    if isinstance(outcome, Rejected):
        # the ledger stands still: the decision waits with it
        raise Conflict(outcome.code)
    return digest.hex()


# --- how a company is heard -----------------------------------------------------------------------


def say(
    session: Session,
    matter: Matter,
    unit: OrganisationRow,
    row: HearingRow,
    *,
    words: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """The company answers, once and in time; until it is settled that is said beside it."""
    if not speaks_for(actor, unit):
        raise Forbidden
    refusal = why_not_say(row, now)
    if refusal is not None:
        raise Refused(refusal)
    said = words_of(words, "words", CompanyRefusal.NO_WORDS)
    of = MODELS[matter]
    statement = update(of).where(of.id == row.id, of.said.is_(None), of.settled_at.is_(None))
    values = {"said": said, "said_at": now, "said_by": actor.person_id}
    if changed_rows(session, statement.values(**values)) != 1:
        raise Conflict(CompanyRefusal.SAID_ALREADY)
    note_company(session, actor, f"company:{matter.value}_answer", unit, now)


def settle(
    session: Session,
    matter: Matter,
    unit: OrganisationRow,
    row: HearingRow,
    outcome: Outcome | None,
    *,
    words: str | None,
    actor: Actor,
    now: datetime,
    adverse: bool = False,
    objected: bool = False,
) -> None:
    """Settle a hearing, once. Of two who do at the same moment the second is told so."""
    if speaks_for(actor, unit):
        raise Refused(CompanyRefusal.OF_THE_COMPANY)
    if not supervises(actor, unit):
        raise Forbidden
    refusal = why_not_settle(row, actor.person_id, now, adverse=adverse, objected=objected)
    if refusal is not None:
        raise Refused(refusal)
    if outcome is None:
        raise Refused(CompanyRefusal.NO_OUTCOME, field="outcome")
    of = MODELS[matter]
    values: dict[str, Any] = {
        "settled_at": now, "settled_by": actor.person_id, "outcome": outcome,
        "answer": words_of(words, "words", CompanyRefusal.NO_WORDS),
    }  # fmt: skip
    seen = of.said.is_(None) if row.said is None else of.said == row.said
    statement = update(of).where(of.id == row.id, of.settled_at.is_(None), seen)
    if changed_rows(session, statement.values(**values)) != 1:
        raise Conflict(CompanyRefusal.SETTLED)
    tell_company(session, unit, "company.settled", row.number, now)
    note_company(session, actor, f"company:{matter.value}_{outcome.value}", unit, now)


def tell_company(
    session: Session, unit: OrganisationRow, template: str, number: str, now: datetime
) -> None:
    """Tell those who speak for a company that something waits for them."""
    people = people_holding(session, Permission.REPORT_HANDLE, None, unit.id, now)
    phones = phones_of(session, [person.id for person in people])
    link = f"{instance_of(session).config.origin}/desk/companies/hearings/{number}"
    for person in people:
        if person.id in phones:
            post_message(
                session, channel=Channel.SMS, to=phones[person.id], template=template,
                facts={"link": link}, now=now, language=person.language,
                subject=f"company:{number}",
            )  # fmt: skip


def note_company(
    session: Session,
    actor: Actor,
    action: str,
    unit: OrganisationRow,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Write down who did what about a company."""
    by: UUID | None = actor.person_id
    subject = f"organisation:{unit.code}"
    note_action(session, at=now, actor_id=by, action=action, subject=subject, reason=reason)
