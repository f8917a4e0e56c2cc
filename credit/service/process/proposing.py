"""A proposal: one person, one act, her own basis, under the rule that counted then (L2, N2, N6)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from credit.models import Matter
from credit.queries.matters import BasisRow, basis_by_number, consents_to_basis
from credit.queries.rulebook import versions_of
from credit.queries.speakers import speakers_of
from credit.rules.process import BasisKind, MatterEvent, MatterRefusal, MatterState
from credit.rules.rulebook import Rule, RuleClass, rule_at
from credit.rules.sensitive import sensitive_words
from credit.rules.sources import is_volunteering, tidy_source
from credit.service.process.gates import GATES, Gates
from credit.service.process.moving import (
    current,
    end,
    keep_files,
    keep_text,
    note_step,
)
from credit.service.process.settings import settings_of, working_days_after
from credit.service.process.standing import ActingFor, acting_for, person_of
from portal.accounts.queries import age_band_of, person_by_number, person_by_phone
from portal.accounts.rules import Actor, AgeBand, Permission
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.errors import Forbidden, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of
from portal.kernel.phones import clean_mobile
from portal.kernel.uploads import KeptPhotos
from portal.organisations.queries import organisation_by_code
from portal.organisations.rules import OrganisationKind

LONGEST_WORDS: Final = 1000


@dataclass(frozen=True)
class ProposalWish:
    """What a proposer types. ``subject``: a person's phone or number, or a shop's code.

    ``overrule``: she has read the warning about words and keeps hers (L4).
    """

    subject: str
    rule_code: str
    basis: str
    act: str
    place: str
    happened_at: datetime
    source: str
    acting_for: str = ""
    overrule: bool = False
    files: KeptPhotos = field(default_factory=KeptPhotos)


@dataclass(frozen=True)
class _Subject:
    person_id: UUID | None = None
    shop_id: UUID | None = None


def propose(
    session: Session,
    district: str,
    wish: ProposalWish,
    *,
    actor: Actor,
    now: datetime,
    gates: Gates = GATES,
) -> str:
    """Propose a deduction; its number. The guard is not asked here but later, by a job, so that
    answer and time say nothing about the person (N1)."""
    if not actor.may(Permission.DEDUCTION_PROPOSE):
        raise Forbidden
    gates.check_on(session, district, now)
    unit = _unit(session, actor, wish.acting_for, now)
    _check_words(wish, now)
    subject = _subject(session, wish.subject, actor)
    rule = _rule(session, district, wish, actor)
    basis = checked_basis(session, district, wish.basis, subject.person_id, wish.happened_at)
    matter = Matter(
        id=new_id(), number=new_number(), district=district, state=MatterState.PROPOSED,
        subject_person_id=subject.person_id, subject_shop_id=subject.shop_id, basis_id=basis.id,
        rule_code=rule.code, rule_version=rule.version, amount=rule.points, repaired=0,
        happened_at=wish.happened_at, source=tidy_source(wish.source), proposer_id=person_of(actor),
        unit_id=unit.unit_id, unit_place=unit.place, proposed_at=now,
        confirm_by=working_days_after(session, now, settings_of(session).lapse_working_days),
    )  # fmt: skip
    session.add(matter)
    # the words, photos and steps refer to it
    session.flush()
    keep_text(session, matter.id, "act", wish.act.strip(), now)
    keep_text(session, matter.id, "place", wish.place.strip(), now)
    keep_files(session, matter.id, wish.files, now)
    note_step(session, matter.id, MatterEvent.PROPOSE, matter.state, matter.proposer_id, now)
    note_action(
        session, at=now, actor_id=actor.person_id, action="deduction:propose",
        subject=f"matter:{matter.number}", person_id=subject.person_id,
    )  # fmt: skip
    return matter.number


def _unit(session: Session, actor: Actor, key: str, now: datetime) -> ActingFor:
    """The unit or place that somebody proposes for: the one chosen, or her first."""
    units = {unit.key: unit for unit in acting_for(session, actor, now=now)}
    found = units.get(key) or next(iter(units.values()), None)
    if found is None:
        raise Refused(MatterRefusal.NO_UNIT)
    return found


def withdraw_proposal(session: Session, matter_id: UUID, *, actor: Actor, now: datetime) -> None:
    """The proposer takes it back before anybody has confirmed it."""
    row = current(session, matter_id, now)
    if row.proposer_id != actor.person_id:
        raise Forbidden
    end(session, row, MatterEvent.WITHDRAW, actor_id=actor.person_id, now=now)


def _check_words(wish: ProposalWish, now: datetime) -> None:
    if not wish.act.strip() or len(wish.act) > LONGEST_WORDS:
        raise Refused(MatterRefusal.NO_ACT, field="act")
    if wish.happened_at > now:
        raise Refused(MatterRefusal.NOT_YET, field="happened_at")
    if not wish.source.strip():
        raise Refused(MatterRefusal.NO_REASON, field="source")
    if is_volunteering(wish.source):
        raise Refused(MatterRefusal.VOLUNTEER_HOURS, field="source")
    found = sensitive_words(f"{wish.act} {wish.place}")
    if found and not wish.overrule:
        raise Refused(
            MatterRefusal.SENSITIVE_WORDS, field="overrule", facts={"words": "、".join(found)}
        )


def _subject(session: Session, typed: str, actor: Actor) -> _Subject:
    """One adult or one shop. A household, a building or a group is nobody (N2)."""
    phone, number = clean_mobile(typed), clean_number(typed)
    person = (
        person_by_phone(session, phone)
        if phone
        else person_by_number(session, number)
        if number
        else None
    )
    if person is not None:
        if person.id == actor.person_id:
            raise Refused(MatterRefusal.ONESELF, field="subject")
        # the same words for a child and for nobody: who is how old is not asked here (L1)
        if age_band_of(session, person.id) is AgeBand.ADULT:
            return _Subject(person_id=person.id)
        raise Refused(MatterRefusal.NO_SUBJECT, field="subject")
    shop = organisation_by_code(session, typed.strip().upper())
    if shop is None or shop.kind is not OrganisationKind.COMPANY or shop.valid_to is not None:
        raise Refused(MatterRefusal.NO_SUBJECT, field="subject")
    if actor.person_id in speakers_of(session, shop.id):
        raise Refused(MatterRefusal.ONESELF, field="subject")
    return _Subject(shop_id=shop.id)


def _rule(session: Session, district: str, wish: ProposalWish, actor: Actor) -> Rule:
    """The version that counted when it happened: nothing reaches back (N6)."""
    rule = rule_at(versions_of(session, district, wish.rule_code), wish.happened_at)
    if rule is None or rule.points == 0:
        raise Refused(MatterRefusal.NO_SUCH_RULE, field="rule_code")
    if rule.rule_class is not RuleClass.DEDUCTION:
        raise Refused(MatterRefusal.NOT_A_DEDUCTION, field="rule_code")
    if not rule.may_be_proposed_by(actor.roles):
        raise Refused(MatterRefusal.NOT_A_PROPOSER, field="rule_code")
    return rule


def checked_basis(
    session: Session, district: str, number: str, person_id: UUID | None, happened_at: datetime
) -> BasisRow:
    """A basis in force on the day of the act. A convention binds only who agreed herself: a
    household's signature binds nobody else, and no shop (L2)."""
    basis = basis_by_number(session, number)
    day = city_day(happened_at, instance_of(session).city.zone)
    if basis is None or basis.district != district or not basis.holds(day):
        raise Refused(MatterRefusal.NO_BASIS, field="basis")
    if basis.kind is BasisKind.CONVENTION and not (
        person_id and consents_to_basis(session, basis.id, person_id, happened_at)
    ):
        raise Refused(MatterRefusal.NO_BASIS_CONSENT, field="basis")
    return basis
