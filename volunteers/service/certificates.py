"""Certificates: made by the volunteer herself, free of charge, frozen, checked by their number."""

import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor
from portal.kernel.audit import note_action
from portal.kernel.db import changed_rows
from portal.kernel.errors import Forbidden, Missing, Refused
from portal.kernel.ids import new_id, new_number
from portal.kernel.instance import instance_of
from volunteers.models import Certificate, CertificateLine, ServiceHours
from volunteers.queries.hours import CertificateRow, HoursRow, certificate, certified_hours
from volunteers.rules.hours import CertificateRefusal, snapshot_of
from volunteers.rules.shifts import Span

LONGEST_NAME = 60


def make_certificate(
    session: Session, actor: Actor, *, name: str, first: date, last: date, now: datetime
) -> str:
    """Freeze what is certified of her between two days; the certificate's number.

    ``name`` is printed as she types it; nobody else reads it here.
    """
    person_id = actor.person_id
    if person_id is None:
        raise Forbidden
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Refused(CertificateRefusal.NO_NAME, field="name")
    if last < first:
        raise Refused(CertificateRefusal.DATES, field="last")
    # a void of one of them waits, and then finds this certificate; or it is seen here
    hers = ServiceHours.person_id == person_id
    session.execute(select(ServiceHours.id).where(hers).order_by(ServiceHours.id).with_for_update())
    rows = certified_hours(session, person_id, first, last, _bounds(session, first, last), now)
    if not rows:
        raise Refused(CertificateRefusal.NO_HOURS, field="first")
    return _freeze(session, person_id, name, rows, now)


def _bounds(session: Session, first: date, last: date) -> Span:
    zone = instance_of(session).city.zone
    return Span(
        datetime.combine(first, time.min, zone),
        datetime.combine(last + timedelta(days=1), time.min, zone),
    )


def _freeze(
    session: Session, person_id: UUID, name: str, rows: list[HoursRow], now: datetime
) -> str:
    instance = instance_of(session)
    zone, issuer = instance.city.zone, instance.city.names
    minutes = sum(row.counted for row in rows)
    lines = [
        {
            "titles": dict(row.titles),
            "on": row.span.starts_at.astimezone(zone).date().isoformat(),
            "minutes": row.counted,
        }
        for row in rows
    ]
    snapshot = json.dumps(snapshot_of(name, issuer, lines, minutes), ensure_ascii=False)
    days = [row.span.starts_at.astimezone(zone).date() for row in rows]
    made = Certificate(
        id=new_id(), number=new_number(), person_id=person_id, first_on=min(days),
        last_on=max(days), minutes=minutes, services=len(rows), issuer_zh_hans=issuer["zh_Hans"],
        issuer_zh_hant=issuer.get("zh_Hant"), issuer_en=issuer.get("en"),
        sealed_snapshot=instance.vault.seal(snapshot), made_at=now,
    )  # fmt: skip
    session.add(made)
    # its lines refer to it
    session.flush()
    session.add_all(CertificateLine(certificate_id=made.id, hours_id=row.id) for row in rows)
    return made.number


def own_certificate(session: Session, actor: Actor, number: str) -> tuple[CertificateRow, Any]:
    """One of her own certificates and what stands on it. Raises Missing for anybody else's."""
    row = certificate(session, number)
    if row is None or row.person_id is None or row.person_id != actor.person_id:
        raise Missing
    if row.sealed_snapshot is None:
        raise Missing
    frozen = json.loads(instance_of(session).vault.unseal(row.sealed_snapshot))
    for line in frozen["lines"]:
        line["on"] = date.fromisoformat(line["on"])
    return row, frozen


def revoke_resting_on(
    session: Session, these: Iterable[UUID], actor: Actor, *, reason: str, now: datetime
) -> int:
    """Revoke certificates; how many stood until now."""
    done = 0
    for certificate_id in these:
        one = update(Certificate).where(
            Certificate.id == certificate_id, Certificate.revoked_at.is_(None)
        )
        values = {"revoked_at": now, "revoked_by": actor.person_id, "revoke_reason": reason}
        if changed_rows(session, one.values(values)) == 1:
            done += 1
            note_action(
                session, at=now, actor_id=actor.person_id, action="certificate:revoke",
                subject=f"certificate:{certificate_id}", reason=reason,
            )  # fmt: skip
    return done
