"""Filing a report: routed by its place, with a promise, a receipt and its first step of history."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow, area_by_code, locate
from portal.kernel.clock import city_day
from portal.kernel.errors import Refused
from portal.kernel.ids import hash_token, new_id, new_lookup_code, new_number, new_token
from portal.kernel.instance import instance_of
from portal.kernel.phones import clean_mobile
from portal.kernel.ratelimit import Limit, take
from portal.kernel.uploads import KeptPhotos, UploadRow, take_uploads
from portal.reports.models import Case, CaseEvent, CasePhoto, CaseReporter, CaseText
from portal.reports.queries.case import case_by_id
from portal.reports.queries.categories import category_on
from portal.reports.rules.categories import CategoryRow
from portal.reports.rules.codes import (
    Event,
    PhotoKind,
    Relation,
    Review,
    Source,
    State,
    TextKind,
)
from portal.reports.rules.deadlines import Promise
from portal.reports.rules.intake import (
    MOST_PLACE_WORDS,
    MOST_PROGRAM_WORDS,
    MOST_WORDS,
    Contact,
    IntakeRefusal,
    ReportAnswers,
    Step,
    district_of,
    what_is_missing,
)
from portal.reports.rules.kinds import BEHAVIOUR, hazard_limit
from portal.reports.rules.limits import Limit as TimeLimit
from portal.reports.rules.masking import masked, proposed
from portal.reports.rules.reasons import Reason
from portal.reports.rules.receipts import lookup_hash
from portal.reports.service.alerts import raise_alert
from portal.reports.service.answers import checked_answers, keep_answers, says_hazard
from portal.reports.service.contracts import link_contract
from portal.reports.service.drafts import DraftRow, claim_draft, keep_receipt
from portal.reports.service.limits import limit_at, limit_columns, promise_columns, promise_for
from portal.reports.service.notices import tell_grid
from portal.reports.service.protection import protect_first
from portal.reports.service.publishing import publish_at_once
from portal.reports.service.receipts import send_receipt
from portal.reports.service.search import index_case
from portal.reports.service.steps import file_facts

HOUR, DAY = 3600, 86_400
PER_ADDRESS, PER_PERSON = 30, 50


@dataclass(frozen=True)
class Filed:
    """The receipt. Look-up code and token exist here only: the case has their hashes."""

    number: str
    lookup_code: str
    token: str
    promised_at: datetime | None
    promised_days: int | None


@dataclass(frozen=True)
class _Facts:
    """Everything that decides a new case, looked up."""

    answers: ReportAnswers
    actor: Actor
    area: AreaRow
    category: CategoryRow
    limit: TimeLimit
    promise: Promise
    verified: bool
    now: datetime
    extra: Mapping[str, str]
    urgent: bool

    @property
    def kept_inside(self) -> bool:
        """What was seen of somebody's behaviour is never public (R259)."""
        return self.category.code == BEHAVIOUR

    @property
    def person_known(self) -> bool:
        """Whether the report hangs on the account of whoever is signed in."""
        return self.actor.signed_in and self.answers.contact is Contact.ACCOUNT


def slow_floods(session: Session, actor: Actor, address: str, now: datetime) -> None:
    """Count one report against its address, or against its account. Raises Refused when full."""
    thresholds = instance_of(session).city.thresholds
    per_address = int(thresholds.get("reports_per_address_and_hour", PER_ADDRESS))
    per_person = int(thresholds.get("reports_per_person_and_day", PER_PERSON))
    tries = [(Limit("report_address_hour", per_address, HOUR), address)]
    if actor.person_id is not None:
        tries = [(Limit("report_person_day", per_person, DAY), actor.person_id.hex)]
    again = take(session, tries, now=now)
    if again is not None:
        minutes = math.ceil((again - now).total_seconds() / 60)
        raise Refused(IntakeRefusal.TOO_MANY, facts={"minutes": minutes})


def file_draft(
    session: Session, draft: DraftRow, seen: int, *, actor: Actor, address: str, now: datetime
) -> Filed:
    """Send what a draft holds. Of two who try at once one files it, the other gets Conflict."""
    claim_draft(session, draft, seen, now)
    slow_floods(session, actor, address, now)
    filed = file_report(session, draft.answers, actor=actor, owner=draft.owner, now=now)
    receipt = {"number": filed.number, "code": filed.lookup_code, "token": filed.token}
    keep_receipt(session, draft, filed.number, json.dumps(receipt), now)
    return filed


