"""Reports for tests: categories, and cases that walked the real table to their state."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.accounts.rules import Actor, Grant, Permission
from portal.areas.models import Area
from portal.kernel.ids import (
    hash_token,
    new_id,
    new_lookup_code,
    new_number,
    new_token,
)
from portal.kernel.instance import instance_of
from portal.organisations.models import Organisation
from portal.reports.models import (
    Case,
    CaseEvent,
    CasePhoto,
    CaseReporter,
    CaseText,
    Category,
    CategoryLimit,
)
from portal.reports.queries.case import CaseRow
from portal.reports.rules.codes import (
    Closing,
    Event,
    Means,
    PhotoKind,
    Precision,
    Relation,
    Review,
    Source,
    State,
    Target,
    TextKind,
)
from portal.reports.rules.reasons import Reason
from portal.reports.rules.receipts import lookup_hash
from portal.reports.rules.transitions import IntoFacts
from portal.reports.service.loop import Brought, NewPhoto, move_case
from portal.reports.service.search import index_case
from tests.make.rows import case_row

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday 10:00 in Shanghai
SINCE = date(2020, 1, 1)
DISTRICT = "370283"
AFTER_PHOTO = NewPhoto("0" * 64 + ".jpg", 800, 600)

_TO_THE_CLOSING = (Event.ACCEPT, Event.FILE, Event.DISPATCH, Event.HANDLE, Event.CLOSE)
# one walk from 上报 to each state; the last step says with what
WALKS: dict[State, tuple[Event, ...]] = {
    State.REPORTED: (),
    State.ACCEPTED: (Event.ACCEPT,),
    State.FILED: (Event.ACCEPT, Event.FILE),
    State.DISPATCHED: (Event.ACCEPT, Event.FILE, Event.DISPATCH),
    State.HANDLED: (Event.ACCEPT, Event.FILE, Event.DISPATCH, Event.HANDLE),
    State.REWORK: (Event.ACCEPT, Event.FILE, Event.DISPATCH, Event.HANDLE, Event.SEND_BACK),
    State.CLOSED: _TO_THE_CLOSING,
    State.REOPENED: (*_TO_THE_CLOSING, Event.REOPEN),
    State.NOT_ACCEPTED: (Event.REFUSE,),
    State.NOT_FILED: (Event.ACCEPT, Event.REFUSE_FILING),
    State.VOID: (Event.VOID,),
    State.WITHDRAWN: (Event.WITHDRAW,),
    State.HANDED_OVER: (Event.HAND_OVER,),
    State.MERGED: (Event.MERGE,),
    State.SELF_SOLVED: (Event.SELF_SOLVE,),
    State.SETTLED: (Event.ACCEPT, Event.HANDLE, Event.CONFIRM),
}
_REASONS = {
    Event.REFUSE: Reason.OUT_OF_SCOPE,
    Event.REFUSE_FILING: Reason.NOT_FOUND,
    Event.RETURN: Reason.NOT_OURS,
    Event.SEND_BACK: Reason.NOT_DONE,
    Event.VOID: Reason.TEST,
}
_BY_REPORTER = {
    Event.REOPEN, Event.WITHDRAW, Event.URGE, Event.ADD_PHOTO, Event.SELF_SOLVE, Event.CONFIRM,
}  # fmt: skip
_SHOWN = {Event.HANDLE, Event.SELF_SOLVE}


def category(
    session: Session,
    code: str = "litter",
    *,
    target: Target = Target.THING,
    precision: Precision = Precision.EXACT,
    closing: Closing = Closing.AFTER_PHOTO,
    minutes: int = 480,
    name: str = "暴露垃圾",
) -> Category:
    """One plain name with its limit; the same code is made once."""
    found = session.get(Category, code)
    if found is not None:
        return found
    row = Category(
        code=code,
        group="sanitation",
        position=1,
        name_zh_Hans=name,
        name_zh_Hant=name,
        name_en="Exposed litter",
        hint_zh_Hans="",
        hint_zh_Hant="",
        hint_en="",
        target=target,
        place_precision=precision,
        closing=closing,
        valid_from=SINCE,
    )
    session.add(row)
    # the limit refers to it
    session.flush()
    session.add(CategoryLimit(category_code=code, valid_from=SINCE, minutes=minutes, source="test"))
    return row


def staff(
    *permissions: Permission,
    place: str | None = None,
    unit: Organisation | UUID | None = None,
    person: Person | UUID | None = None,
) -> Actor:
    """Somebody who holds permissions in a place or for a unit, and may read and open the desk."""
    person_id = person.id if isinstance(person, Person) else person or new_id()
    unit_id = unit.id if isinstance(unit, Organisation) else unit
    held = {*permissions, Permission.REPORT_READ, Permission.DESK_OPEN}
    return Actor(
        person_id=person_id,
        name="test",
        grants=frozenset(Grant(permission, place, unit_id) for permission in held),
    )


def desk(place: str | None = None) -> Actor:
    """A street desk: accepts, dispatches, moderates, closes, voids."""
    return staff(
        Permission.REPORT_ACCEPT,
        Permission.REPORT_CLOSE,
        Permission.REPORT_DISPATCH,
        Permission.REPORT_MODERATE,
        Permission.REPORT_VOID,
        place=place,
    )


def handler(unit: Organisation | UUID) -> Actor:
    """Somebody of a handling unit."""
    return staff(Permission.REPORT_HANDLE, unit=unit)


def verifier(place: str | None = None) -> Actor:
    """Somebody who checks what others did."""
    return staff(Permission.REPORT_VERIFY, place=place)


def supervisor(place: str | None = None) -> Actor:
    """Somebody who puts matters on the list of supervision and takes them off."""
    return staff(Permission.REPORT_SUPERVISE, place=place)


def grid_lead(place: str) -> Actor:
    """A grid lead of a place."""
    return staff(Permission.REPORT_HANDLE, Permission.REPORT_RESPOND, place=place)


def reported(
    session: Session,
    area: Area,
    *,
    category_code: str = "litter",
    listed: bool = False,
    sealed: bool = False,
    urgent: bool = False,
    words: str | None = "垃圾堆了三天",
    lon: float | None = 119.95,
    lat: float | None = 36.78,
    found_at: datetime = NOW,
    promised_at: datetime | None = None,
) -> Case:
    """A case as intake leaves it, without a reporter."""
    case = Case(
        district=DISTRICT,
        number=new_number(),
        category_code=category(session, category_code).code,
        state=State.REPORTED,
        source=Source.RESIDENT,
        area_id=area.id,
        place_path=area.path,
        lon=lon,
        lat=lat,
        urgent=urgent,
        sealed=sealed,
        listed=listed,
        limit_minutes=480,
        promised_at=promised_at or found_at + timedelta(days=1),
        found_at=found_at,
        updated_at=found_at,
    )
    session.add(case)
    # history, words and people refer to it
    session.flush()
    _report(session, case)
    if words is not None:
        text(session, case, words)
    return case


def _report(session: Session, case: Case) -> None:
    """The first line of its history."""
    session.add(
        CaseEvent(
            district=case.district,
            case_id=case.id,
            at=case.found_at,
            event=Event.REPORT,
            to_state=State.REPORTED,
            cycle=1,
            public=True,
        )
    )


def text(
    session: Session,
    case: Case,
    words: str,
    *,
    kind: TextKind = TextKind.DESCRIPTION,
    review: Review = Review.PENDING,
) -> CaseText:
    """A reporter's words on a case."""
    row = CaseText(
        district=case.district,
        case_id=case.id,
        kind=kind,
        text=words,
        public_text=words if review is Review.APPROVED else None,
        review=review,
        by_reporter=True,
        created_at=case.found_at,
    )
    session.add(row)
    # its id is asked for
    session.flush()
    return row


