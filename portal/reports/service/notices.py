"""Messages about a case: queued in the transaction of the step that gives rise to them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import PersonRow, people_by_ids, people_holding, phones_of
from portal.accounts.rules import Permission
from portal.areas.queries import areas_by_ids, feature_live
from portal.areas.rules import Feature
from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, cancel_messages, post_message
from portal.organisations.queries import organisation
from portal.reports.models import Category
from portal.reports.queries.case import CaseReporterRow, CaseRow, reporters_of
from portal.reports.queries.doors import proxy_of
from portal.reports.queries.neighbours import leads_to
from portal.reports.rules.codes import Event, LinkPurpose, Source
from portal.reports.rules.reasons import Reason
from portal.reports.rules.transitions import TRANSITIONS
from portal.reports.service.links import mint_link

REMIND_AFTER_DAYS = 7
Names = Mapping[str, str]


def rating_subject(number: str, reporter_id: UUID, cycle: int) -> str:
    """Under which subject the reminder to rate waits, so that a rating can cancel it."""
    return f"rate:{number}:{reporter_id}:{cycle}"


def tell_step(
    session: Session,
    case: CaseRow,
    event: Event,
    *,
    now: datetime,
    reason: Reason | None = None,
    due_at: datetime | None = None,
    more: Mapping[str, Any] | None = None,
    about: Mapping[str, Any] | None = None,
) -> None:
    """Tell every reporter with a phone what the table says of a step, at once or later.

    ``more``: further facts for the sentence; with ``days`` instead of a date it is another one.
    ``about``: what the sentence names beside the matter, e.g. the body it belongs to.
    """
    more, template = more or {}, TRANSITIONS[event].tells
    if template is None:
        return
    if "days" in more:
        template = f"{template}_undated"
    template = _template(template, event, reason, named=about is not None)
    unit = _unit_names(session, case)
    rating = event is Event.CLOSE and _ratings_live(session, case, now)
    if rating:
        template = "report.rate"
    for reporter, phone in _reachable(session, case):
        facts = {
            **more,
            "number": case.number,
            "unit": _name(unit, reporter.language),
            "link": mint_link(
                session, reporter, LinkPurpose.RATE if rating else LinkPurpose.FOLLOW, now=now
            ),
            **(about or {}),
        }
        _send(session, case, phone, reporter.language, template, facts, now, due_at)
        if rating:
            _remind_to_rate(session, case, reporter, phone, facts, now)
    _tell_filer(session, case, now, due_at)


def _tell_filer(session: Session, case: CaseRow, now: datetime, due_at: datetime | None) -> None:
    """Whoever files for a neighbour follows her matter (R036); a call taker has too many."""
    if case.source is not Source.PETITION_PROXY:
        return
    proxy = proxy_of(session, case)
    person = people_by_ids(session, [proxy.filer_id]).get(proxy.filer_id) if proxy else None
    phone = phones_of(session, [person.id]).get(person.id) if person else None
    if person is None or phone is None:
        return
    link = f"{instance_of(session).config.origin}/desk/filed/{case.number}"
    facts = {"number": case.number, "link": link}
    _send(session, case, phone, person.language, "desk.filed_step", facts, now, due_at)


def _template(template: str, event: Event, reason: Reason | None, *, named: bool) -> str:
    """The sentence for a step and its reason; never why a matter came back."""
    if reason is not None and event not in {Event.SEND_BACK, Event.REOPEN, Event.DENY}:
        template = f"{template}.{reason.value}"
    return f"{template}.to" if named else template


def tell_author(
    session: Session,
    case: CaseRow,
    template: str,
    *,
    now: datetime,
    reporter_id: UUID | None = None,
) -> None:
    """Tell whoever wrote it: who began the case, or with ``reporter_id`` a neighbour."""
    for reporter, phone in _reachable(session, leads_to(session, case)):
        if not (reporter.id == reporter_id if reporter_id else reporter.began(case.id)):
            continue
        link = mint_link(session, reporter, LinkPurpose.FOLLOW, now=now)
        facts = {"number": case.number, "link": link}
        _send(session, case, phone, reporter.language, template, facts, now)


def _ratings_live(session: Session, case: CaseRow, now: datetime) -> bool:
    """Whether residents of the place are asked to rate yet (R001)."""
    today = city_day(now, instance_of(session).city.zone)
    return feature_live(session, Feature.RATINGS, case.place_path, today)


def forget_reminders(session: Session, case: CaseRow) -> None:
    """No reminder to rate a case that is being handled again. ``case`` is as it was closed."""
    for reporter in reporters_of(session, case):
        cancel_messages(session, rating_subject(case.number, reporter.id, case.cycle))


def tell_unit(
    session: Session,
    case: CaseRow,
    *,
    sent_back: bool,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Tell the people of the handling unit that a case waits for them; never why it came back."""
    if case.unit_id is None:
        return
    people = people_holding(session, Permission.REPORT_HANDLE, None, case.unit_id, now)
    template = "desk.sent_back" if sent_back else "desk.dispatched"
    tell_staff(session, case, people, template, now, due_at)