def file_report(
    session: Session,
    answers: ReportAnswers,
    *,
    actor: Actor,
    now: datetime,
    owner: str = "",
    source: Source = Source.RESIDENT,
) -> Filed:
    """Make a case of some answers. ``owner`` is whose the named uploads are. Raises Refused."""
    _check_lengths(answers, source)
    facts = _look_up(session, answers, actor, now)
    photos = take_uploads(session, KeptPhotos(owner, answers.photos), now)
    case = _add_case(session, facts, source)
    filed = Filed(case.number, new_lookup_code(), new_token(), case.promised_at, case.promised_days)
    event = CaseEvent(
        district=case.district, id=new_id(), case_id=case.id, at=now, event=Event.REPORT,
        to_state=State.REPORTED, cycle=1, public=True,
    )  # fmt: skip
    reporter = _reporter(session, facts, case, filed)
    session.add_all([event, reporter, *_texts(facts, case, event), *_photos(facts, case, photos)])
    # the messages and the index read the case from the database
    session.flush()
    _announce(session, facts, case, reporter)
    return filed


def _look_up(session: Session, answers: ReportAnswers, actor: Actor, now: datetime) -> _Facts:
    missing = what_is_missing(answers)
    if missing:
        step, refusal = missing[0]
        raise Refused(refusal, field=step.value)
    if answers.contact is Contact.ACCOUNT and not actor.signed_in:
        raise Refused(IntakeRefusal.NO_CONTACT, field=Step.CONTACT)
    zone = instance_of(session).city.zone
    day = city_day(now, zone)
    area = _area(session, answers)
    category = category_on(session, answers.category_code or "", day)
    if category is None:
        raise Refused(IntakeRefusal.UNKNOWN_CATEGORY, field=Step.WHAT)
    extra = checked_answers(session, category.code, answers.extra, now)
    limit = limit_at(session, category.code, area.path, day)
    urgent = category.urgent or says_hazard(category.code, extra)
    if urgent and not category.urgent:
        limit = hazard_limit(limit)
    return _Facts(
        answers=answers,
        actor=actor,
        area=area,
        category=category,
        limit=limit,
        promise=promise_for(session, limit, now),
        verified=_is_verified(session, actor, answers),
        now=now,
        extra=extra,
        urgent=urgent,
    )


def _check_lengths(answers: ReportAnswers, source: Source) -> None:
    longest = MOST_PROGRAM_WORDS if source is Source.OPEN311 else MOST_WORDS
    if len(answers.words) > longest:
        raise Refused(IntakeRefusal.LONG_WORDS, field=Step.DETAILS, facts={"most": longest})
    if len(answers.place_words) > MOST_PLACE_WORDS:
        most = {"most": MOST_PLACE_WORDS}
        raise Refused(IntakeRefusal.LONG_PLACE_WORDS, field=Step.DETAILS, facts=most)


def _area(session: Session, answers: ReportAnswers) -> AreaRow:
    """The place that was chosen: open, and the point (if any) inside the city."""
    area = area_by_code(session, answers.area_code or "")
    if area is None or area.valid_to is not None:
        raise Refused(IntakeRefusal.UNKNOWN_PLACE, field=Step.PLACE)
    if answers.point is not None and locate(session, *answers.point) is None:
        raise Refused(IntakeRefusal.OUTSIDE_CITY, field=Step.PLACE)
    return area


def _is_verified(session: Session, actor: Actor, answers: ReportAnswers) -> bool:
    """Whether the report hangs on an account whose phone was proved."""
    if actor.person_id is None or answers.contact is not Contact.ACCOUNT:
        return False
    verified_at = session.scalar(
        select(Person.phone_verified_at).where(Person.id == actor.person_id)
    )
    return verified_at is not None