def photo(
    session: Session,
    case: Case,
    *,
    kind: PhotoKind = PhotoKind.BEFORE,
    review: Review = Review.PENDING,
    blob_key: str = AFTER_PHOTO.blob_key,
) -> CasePhoto:
    """A photo on a case."""
    row = CasePhoto(
        district=case.district,
        code=new_token(),
        case_id=case.id,
        kind=kind,
        blob_key=blob_key,
        width=800,
        height=600,
        review=review,
        by_reporter=kind is PhotoKind.BEFORE,
        cycle=case.cycle,
        created_at=case.found_at,
    )
    session.add(row)
    # its id is asked for
    session.flush()
    return row


def reporter(
    session: Session,
    case: Case,
    person: Person | None = None,
    *,
    phone: str | None = None,
    name: str | None = None,
    language: str = "zh_Hans",
    relation: Relation = Relation.FIRST,
    lookup_code: str | None = None,
    token: str | None = None,
) -> CaseReporter:
    """Somebody behind a case."""
    vault = instance_of(session).vault
    row = CaseReporter(
        district=case.district,
        case_id=case.id,
        person_id=person.id if person else None,
        relation=relation,
        sealed_name=vault.seal(name) if name else None,
        sealed_phone=vault.seal(phone) if phone else None,
        phone_hash=vault.keyed_hash("phone", phone) if phone else None,
        lookup_hash=lookup_hash(vault, case.number, lookup_code or new_lookup_code()),
        token_hash=hash_token(token or new_token()),
        language=language,
        created_at=case.found_at,
    )
    session.add(row)
    # links refer to it
    session.flush()
    return row


