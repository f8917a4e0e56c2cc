"""Filing a report: routed by its place, with a promise, a receipt and its first step of history."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.queries import phones_of
from portal.accounts.rules import Actor
from portal.areas.queries import AreaRow, area_by_code, locate
from portal.kernel.clock import city_day, local
from portal.kernel.errors import Refused
from portal.kernel.ids import hash_token, new_id, new_lookup_code, new_number, new_token
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from portal.kernel.phones import clean_mobile
from portal.kernel.ratelimit import Limit, take
from portal.kernel.uploads import KeptPhotos, UploadRow, register_blob_keeper, take_uploads
from portal.kernel.worktime import load_calendar
from portal.reports.models import Case, CaseEvent, CasePhoto, CaseReporter, CaseText
from portal.reports.queries.case import CaseRow, case_by_id
from portal.reports.queries.categories import category_on
from portal.reports.queries.links import reporter_row
from portal.reports.rules.categories import CategoryRow, LimitRow
from portal.reports.rules.codes import (
    Event,
    LinkPurpose,
    PhotoKind,
    Relation,
    Review,
    Source,
    State,
    TextKind,
)
from portal.reports.rules.deadlines import Promise, promise
from portal.reports.rules.intake import (
    MOST_PLACE_WORDS,
    MOST_WORDS,
    Contact,
    IntakeRefusal,
    ReportAnswers,
    Step,
    district_of,
    what_is_missing,
)
from portal.reports.rules.masking import masked
from portal.reports.rules.reasons import Reason
from portal.reports.rules.receipts import lookup_hash
from portal.reports.service.categories import limit_for
from portal.reports.service.drafts import DraftRow, claim_draft, keep_receipt
from portal.reports.service.links import mint_link
from portal.reports.service.notices import tell_grid
from portal.reports.service.search import index_case

HOUR, DAY = 3600, 86_400
PER_ADDRESS, PER_PERSON = 30, 50
PER_PHONE = Limit("receipt_phone_day", 10, DAY)


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
    limit: LimitRow
    promise: Promise
    verified: bool
    now: datetime

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
    _check_lengths(answers)
    zone = instance_of(session).city.zone
    day = city_day(now, zone)
    area = _area(session, answers)
    category = category_on(session, answers.category_code or "", day)
    if category is None:
        raise Refused(IntakeRefusal.UNKNOWN_CATEGORY, field=Step.WHAT)
    limit = limit_for(session, category.code, day)
    return _Facts(
        answers=answers,
        actor=actor,
        area=area,
        category=category,
        limit=limit,
        promise=_promise(limit, now, zone),
        verified=_is_verified(session, actor, answers),
        now=now,
    )


def _check_lengths(answers: ReportAnswers) -> None:
    if len(answers.words) > MOST_WORDS:
        raise Refused(IntakeRefusal.LONG_WORDS, field=Step.DETAILS, facts={"most": MOST_WORDS})
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


def _promise(limit: LimitRow, now: datetime, zone: ZoneInfo) -> Promise:
    """Until when; when the city's calendar misses a year, in how many working days."""
    calendar = load_calendar()
    found = promise(
        now, limit.minutes, round_the_clock=limit.round_the_clock, calendar=calendar, zone=zone
    )
    if found.at is None:
        return Promise(None, math.ceil(limit.minutes / calendar.minutes_a_day))
    return found


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
        urgent=category.urgent,
        # a hazard may be somebody's doing: its reporter is always hidden from the unit (R023)
        sealed=answers.sealed or category.urgent,
        listed=facts.verified and not category.urgent,
        limit_minutes=facts.limit.minutes,
        round_the_clock=facts.limit.round_the_clock,
        promised_at=facts.promise.at,
        promised_days=facts.promise.days,
        found_at=facts.now,
        updated_at=facts.now,
        times_returned=0,
        times_sent_back=0,
        times_urged=0,
    )
    session.add(case)
    # history, words, photos and people refer to it
    session.flush()
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
            text=text,
            public_text=masked(text) if review is Review.PENDING else None,
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
            blob_key=photo.blob_key,
            thumbnail_key=photo.thumbnail_key,
            width=photo.width,
            height=photo.height,
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
    if row.listed:
        index_case(session, row)
    tell_grid(session, row, now=facts.now)
    phone = _phone_of(session, reporter)
    # anybody can type anybody's number: it shall not be flooded with receipts
    if phone is not None and take(session, [(PER_PHONE, phone)], now=facts.now) is None:
        _send_receipt(session, facts, row, reporter, phone)


def _phone_of(session: Session, reporter: CaseReporter) -> str | None:
    """The phone she left, or that of her account."""
    if reporter.sealed_phone is not None:
        return instance_of(session).vault.unseal(reporter.sealed_phone)
    person_id = reporter.person_id
    return phones_of(session, [person_id]).get(person_id) if person_id else None


def _send_receipt(
    session: Session, facts: _Facts, case: CaseRow, reporter: CaseReporter, phone: str
) -> None:
    zone = instance_of(session).city.zone
    behind = reporter_row(session, reporter.district, reporter.id)
    if behind is None:
        raise RuntimeError("the reporter who was just written is not there")
    link = mint_link(session, behind, LinkPurpose.FOLLOW, now=facts.now)
    message: dict[str, Any] = {"number": case.number, "link": link, "days": case.promised_days}
    template = "report.receipt_days"
    if case.promised_at is not None:
        message["until"] = f"{local(case.promised_at, zone):%Y-%m-%d %H:%M}"
        template = "report.receipt"
    post_message(
        session,
        channel=Channel.SMS,
        to=phone,
        template=template,
        facts=message,
        now=facts.now,
        language=facts.answers.language,
        subject=f"case:{case.number}",
    )


def _photo_keys_in_use(session: Session, keys: frozenset[str]) -> set[str | None]:
    rows = session.execute(
        select(CasePhoto.blob_key, CasePhoto.thumbnail_key).where(
            or_(CasePhoto.blob_key.in_(keys), CasePhoto.thumbnail_key.in_(keys))
        )
    )
    return {key for row in rows for key in row}


register_blob_keeper(_photo_keys_in_use)
