"""What the person concerned is told by message; the words themselves stand on her own page only."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from credit.queries.matters import MatterRow
from credit.queries.speakers import heard_in
from portal.accounts.queries import person_row, phones_of
from portal.kernel.clock import local
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message


class Told(StrEnum):
    """The messages of due process. Values are templates, whose words stand in ``labels``."""

    NOTICE = "credit.notice"
    OPENED = "credit.objection_opened"
    RECEIVED = "credit.objection_received"
    EXTENDED = "credit.objection_extended"
    UPHELD = "credit.objection_upheld"
    POSTED = "credit.deduction_posted"
    ENDED = "credit.deduction_ended"


def tell(
    session: Session, row: MatterRow, what: Told, now: datetime, *, day: datetime | None = None
) -> None:
    """Queue a message to the person, or to those who speak for the shop, as far as they have a
    phone. It names no act: others read phones."""
    heard = heard_in(session, row)
    phones = phones_of(session, heard)
    zone = instance_of(session).city.zone
    facts = {"number": row.number, "day": f"{local(day, zone):%Y-%m-%d}" if day else ""}
    for person_id in heard:
        who, to = person_row(session, person_id), phones.get(person_id)
        if who is not None and to is not None:
            post_message(
                session, channel=Channel.SMS, to=to, template=what.value, facts=facts, now=now,
                language=who.language, subject=subject_of(row.number),
            )  # fmt: skip


def subject_of(number: str) -> str:
    """Under which subject the messages about a matter lie in the outbox."""
    return f"matter:{number}"
