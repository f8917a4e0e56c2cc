"""Addresses of the pages of sign-up: what stands in them, and who opens them."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.clock import now
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from tests.make import guard
from tests.make import volunteers as make
from tests.make.accounts import actor
from volunteers.queries.volunteers import guardian_of
from volunteers.rules.signing_up import SignUpState
from volunteers.service.announcing import write_to_shift
from volunteers.service.guardians import agree, ask
from volunteers.service.handovers import offer_seat
from volunteers.service.registering import register

WHO: Final = dict.fromkeys(
    (
        "volunteers.my_sign_up", "volunteers.leave", "volunteers.hand_over", "volunteers.mine",
        "volunteers.handover", "volunteers.end_guardian", "volunteers.agree_as_guardian",
        "volunteers.my_messages", "volunteers.my_reminders",
    ),
    "resident",
) | {"volunteers.guardian": "child"}  # fmt: skip
CASES: Final = {
    "volunteers.seats": "seat_shift",
    "volunteers.sign_up": "seat_shift",
    "volunteers.shift_people": "seat_shift",
    "volunteers.shift_message": "seat_shift",
    "volunteers.my_sign_up": "sign_up",
    "volunteers.leave": "sign_up",
    "volunteers.hand_over": "sign_up",
    "volunteers.take_off": "sign_up",
    "volunteers.handover": "handover",
    "volunteers.desk_qualification": "qualification",
    "volunteers.end_guardian": "agreed_to_serve",
}
PAIRS: Final = {("volunteers.agree_as_guardian", "token"): "serve_token"}
NO_PAGE: Final = {"volunteers.qualification_photo": "a picture"}


def sign_up_things(session: Session, people: Mapping[str, Person], place: Area) -> dict[str, str]:
    """A shift on which the resident has a seat, one that is kept for her, and an offer to her."""
    resident = people["resident"]
    register(session, resident.id, named=False, now=now())
    activity = make.activity(session, place, gear="反光背心", risky=True)
    shifts = [
        make.shift(session, activity, starts_at=now() + timedelta(days=day), seats={"member": 3})
        for day in (3, 4, 5)
    ]
    mine = make.sign_up(session, shifts[0], resident.id)
    kept = make.sign_up(session, shifts[1], resident.id, state=SignUpState.OFFERED,
                        until=now() + timedelta(hours=9))  # fmt: skip
    other = make.volunteer(session)
    given = make.sign_up(session, shifts[2], other.id)
    offer = offer_seat(
        session, given.number, other.id, wanted=shifts[0].number, now=now()
    )  # fmt: skip
    write_to_shift(
        session, actor(session, people["volunteer_organiser"]), shifts[0].number,
        "请带水杯，集合后统一领取背心。", now=now(),
    )  # fmt: skip
    return {
        "seat_shift": shifts[2].number,
        "sign_up": mine.number,
        "kept_seat": kept.number,
        "handover": offer,
        "qualification": make.waiting_qualification(session, other.id, place.path),
        **_guardians(session, people),
    }


def _guardians(session: Session, people: Mapping[str, Person]) -> dict[str, str]:
    """A request of the demo's child to the resident, and a yes that she gave for another."""
    resident = people["resident"]
    phone = instance_of(session).vault.unseal(str(resident.sealed_phone))
    other = guard.child(session, "小丽（演示）", now=now())
    agree(session, asked(session, other, phone), resident.id, states=True, now=now())
    agreed = guardian_of(session, other.id)
    if agreed is None:
        raise LookupError("the yes that was just given")
    return {
        "serve_token": asked(session, people["child"], phone),
        "agreed_to_serve": agreed.number,
    }


def asked(session: Session, child: Person, phone: str) -> str:
    """The secret part of the link that her guardian is sent."""
    ask(session, child.id, phone, language="zh_Hans", now=now())
    session.flush()
    row = guardian_of(session, child.id)
    subject = f"volunteer_guardian:{row.number if row else ''}"
    sent = session.scalars(select(OutboxMessage).where(OutboxMessage.subject == subject)).one()
    facts = json.loads(instance_of(session).vault.unseal(str(sent.sealed_facts)))
    return str(facts["link"]).rpartition("/")[2]
