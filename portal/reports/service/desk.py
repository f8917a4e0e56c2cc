"""What the desk shows of one case: everything to the desk, to a unit what it needs for its work."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import PersonRow, people_by_ids, phones_of
from portal.accounts.rules import Actor, Permission
from portal.accounts.service import note_identity_look
from portal.areas.queries import AreaRow, ancestors, finest_outline
from portal.kernel.audit import noted_since
from portal.kernel.errors import Forbidden, Missing, Refused
from portal.kernel.ids import clean_number
from portal.kernel.instance import instance_of
from portal.organisations.queries import OrganisationRow, organisations_by_ids
from portal.reports.models import CasePhoto
from portal.reports.queries.case import (
    CaseReporterRow,
    CaseRow,
    EventRow,
    PhotoRow,
    TextRow,
    as_it_stands,
    case_by_number,
    events_of,
    photos_of,
    reporters_of,
    texts_of,
)
from portal.reports.queries.case_parts import shares_photos, whole_of
from portal.reports.queries.categories import category_row_of
from portal.reports.queries.desk import TO_CHECK
from portal.reports.queries.exchange import cases_by_external
from portal.reports.queries.hung import hangs, look_what_hangs
from portal.reports.queries.page import StoredPicture, stored_picture
from portal.reports.queries.routing import CoUnitRow, co_units_of, supports
from portal.reports.rules.codes import Event, PhotoKind, Review, State, TextKind
from portal.reports.rules.deadlines import Clocks, clocks
from portal.reports.rules.pauses import is_late_at
from portal.reports.rules.pinmap import PinMap, pin_map
from portal.reports.rules.transitions import (
    OPEN,
    TRANSITIONS,
    ActorFacts,
    CaseFacts,
    Refusal,
    holds,
    why_not,
)
from portal.reports.service.covering import sees_uncovered
from portal.reports.service.desk_clock import DeskClock, clock_of
from portal.reports.service.loop import case_as_seen, facts_of, may_see, who_acts

# what a button is blocked by that is worth explaining to whoever expects it
LOOK = timedelta(minutes=10)
_EXPLAINED = {
    Refusal.HANDLED_IT,
    Refusal.DISPATCHED_IT,
    Refusal.OF_THE_UNIT,
    Refusal.FILED_IT,
    Refusal.AWAITED,
}
_INNER_EVENTS = {Event.NOTE, Event.MODERATE, Event.FILE, Event.ADD_PHOTO}


@dataclass(frozen=True)
class DeskCase:
    """One case with everything on it that this reader may see."""

    case: CaseRow
    category: dict[str, str]
    group: str | None
    facts: CaseFacts
    places: list[AreaRow]
    events: list[EventRow]
    texts: list[TextRow]
    photos: list[PhotoRow]
    units: dict[UUID, OrganisationRow]
    people: dict[UUID, PersonRow]
    steps: frozenset[Event]
    blocked: Refusal | None
    insider: bool
    late: bool
    clocks: Clocks
    clock: DeskClock
    may_look: bool
    who: ActorFacts
    co_units: list[CoUnitRow]

    @property
    def held(self) -> frozenset[Permission]:
        """What this reader holds for the case."""
        return self.who.holds

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.case.state in OPEN

    @property
    def unchecked(self) -> bool:
        """Whether something of the reporter's waits for the check."""
        texts, photos = self.to_check
        reviews = [text.review for text in texts]
        reviews += [photo.review for photo in photos if photo.by_reporter]
        return Review.PENDING in reviews

    @property
    def to_check(self) -> tuple[list[TextRow], list[PhotoRow]]:
        """The reporter's words and photos, whatever was decided about them before."""
        return (
            [text for text in self.texts if _to_check(text)],
            list(self.photos),
        )


def _hung(session: Session, case: CaseRow) -> tuple[list[TextRow], list[PhotoRow]]:
    """Words and photos. A part shows what was reported of its whole: nothing is copied."""
    texts = texts_of(session, case)
    photos = photos_of(session, case) if hangs(session, case.id, CasePhoto) else []
    whole = whole_of(session, case)
    if whole is None:
        return texts, photos
    said = [text for text in texts_of(session, whole) if _to_check(text)]
    seen = [one for one in photos_of(session, whole) if one.kind is PhotoKind.BEFORE]
    return [*said, *texts], [*seen, *photos]


