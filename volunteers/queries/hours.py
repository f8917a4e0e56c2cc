"""Reads of confirmed time and of certificates."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.areas.rules import tidy_names
from volunteers.models import (
    Activity,
    ActivityTeam,
    Certificate,
    ServiceHours,
    Shift,
    SignUp,
    TeamMember,
    Volunteer,
)
from volunteers.models.hours import CertificateLine
from volunteers.rules.hours import (
    NOTICE,
    HoursSource,
    HoursState,
    Stay,
    count_once,
    state_of,
)
from volunteers.rules.shifts import ShiftState, Span
from volunteers.rules.signing_up import SignUpState

PAGE = 30
_LANGUAGES = ("zh_Hans", "zh_Hant", "en")


@dataclass(frozen=True)
class HoursRow:
    """One record of time. ``counted``: the minutes that it adds to its person's total."""

    id: UUID
    number: str
    person_id: UUID | None
    place_path: str
    titles: Mapping[str, str]
    span: Span
    minutes: int
    source: HoursSource
    confirmed_at: datetime
    voided_at: datetime | None
    void_reason: str | None
    counted: int = 0
    shift: str | None = None

    def state(self, now: datetime) -> HoursState:
        return state_of(self.confirmed_at, self.voided_at, now)

    @property
    def notice_until(self) -> datetime:
        return self.confirmed_at + NOTICE


@dataclass(frozen=True)
class ToConfirm:
    """A sign-up of a shift that is over, and the record that stands for it already."""

    number: str
    id: UUID
    person_id: UUID
    name: str
    volunteer: str | None
    record: str | None
    minutes: int | None


@dataclass(frozen=True)
class ShiftToConfirm:
    """A shift whose time is confirmed."""

    id: UUID
    number: str
    place_path: str
    titles: Mapping[str, str]
    plan: Span
    state: ShiftState


_HOURS = (
    ServiceHours.id, ServiceHours.number, ServiceHours.person_id, ServiceHours.place_path,
    ServiceHours.title_zh_hans, ServiceHours.title_zh_hant, ServiceHours.title_en,
    ServiceHours.starts_at, ServiceHours.ends_at, ServiceHours.minutes, ServiceHours.source,
    ServiceHours.confirmed_at, ServiceHours.voided_at, ServiceHours.void_reason,
)  # fmt: skip


def titles_of(row: Any) -> Mapping[str, str]:
    """The title in the languages it has."""
    values = (row.title_zh_hans, row.title_zh_hant, row.title_en)
    return tidy_names(dict(zip(_LANGUAGES, values, strict=True)))


def _row(row: Any, counted: int = 0) -> HoursRow:
    return HoursRow(
        row.id, row.number, row.person_id, row.place_path, titles_of(row),
        Span(row.starts_at, row.ends_at), row.minutes, row.source, row.confirmed_at,
        row.voided_at, row.void_reason, counted,
    )  # fmt: skip


def hours_of(session: Session, person_id: UUID) -> list[HoursRow]:
    """All of somebody's records, the newest first, each with what it adds to her total."""
    found: Any = session.execute(
        select(*_HOURS, Shift.number.label("shift"))
        .join(Shift, Shift.id == ServiceHours.shift_id, isouter=True)
        .where(ServiceHours.person_id == person_id)
        .order_by(ServiceHours.starts_at.desc(), ServiceHours.id)
    )
    rows = [replace(_row(row), shift=row.shift) for row in found]
    parts = count_once(Stay(row.id, row.span) for row in rows if row.voided_at is None)
    return [replace(row, counted=parts.get(row.id, 0)) for row in rows]


def certified_hours(
    session: Session, person_id: UUID, first: date, last: date, bounds: Span, now: datetime
) -> list[HoursRow]:
    """Those that are certified and began within days; overlaps are counted over all she has."""
    return [
        row
        for row in reversed(hours_of(session, person_id))
        if row.state(now) is HoursState.CERTIFIED
        and row.counted
        and bounds.starts_at <= row.span.starts_at < bounds.ends_at
    ]