def _add_case(session: Session, facts: _Facts, source: Source) -> Case:
    answers, category = facts.answers, facts.category
    case = Case(
        district=district_of(facts.area.path),
        id=new_id(),
        number=new_number(),
        category_code=category.code,
        state=State.REPORTED,
        cycle=1,
        version=1,
        source=source,
        area_id=facts.area.id,
        place_path=facts.area.path,
        lon=answers.lon,
        lat=answers.lat,
        urgent=facts.urgent,
        # a hazard may be somebody's doing: its reporter is always hidden from the unit (R023)
        sealed=answers.sealed or facts.urgent or facts.kept_inside,
        listed=facts.verified and not facts.urgent and not facts.kept_inside,
        **limit_columns(facts.limit),
        **promise_columns(facts.promise),
        found_at=facts.now,
        updated_at=facts.now,
        times_returned=0,
        times_sent_back=0,
        times_urged=0,
    )
    session.add(case)
    # history, words, photos, answers and people refer to it
    session.flush()
    keep_answers(session, case.district, case.id, category.code, facts.extra)
    path, found_at = case.place_path, facts.now
    link_contract(session, case.district, case.id, path, category.code, found_at)
    return case


def _reporter(session: Session, facts: _Facts, case: Case, filed: Filed) -> CaseReporter:
    """Whoever reported, sealed. The pseudonym outlives the rest (law N1)."""
    vault = instance_of(session).vault
    answers = facts.answers
    phone = clean_mobile(answers.phone) if answers.contact is Contact.PHONE else None
    if answers.contact is Contact.PHONE and phone is None:
        raise Refused(IntakeRefusal.BAD_PHONE, field=Step.CONTACT)
    person_id = facts.actor.person_id if facts.person_known else None
    who = f"person:{person_id}" if person_id else f"phone:{phone}"
    return CaseReporter(
        district=case.district,
        id=new_id(),
        case_id=case.id,
        person_id=person_id,
        relation=Relation.FIRST,
        pseudonym=vault.keyed_hash("pseudonym", who) if person_id or phone else None,
        sealed_phone=vault.seal(phone) if phone else None,
        phone_hash=vault.keyed_hash("phone", phone) if phone else None,
        verified=facts.verified,
        lookup_hash=lookup_hash(vault, case.number, filed.lookup_code),
        token_hash=hash_token(filed.token),
        language=answers.language,
        created_at=facts.now,
    )


def _review(facts: _Facts) -> tuple[Review, str | None]:
    """Nothing is public before a check, and nothing ever without the reporter's agreement."""
    if facts.answers.publish:
        return Review.PENDING, None
    return Review.WITHHELD, Reason.NOT_AGREED.value


def _texts(facts: _Facts, case: Case, event: CaseEvent) -> list[CaseText]:
    review, reason = _review(facts)
    written = (
        (TextKind.DESCRIPTION, facts.answers.words),
        (TextKind.PLACE, facts.answers.place_words),
    )
    return [
        CaseText(
            district=case.district,
            case_id=case.id,
            event_id=event.id,
            kind=kind,
            # whoever is reported for a behaviour: her numbers are not even kept
            text=masked(text) if facts.kept_inside else text,
            public_text=proposed(text) if review is Review.PENDING else None,
            review=review,
            review_reason=reason,
            by_reporter=True,
            created_at=facts.now,
        )
        for kind, text in written
        if text
    ]


def _photos(facts: _Facts, case: Case, photos: Sequence[UploadRow]) -> list[CasePhoto]:
    review, reason = _review(facts)
    return [
        CasePhoto(
            district=case.district,
            code=new_token(),
            case_id=case.id,
            kind=PhotoKind.BEFORE,
            **file_facts(photo),
            review=review,
            review_reason=reason,
            by_reporter=True,
            cycle=1,
            created_at=facts.now,
        )
        for photo in photos
    ]


def _announce(session: Session, facts: _Facts, case: Case, reporter: CaseReporter) -> None:
    """The public's index, those who answer first for the place, and the receipt by message."""
    row = case_by_id(session, case.district, case.id)
    if row is None:
        raise RuntimeError("the case that was just written is not there")
    publish_at_once(session, row, facts.category, verified=facts.verified, now=facts.now)
    if row.listed:
        index_case(session, row)
    phone = facts.answers.phone if reporter.sealed_phone else None
    answered = bool(facts.extra)
    protect_first(session, row, reporter.person_id, phone, answered=answered, now=facts.now)
    # of a new illegal building the street hears too, at once and in other words
    if not facts.kept_inside and not raise_alert(session, row, now=facts.now):
        tell_grid(session, row, now=facts.now)
    send_receipt(session, row, reporter, language=facts.answers.language, now=facts.now)