def tell_co_units(
    session: Session,
    case: CaseRow,
    unit_ids: Iterable[UUID],
    *,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Tell the people of units that support the lead; to them the case can be read, not handled."""
    for unit_id in unit_ids:
        people = people_holding(session, Permission.REPORT_HANDLE, None, unit_id, now)
        tell_staff(session, case, people, "desk.supports", now, due_at)


def tell_grid(session: Session, case: CaseRow, *, now: datetime) -> None:
    """Instant notice to those who answer first for the place (R287): intake calls this."""
    people = people_holding(session, Permission.REPORT_RESPOND, case.place_path, None, now)
    tell_staff(session, case, people, "desk.reported", now)


def tell_staff(
    session: Session,
    case: CaseRow,
    people: list[PersonRow],
    template: str,
    now: datetime,
    due_at: datetime | None = None,
    offices: Iterable[str] = (),
) -> None:
    """Tell some of the staff of a case: its kind, its place, and where to open it.

    ``offices``: further telephones, of duty desks; they are told in the city's language.
    """
    phones = phones_of(session, [person.id for person in people])
    place = areas_by_ids(session, [case.area_id]).get(case.area_id)
    category = session.get(Category, case.category_code)
    kind = _category_names(category) if category else {}
    told = {phones[one.id]: one.language for one in people if one.id in phones}
    usual = instance_of(session).city.default_language
    for phone, language in {**dict.fromkeys(offices, usual), **told}.items():
        facts = {
            "number": case.number,
            "category": _name(kind, language),
            "place": _name(place.names if place else {}, language),
            "link": f"{instance_of(session).config.origin}/desk/cases/{case.number}",
        }
        _send(session, case, phone, language, template, facts, now, due_at)


def tell_merged(session: Session, case: CaseRow, into: CaseRow, *, now: datetime) -> None:
    """Tell everybody behind a case, before they are brought along, where it goes on."""
    for reporter, phone in _reachable(session, case):
        link = mint_link(session, reporter, LinkPurpose.FOLLOW, now=now)
        facts = {"number": case.number, "into": into.number, "link": link}
        _send(session, case, phone, reporter.language, "report.merged", facts, now)


def tell_split(session: Session, case: CaseRow, *, now: datetime) -> None:
    """Tell everybody who came back with a case that it goes on by itself."""
    for reporter, phone in _reachable(session, case):
        link = mint_link(session, reporter, LinkPurpose.FOLLOW, now=now)
        facts = {"number": case.number, "link": link}
        _send(session, case, phone, reporter.language, "report.split", facts, now)


def _reachable(session: Session, case: CaseRow) -> list[tuple[CaseReporterRow, str]]:
    """Reporters with the phone they left, or that of their account."""
    reporters = [row for row in reporters_of(session, case) if row.erased_at is None]
    accounts = {row.person_id for row in reporters if row.person_id and not row.sealed_phone}
    phones = phones_of(session, accounts) if accounts else {}
    vault = instance_of(session).vault
    found: dict[str, CaseReporterRow] = {}
    for row in reporters:
        phone = vault.unseal(row.sealed_phone) if row.sealed_phone else None
        phone = phone or (phones.get(row.person_id) if row.person_id else None)
        if phone is not None:
            # merged cases may both be hers: one message is enough
            found.setdefault(phone, row)
    return [(row, phone) for phone, row in found.items()]


def _remind_to_rate(
    session: Session,
    case: CaseRow,
    reporter: CaseReporterRow,
    phone: str,
    facts: Mapping[str, Any],
    now: datetime,
) -> None:
    """One reminder, unless she has rated by then."""
    days = instance_of(session).city.thresholds.get("rating_reminder_days", REMIND_AFTER_DAYS)
    post_message(
        session,
        channel=Channel.SMS,
        to=phone,
        template="report.rate_reminder",
        facts=facts,
        now=now,
        language=reporter.language,
        due_at=now + timedelta(days=int(days)),
        subject=rating_subject(case.number, reporter.id, case.cycle),
    )


def _send(
    session: Session,
    case: CaseRow,
    phone: str,
    language: str,
    template: str,
    facts: Mapping[str, Any],
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    post_message(
        session,
        channel=Channel.SMS,
        to=phone,
        template=template,
        facts=facts,
        now=now,
        language=language,
        due_at=due_at,
        subject=f"case:{case.number}",
    )


def _unit_names(session: Session, case: CaseRow) -> Names:
    unit = organisation(session, case.unit_id) if case.unit_id else None
    return unit.names if unit else {}


def _category_names(category: Category) -> Names:
    return {
        "zh_Hans": category.name_zh_Hans,
        "zh_Hant": category.name_zh_Hant,
        "en": category.name_en,
    }


def _name(names: Names, language: str) -> str:
    return names.get(language) or names.get("zh_Hans") or ""
