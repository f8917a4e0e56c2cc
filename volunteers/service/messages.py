"""What volunteers and organisers are told by message. No message names a volunteer: others read
phones too, and her name is nobody's without her consent (条例, article 20)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import people_by_ids, people_holding, phones_of
from portal.accounts.rules import Permission
from portal.kernel.clock import local
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message


class Told(StrEnum):
    """The messages of sign-up. Values are templates, whose words stand in ``labels``."""

    OFFERED = "volunteers.offered"
    LAPSED = "volunteers.offer_lapsed"
    PROPOSED = "volunteers.proposed"
    ROSTER_PROPOSED = "volunteers.roster_proposed"
    ROSTER_UNDONE = "volunteers.roster_undone"
    PUT_ON = "volunteers.put_on"
    TAKEN_OFF = "volunteers.taken_off"
    LATE_CANCEL = "volunteers.late_cancel"
    SWAP_ASKED = "volunteers.swap_asked"
    STAND_IN_ASKED = "volunteers.stand_in_asked"
    HANDED_OVER = "volunteers.handed_over"
    QUALIFICATION_ENDS = "volunteers.qualification_ends"
    QUALIFICATION_CHECKED = "volunteers.qualification_checked"
    GUARDIAN_ASKED = "volunteers.guardian_asked"
    HOURS_VOIDED = "volunteers.hours_voided"
    SHIFT_SOON = "volunteers.shift_soon"
    SHIFT_CHANGED = "volunteers.shift_changed"
    CONFIRM_AGAIN = "volunteers.confirm_again"
    SEAT_OPEN = "volunteers.seat_open"
    ANNOUNCED = "volunteers.announced"
    FEEDBACK = "volunteers.feedback"
    POINTS_TAKEN_BACK = "volunteers.points_taken_back"


def tell(
    session: Session,
    person_ids: Collection[UUID],
    what: Told,
    now: datetime,
    *,
    subject: str,
    facts: Mapping[str, Any] | None = None,
    due_at: datetime | None = None,
) -> None:
    """Queue a message to some people, each in her language; who has no phone gets none.

    ``due_at``: it leaves no sooner.
    """
    phones = phones_of(session, person_ids)
    for who in people_by_ids(session, person_ids).values():
        if who.id in phones:
            post_message(
                session, channel=Channel.SMS, to=phones[who.id], template=what.value,
                facts={"origin": instance_of(session).config.origin, **(facts or {})}, now=now,
                language=who.language, subject=subject, due_at=due_at,
            )  # fmt: skip


def tell_organisers(
    session: Session,
    place_path: str,
    organisation_id: UUID | None,
    what: Told,
    now: datetime,
    *,
    subject: str,
    facts: Mapping[str, Any],
) -> None:
    """Queue a message to those who organise shifts there."""
    found = people_holding(session, Permission.SHIFT_MANAGE, place_path, organisation_id, now)
    tell(session, [who.id for who in found], what, now, subject=subject, facts=facts)


def at_words(session: Session, moment: datetime) -> str:
    """A moment as a message says it: in the city's time, the same in every language."""
    return f"{local(moment, instance_of(session).city.zone):%Y-%m-%d %H:%M}"


def subject_of(number: str) -> str:
    """Under which subject the messages about a sign-up lie in the outbox."""
    return f"sign_up:{number}"