def hours_by_number(session: Session, number: str) -> HoursRow | None:
    row: Any = session.execute(select(*_HOURS).where(ServiceHours.number == number)).one_or_none()
    return _row(row) if row else None


def shift_to_confirm(session: Session, number: str) -> ShiftToConfirm | None:
    """A shift by its number, with the words that its records keep."""
    row: Any = session.execute(
        select(
            Shift.id, Shift.number, Shift.place_path, Shift.starts_at, Shift.ends_at, Shift.state,
            Activity.title_zh_hans, Activity.title_zh_hant, Activity.title_en,
        )
        .join(Activity, Activity.id == Shift.activity_id)
        .where(Shift.number == number)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    span = Span(row.starts_at, row.ends_at)
    return ShiftToConfirm(row.id, row.number, row.place_path, titles_of(row), span, row.state)


def people_to_confirm(session: Session, shift_id: UUID) -> list[ToConfirm]:
    """Who had a seat, by name for the organiser, with the record that stands."""
    record = (ServiceHours.sign_up_id == SignUp.id) & ServiceHours.voided_at.is_(None)
    rows: Any = session.execute(
        select(
            SignUp.number, SignUp.id, SignUp.person_id, Person.display_name,
            Volunteer.number.label("volunteer"), ServiceHours.number.label("record"),
            ServiceHours.minutes,
        )
        .join(Person, Person.id == SignUp.person_id)
        .join(Volunteer, Volunteer.person_id == SignUp.person_id, isouter=True)
        .join(ServiceHours, record, isouter=True)
        .where(SignUp.shift_id == shift_id, SignUp.state == SignUpState.TAKEN)
        .order_by(SignUp.id)
    )  # fmt: skip
    return [
        ToConfirm(
            row.number, row.id, row.person_id, row.display_name, row.volunteer, row.record,
            row.minutes,
        )
        for row in rows
    ]  # fmt: skip


def _within(paths: Collection[str]) -> ColumnElement[bool]:
    column = ServiceHours.place_path
    return or_(false(), *(column.startswith(path, autoescape=True) for path in paths))


@dataclass(frozen=True)
class NoticeLine:
    """What hangs out for seven days: a name only of somebody who agreed to it."""

    number: str
    volunteer: str | None
    name: str | None
    titles: Mapping[str, str]
    span: Span
    minutes: int
    until: datetime


def of_whom(person_id: UUID) -> ColumnElement[bool]:
    """Records that concern somebody: her own, those of the activities and the organising units
    in which she serves, and those of the teams to which she belongs."""
    my_shifts = select(ServiceHours.shift_id).where(
        ServiceHours.person_id == person_id, ServiceHours.shift_id.is_not(None)
    )
    my_activities = select(Shift.activity_id).where(Shift.id.in_(my_shifts))
    my_units = select(Activity.organisation_id).where(
        Activity.id.in_(my_activities), Activity.organisation_id.is_not(None)
    )
    my_teams = select(TeamMember.team_id).where(
        TeamMember.person_id == person_id, TeamMember.left_at.is_(None)
    )
    team_mates = select(TeamMember.person_id).where(
        TeamMember.team_id.in_(my_teams), TeamMember.left_at.is_(None)
    )
    concerned = (
        select(Shift.id)
        .join(Activity, Activity.id == Shift.activity_id)
        .where(
            or_(
                Activity.id.in_(my_activities),
                Activity.organisation_id.in_(my_units),
                Activity.id.in_(
                    select(ActivityTeam.activity_id).where(ActivityTeam.team_id.in_(my_teams))
                ),
            )
        )
    )
    return or_(
        ServiceHours.person_id == person_id,
        ServiceHours.shift_id.in_(concerned),
        ServiceHours.person_id.in_(team_mates),
    )


def on_notice(
    session: Session,
    paths: Collection[str],
    now: datetime,
    after: str | None = None,
    *,
    concerning: UUID | None = None,
) -> list[NoticeLine]:
    """Records that hang out at a moment, the newest first; one more than a page: those of places,
    and those that concern somebody."""
    mine = of_whom(concerning) if concerning else false()
    statement: Any = (
        select(*_HOURS, Volunteer.number.label("volunteer"), Volunteer.named_at,
               Person.display_name)
        .join(Volunteer, Volunteer.person_id == ServiceHours.person_id, isouter=True)
        .join(Person, Person.id == ServiceHours.person_id, isouter=True)
        .where(
            or_(_within(paths), mine), ServiceHours.voided_at.is_(None),
            ServiceHours.confirmed_at > now - NOTICE,
        )
        .order_by(ServiceHours.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    if after is not None:
        last = select(ServiceHours.id).where(ServiceHours.number == after).scalar_subquery()
        statement = statement.where(ServiceHours.id < last)
    return [
        NoticeLine(
            row.number, row.volunteer, row.display_name if row.named_at else None, titles_of(row),
            Span(row.starts_at, row.ends_at), row.minutes, row.confirmed_at + NOTICE,
        )
        for row in session.execute(statement)
    ]  # fmt: skip


@dataclass(frozen=True)
class CertificateRow:
    """A certificate as its check page and its holder see it."""

    id: UUID
    number: str
    person_id: UUID | None
    first_on: date
    last_on: date
    minutes: int
    services: int
    issuer: Mapping[str, str]
    sealed_snapshot: str | None
    made_at: datetime
    revoked_at: datetime | None
    revoke_reason: str | None


_CERTIFICATE = (
    Certificate.id, Certificate.number, Certificate.person_id, Certificate.first_on,
    Certificate.last_on, Certificate.minutes, Certificate.services, Certificate.issuer_zh_hans,
    Certificate.issuer_zh_hant, Certificate.issuer_en, Certificate.sealed_snapshot,
    Certificate.made_at, Certificate.revoked_at, Certificate.revoke_reason,
)  # fmt: skip


def _certificate(row: Any) -> CertificateRow:
    issuer = zip(_LANGUAGES, (row.issuer_zh_hans, row.issuer_zh_hant, row.issuer_en), strict=True)
    return CertificateRow(
        row.id, row.number, row.person_id, row.first_on, row.last_on, row.minutes, row.services,
        tidy_names(dict(issuer)), row.sealed_snapshot, row.made_at, row.revoked_at,
        row.revoke_reason,
    )  # fmt: skip


def certificate(session: Session, number: str) -> CertificateRow | None:
    row: Any = session.execute(
        select(*_CERTIFICATE).where(Certificate.number == number)
    ).one_or_none()
    return _certificate(row) if row else None


def certificates_of(session: Session, person_id: UUID) -> list[CertificateRow]:
    """Somebody's certificates, the newest first."""
    rows: Any = session.execute(
        select(*_CERTIFICATE)
        .where(Certificate.person_id == person_id)
        .order_by(Certificate.id.desc())
    )
    return [_certificate(row) for row in rows]


def certificates_on(session: Session, hours_id: UUID) -> list[UUID]:
    """Certificates in force that rest on a record."""
    return list(
        session.scalars(
            select(Certificate.id)
            .join(CertificateLine, CertificateLine.certificate_id == Certificate.id)
            .where(CertificateLine.hours_id == hours_id, Certificate.revoked_at.is_(None))
        )
    )


@dataclass(frozen=True)
class ServiceFigures:
    """What voluntary service came to: whole minutes, services, and how many people."""

    minutes: int
    services: int
    people: int


def figures(session: Session, path: str, bounds: Span, now: datetime) -> ServiceFigures:
    """Certified service in a place within a time. A row's minutes are its own: what overlaps is
    somebody's at another organiser, and stays each organiser's figure."""
    row: Any = session.execute(
        select(
            func.coalesce(func.sum(ServiceHours.minutes), 0),
            func.count(),
            func.count(ServiceHours.person_id.distinct()),
        ).where(
            _within([path]), ServiceHours.voided_at.is_(None),
            ServiceHours.confirmed_at <= now - NOTICE,
            ServiceHours.starts_at >= bounds.starts_at, ServiceHours.starts_at < bounds.ends_at,
        )
    ).one()  # fmt: skip
    return ServiceFigures(int(row[0]), row[1], row[2])