def _to_check(text: TextRow) -> bool:
    """The reporter's words, and what another system replied."""
    return text.kind is TextKind.OUTSIDE_REPLY or (text.by_reporter and text.kind in TO_CHECK)


def open_case(session: Session, number: str, actor: Actor, now: datetime) -> DeskCase:
    """The case as this reader may see it; raises Missing for what is not hers."""
    stored = case_as_seen(session, number, actor)
    look_what_hangs(session, stored)
    insider = is_insider(actor, stored)
    facts = facts_of(session, stored, now=now)
    who = who_acts(session, actor, stored)
    case = as_it_stands(stored, now)
    clock = clock_of(session, case, now)
    facts = replace(facts, grades=bool(clock.conditions))
    co_units = co_units_of(session, case)
    sharing = {case.unit_id, *(row.unit_id for row in co_units if row.ended_at is None)}
    events = [e for e in events_of(session, case) if insider or _for_unit(e, sharing)]
    texts, photos = _hung(session, case)
    steps, blocked = _steps(case, facts, who, has_material=bool(photos or texts))
    units = {event.unit_id for event in events if event.unit_id}
    units |= {row.unit_id for row in co_units}
    people = {event.actor_id for event in events if event.actor_id} if insider else set()
    category = category_row_of(session, case.category_code)
    return DeskCase(
        case=case,
        category=dict(category.names) if category else {},
        group=category.group if category else None,
        facts=facts,
        places=ancestors(session, case.place_path),
        events=events,
        texts=texts if insider else _for_unit_to_read(texts, events, case),
        photos=photos,
        units=organisations_by_ids(session, units | ({case.unit_id} if case.unit_id else set())),
        people=people_by_ids(session, people),
        steps=steps,
        blocked=blocked,
        insider=insider,
        late=is_late_at(case, now),
        clock=clock,
        clocks=clocks(case.found_at, case.accepted_at, case.handled_at, case.fed_back_at),
        may_look=holds(actor, Permission.IDENTITY_SEE, case.place_path, case.unit_id),
        who=who,
        co_units=[row for row in co_units if row.ended_at is None],
    )


def cases_called(session: Session, typed: str, actor: Actor) -> list[str]:
    """Our numbers of the cases that a hotline calls so, as far as this reader may see them (R060).

    Nothing when it is a number of ours: whoever asks for that goes there.
    """
    ours = clean_number(typed)
    if ours is not None and case_by_number(session, ours) is not None:
        return []
    return [case.number for case in cases_by_external(session, typed) if may_see(actor, case)]


def number_meant(typed: str, called: Sequence[str]) -> str | None:
    """The one number that what was typed leads to: a hotline's word for a case, or our own."""
    if called:
        return called[0] if len(called) == 1 else None
    return clean_number(typed)


def map_of(session: Session, page: DeskCase) -> PinMap | None:
    """The point in the outline of the finest place that has one."""
    if page.case.lon is None or page.case.lat is None:
        return None
    found = finest_outline(session, [place.code for place in page.places])
    place = next((one for one in page.places if found and one.code == found[0]), None)
    if found is None or place is None:
        return None
    return pin_map(found[1], page.case.lon, page.case.lat, place.names)


def is_insider(actor: Actor, case: CaseRow) -> bool:
    """Whether somebody reads as the desk (by place), not as a handling unit."""
    return any(
        grant.permission is Permission.REPORT_READ
        and grant.organisation_id is None
        and (grant.place_path is None or case.place_path.startswith(grant.place_path))
        for grant in actor.grants
    )


def _for_unit(event: EventRow, sharing: Collection[UUID | None]) -> bool:
    """A unit sees the public steps, and inner ones of those that share the work."""
    if event.event in _INNER_EVENTS or not event.public:
        return event.unit_id is not None and event.unit_id in sharing
    return True


def _for_unit_to_read(texts: list[TextRow], events: list[EventRow], case: CaseRow) -> list[TextRow]:
    """A unit reads the matter without numbers, and only notes on steps that it sees."""
    seen = {event.id for event in events}
    return [
        replace(text, text=text.for_unit(sealed=case.sealed), review_reason=None)
        for text in texts
        if text.event_id is None or text.event_id in seen or text.kind in TO_CHECK
    ]


