"""What follows a breach: a case for whoever tidies up, and a proposal for the ledger.

Both in the transaction of the caller, with the step that says so. The ledger's own due process
decides: this only proposes (L11), for a shop that is an organisation of the register, once the
breach was recorded and its appeal window is over (L7). A case comes from an inspection.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from credit.service.process.gates import GATES, Gates
from credit.service.process.proposing import ProposalWish, propose
from pledges.models import Breach
from pledges.queries.breaches import BreachRow, speaker_of
from pledges.queries.inspections import DoorRow, doors_by_ids
from pledges.rules.breaches import BreachRefusal, BreachStep, appeal_until, edge_for
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.signing import Who
from pledges.service.answers import last_notice
from pledges.service.breaches import locked_breach, take_step
from pledges.service.days import today_of
from pledges.service.steps import move
from portal.accounts.rules import Actor
from portal.areas.queries import area_by_id
from portal.kernel.errors import Conflict, Missing, Refused
from portal.organisations.queries import organisation
from portal.reports.queries.categories import category_on
from portal.reports.rules.codes import Source
from portal.reports.rules.intake import Contact, ReportAnswers
from portal.reports.service.intake import file_report


@dataclass(frozen=True)
class CaseWish:
    """As which kind of problem it is reported, in words for whoever handles it."""

    category: str
    words: str


@dataclass(frozen=True)
class ConductWish:
    """What is proposed about the shop: under which rule and basis."""

    rule_code: str
    basis: str
    act: str


def follow_up(
    session: Session,
    actor: Actor,
    number: str,
    *,
    case: CaseWish | None = None,
    conduct: ConductWish | None = None,
    language: str,
    now: datetime,
    gates: Gates = GATES,
) -> BreachRow:
    """Open a case, propose a conduct entry, or both; nothing of it when one is refused."""
    if case is None and conduct is None:
        raise Refused(BreachRefusal.NOTHING_CHOSEN)
    row = locked_breach(session, actor, number)
    door = doors_by_ids(session, [row.premises_id])[row.premises_id]
    if conduct is not None:
        _propose(session, actor, row, door, conduct, now, gates)
    if case is not None:
        _open_case(session, actor, row, door, case, language, now)
    return row


def hand_over(
    session: Session,
    actor: Actor,
    number: str,
    reason: str,
    *,
    case: CaseWish | None = None,
    conduct: ConductWish | None = None,
    language: str,
    now: datetime,
    gates: Gates = GATES,
) -> None:
    """Hand what was not put right for long to whoever enforces the law (R044), with a case, a
    proposal, both or neither: all of it, or nothing when one is refused."""
    if case is not None or conduct is not None:
        follow_up(
            session, actor, number, case=case, conduct=conduct, language=language, now=now,
            gates=gates,
        )  # fmt: skip
    take_step(session, actor, number, BreachStep.HAND_OVER, reason, now=now)


def _open_case(
    session: Session,
    actor: Actor,
    row: BreachRow,
    door: DoorRow,
    wish: CaseWish,
    language: str,
    now: datetime,
) -> None:
    if row.case_number is not None:
        raise Conflict(BreachRefusal.CASE_THERE)
    kind = category_on(session, wish.category, today_of(session, now))
    if kind is None:
        raise Refused(BreachRefusal.NO_CATEGORY, field="category")
    if not wish.words.strip():
        raise Refused(BreachRefusal.NO_WORDS, field="words")
    area = area_by_id(session, door.area_id)
    if area is None:
        raise Missing
    move(session, row, BreachStep.OPEN_CASE, Who.STAFF, now=now, actor=actor)
    answers = ReportAnswers(
        photo_answered=True, area_code=area.code, lon=door.lon, lat=door.lat,
        place_words=f"{door.road}{door.door}", category_code=kind.code, words=wish.words.strip(),
        words_answered=True, contact=Contact.ACCOUNT, language=language,
        # matters aimed at a shop show no words of anybody (P5)
        publish=None if kind.protected else False,
    )  # fmt: skip
    filed = file_report(session, answers, actor=actor, source=Source.PLEDGE_INSPECTION, now=now)
    _remember(session, row, case_number=filed.number)


def _propose(
    session: Session,
    actor: Actor,
    row: BreachRow,
    door: DoorRow,
    wish: ConductWish,
    now: datetime,
    gates: Gates,
) -> None:
    if row.matter_number is not None:
        raise Conflict(BreachRefusal.CONDUCT_THERE)
    if edge_for(row.state, BreachStep.PROPOSE_CONDUCT) is None:
        raise Conflict(
            PledgeRefusal.MOVED_ON if row.ended_at is not None else BreachRefusal.NOT_RECORDED
        )
    until = appeal_until(today_of(session, last_notice(session, row)))
    if today_of(session, now) <= until:
        raise Refused(BreachRefusal.TOO_EARLY, facts={"day": until.isoformat()})
    organisation_id = speaker_of(session, row).organisation_id
    shop = organisation(session, organisation_id) if organisation_id else None
    if shop is None:
        raise Refused(BreachRefusal.NO_ORGANISATION)
    move(session, row, BreachStep.PROPOSE_CONDUCT, Who.STAFF, now=now, actor=actor)
    matter = propose(
        session, row.district,
        ProposalWish(
            subject=shop.code, rule_code=wish.rule_code, basis=wish.basis, act=wish.act,
            place=f"{door.road}{door.door}", happened_at=row.opened_at,
            source=f"pledge/{row.number}",
        ),
        actor=actor, now=now, gates=gates,
    )  # fmt: skip
    _remember(session, row, matter_number=matter)


def _remember(session: Session, row: BreachRow, **numbers: str) -> None:
    session.execute(
        update(Breach).where(Breach.district == row.district, Breach.id == row.id).values(**numbers)
    )