_behind = reporter


def case(
    session: Session,
    area: Area,
    *,
    state: State = State.REPORTED,
    reporter: Person | None = None,
    unit: Organisation | None = None,
    phone: str | None = None,
    at: datetime = NOW,
    category_code: str = "litter",
    words: str | None = "垃圾堆了三天",
    listed: bool | None = None,
    sealed: bool = False,
) -> Case:
    """A case in a state, walked there through the table: each step an hour after the last."""
    made = reported(
        session, area, category_code=category_code, words=words, sealed=sealed, found_at=at
    )
    _behind(session, made, reporter, phone=phone)
    walk(session, made, WALKS[state], unit=unit, at=at)
    if listed is not None:
        made.listed = listed
        # raw readers look at once
        session.flush()
    return made


def walk(
    session: Session,
    made: Case,
    events: tuple[Event, ...],
    *,
    unit: Organisation | None = None,
    at: datetime = NOW,
) -> CaseRow:
    """Take some steps, each by somebody who may."""
    unit_id = unit.id if unit else new_id()
    row = row_of(session, made)
    for hour, event in enumerate(events, start=1):
        actor = None if event in _BY_REPORTER else staff(*Permission, unit=None)
        if event in {Event.HANDLE, Event.RETURN} and row.unit_id is not None:
            actor = handler(row.unit_id)
        asked = event is Event.HANDLE and Event.CONFIRM in events
        brought = Brought(
            reason=_REASONS.get(event),
            words="已清理" if event in _SHOWN else None,
            unit_id=unit_id if event is Event.DISPATCH else None,
            photos=(AFTER_PHOTO,) if event in _SHOWN else (),
            means=Means.SERVICE if event is Event.CLOSE else None,
            values=(("confirm_until", at + timedelta(days=9)),) if asked else (),
        )
        now = at + timedelta(hours=hour)
        # of the case it becomes part of the table asks only these facts
        into = IntoFacts(held=frozenset(Permission)) if event is Event.MERGE else None
        row = move_case(session, row, event, actor=actor, now=now, brought=brought, into=into)
    session.refresh(made)
    return row


def row_of(session: Session, made: Case) -> CaseRow:
    """The case as services take it."""
    # pending changes of the test must be seen
    session.flush()
    return case_row(session, made.number)


def listed(
    session: Session, tree: Mapping[str, Area], words: str = "路灯坏了", **options: Any
) -> Case:
    """A case everybody may see and find, with checked words."""
    area = tree[options.pop("area", "370283001001")]
    made = case(session, area, words=None, listed=True, **options)
    text(session, made, words, review=Review.APPROVED)
    index_case(session, made)
    return made