def _steps(
    case: CaseRow, facts: CaseFacts, who: ActorFacts, *, has_material: bool
) -> tuple[frozenset[Event], Refusal | None]:
    """The steps this reader can take now, and what keeps her from verifying."""
    found = set()
    for event, row in TRANSITIONS.items():
        asked = facts
        if event is Event.DISPATCH and case.state is State.ACCEPTED:
            # dispatching files what was accepted
            asked = replace(facts, state=State.FILED)
        if not row.by_reporter and why_not(event, asked, who) is None:
            found.add(event)
    if facts.protected or not has_material:
        found.discard(Event.MODERATE)
    reason = why_not(Event.CLOSE, facts, who)
    return frozenset(found), reason if reason in _EXPLAINED else None


@dataclass(frozen=True)
class Identity:
    """Who reported, unsealed for a reader who stated why."""

    relation: str
    account: str
    name: str
    phone: str


def look_at_identity(
    session: Session, case: CaseRow, actor: Actor, *, reason: str | None, now: datetime
) -> CaseRow:
    """Log a look at the reporters of a case, for the auditor and for the reporters (P5)."""
    if not holds(actor, Permission.IDENTITY_SEE, case.place_path, case.unit_id):
        raise Forbidden
    if not (reason or "").strip():
        raise Refused(Refusal.WORDS_MISSING, field="words")
    reporters = reporters_of(session, case)
    if not any(_known(reporter) for reporter in reporters):
        raise Refused(Refusal.IDENTITY_GONE)
    for reporter in reporters:
        if _known(reporter):
            note_identity_look(
                session,
                actor,
                person_id=reporter.person_id,
                subject=f"case:{case.number}",
                reason=(reason or "").strip(),
                now=now,
            )
    return case


def identities_of(
    session: Session, case: CaseRow, actor: Actor, now: datetime
) -> list[Identity] | None:
    """The people behind a case; None unless this reader's look was logged a moment ago.

    The log itself opens them: nothing that a browser keeps or sends again could do it without.
    """
    if not holds(actor, Permission.IDENTITY_SEE, case.place_path, case.unit_id):
        return None
    subject = f"case:{case.number}"
    if not noted_since(
        session, now - LOOK, actor_id=actor.person_id, action="identity:look", subject=subject
    ):
        return None
    reporters = [reporter for reporter in reporters_of(session, case) if _known(reporter)]
    ids = {reporter.person_id for reporter in reporters if reporter.person_id}
    accounts, phones = people_by_ids(session, ids), phones_of(session, ids)
    return [_identity(session, row, accounts, phones) for row in reporters]


def _known(reporter: CaseReporterRow) -> bool:
    return reporter.erased_at is None and bool(
        reporter.person_id or reporter.sealed_name or reporter.sealed_phone
    )


def _identity(
    session: Session,
    row: CaseReporterRow,
    accounts: dict[UUID, PersonRow],
    phones: dict[UUID, str],
) -> Identity:
    vault = instance_of(session).vault
    account = accounts.get(row.person_id) if row.person_id else None
    phone = vault.unseal(row.sealed_phone) if row.sealed_phone else ""
    return Identity(
        relation=row.relation.value,
        account=account.display_name if account else "",
        name=vault.unseal(row.sealed_name) if row.sealed_name else "",
        phone=phone or (phones.get(row.person_id, "") if row.person_id else ""),
    )


def photo_file(
    session: Session, code: str, actor: Actor, *, small: bool, uncovered: bool = False
) -> str:
    """The file of a photo that this reader may see: covered, unless a moderator asks otherwise."""
    picture = stored_picture(session, code)
    if picture is None:
        raise Missing
    if not _sees_photo(session, picture, actor):
        raise Missing
    if uncovered and not sees_uncovered(actor, picture.case):
        raise Missing
    return picture.photo.file(small=small, uncovered=uncovered)


def _sees_photo(session: Session, picture: StoredPicture, actor: Actor) -> bool:
    """By place, by unit, as a unit that supports the lead, or because of a part of the matter."""
    if may_see(actor, picture.case) or supports(session, picture.case, actor):
        return True
    units = actor.organisations_for(Permission.REPORT_READ)
    return shares_photos(session, picture.case, picture.photo.kind, units)
