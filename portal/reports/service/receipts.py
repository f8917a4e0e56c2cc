"""The receipt of a report by message: its number, its date, and a link to follow it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.queries import phones_of
from portal.kernel.clock import local
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from portal.kernel.ratelimit import Limit, take
from portal.reports.models import CaseReporter
from portal.reports.queries.case import CaseRow
from portal.reports.queries.links import reporter_row
from portal.reports.rules.codes import LinkPurpose
from portal.reports.service.links import mint_link

PER_PHONE = Limit("receipt_phone_day", 10, 86_400)


def send_receipt(
    session: Session, case: CaseRow, reporter: CaseReporter, *, language: str, now: datetime
) -> None:
    """Post it to the phone she left, or that of her account."""
    phone = _phone_of(session, reporter)
    # anybody can type anybody's number: it shall not be flooded with receipts
    if phone is None or take(session, [(PER_PHONE, phone)], now=now) is not None:
        return
    zone = instance_of(session).city.zone
    behind = reporter_row(session, reporter.district, reporter.id)
    if behind is None:
        raise RuntimeError("the reporter who was just written is not there")
    link = mint_link(session, behind, LinkPurpose.FOLLOW, now=now)
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
        now=now,
        language=language,
        subject=f"case:{case.number}",
    )


def _phone_of(session: Session, reporter: CaseReporter) -> str | None:
    if reporter.sealed_phone is not None:
        return instance_of(session).vault.unseal(reporter.sealed_phone)
    person_id = reporter.person_id
    return phones_of(session, [person_id]).get(person_id) if person_id else None
