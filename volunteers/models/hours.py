"""Confirmed time of service and the certificates about it: rows are added, never edited."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, code_column
from portal.kernel.ids import new_id, new_number
from volunteers.rules.activities import LONGEST_TITLE
from volunteers.rules.hours import LONGEST_REASON, MOST_MINUTES, HoursSource

_STANDS = text("voided_at IS NULL")


class ServiceHours(Base):
    """One stay at one shift (or at another organiser's, brought along by the volunteer cloud).

    The stretch is what counts of it already. Its words are kept here, because the shift may be
    another city's or gone. ``person_id`` goes at an erasure; the minutes stay for the figures.
    Of one sign-up one record stands at a time. A void keeps the row.
    """

    __tablename__ = "volunteer_hours"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends"),
        CheckConstraint(f"minutes BETWEEN 1 AND {MOST_MINUTES}", name="minutes"),
        CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL)"
            " AND (voided_at IS NULL) = (voided_by IS NULL)",
            name="void",
        ),
        CheckConstraint("(source = 'cloud') = (outside_id IS NOT NULL)", name="outside"),
        # what the cloud certified nobody here confirmed
        CheckConstraint("(source = 'cloud') = (confirmed_by IS NULL)", name="confirmed"),
        Index(
            "uq_volunteer_hours_sign_up",
            "sign_up_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index("uq_volunteer_hours_outside", "outside_id", unique=True),
        Index("ix_volunteer_hours_person_id", "person_id", "starts_at"),
        Index("ix_volunteer_hours_place", "place_path", "confirmed_at"),
        Index("ix_volunteer_hours_shift_id", "shift_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    # no foreign key: a sign-up goes with its person at an erasure, the minutes stay
    sign_up_id: Mapped[UUID | None]
    shift_id: Mapped[UUID | None] = mapped_column(ForeignKey("volunteer_shift.id"))
    place_path: Mapped[str] = mapped_column(String(200))
    title_zh_hans: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    title_zh_hant: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    title_en: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes: Mapped[int] = mapped_column(Integer)
    source: Mapped[HoursSource] = code_column(HoursSource)
    outside_id: Mapped[str | None] = mapped_column(String(64))
    confirmed_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None]
    # when its credit fact was told; None: the seven days are not over
    told_at: Mapped[datetime | None]
    # when what it had earned was taken back, after a void
    taken_back_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[UUID | None]
    void_reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class Certificate(Base):
    """A proof of service, frozen when it is made (条例, article 19). Its number checks it.

    ``sealed_snapshot``: the name, the services and the issuer as they are printed. What the check
    page shows are the days, the minutes and the issuer alone.
    """

    __tablename__ = "volunteer_certificate"
    __table_args__ = (
        CheckConstraint("last_on >= first_on", name="days"),
        CheckConstraint("minutes >= 1", name="minutes"),
        CheckConstraint("(revoked_at IS NULL) = (revoke_reason IS NULL)", name="revoked"),
        Index("ix_volunteer_certificate_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(16), unique=True, default=new_number)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    minutes: Mapped[int] = mapped_column(Integer)
    services: Mapped[int] = mapped_column(Integer)
    issuer_zh_hans: Mapped[str] = mapped_column(String(120))
    issuer_zh_hant: Mapped[str | None] = mapped_column(String(120))
    issuer_en: Mapped[str | None] = mapped_column(String(120))
    sealed_snapshot: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revoke_reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class CertificateLine(Base):
    """Which records a certificate rests on: when one of them is voided, it is revoked."""

    __tablename__ = "volunteer_certificate_line"
    __table_args__ = (Index("ix_volunteer_certificate_line_hours_id", "hours_id"),)

    certificate_id: Mapped[UUID] = mapped_column(
        ForeignKey("volunteer_certificate.id"), primary_key=True
    )
    hours_id: Mapped[UUID] = mapped_column(ForeignKey("volunteer_hours.id"), primary_key=True)
