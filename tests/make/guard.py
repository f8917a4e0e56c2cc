"""Deductions proposed, a child who asks her guardian, and figures of the guard, for looking at."""

import json
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.models import ProbingAlarm, RetaliationMonth
from credit.queries.guardian import last_request
from credit.rules.guard import Probing
from credit.rules.switch import SwitchWish
from credit.service.guardian import agree_as_guardian, ask_guardian
from credit.service.switch import propose_switch
from portal.accounts.models import Person
from portal.accounts.rules import AgeBand
from portal.accounts.service import NewPerson, add_person
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.kernel.outbox import OutboxMessage
from tests.make.accounts import person

PDF = b"%PDF-1.7 made up for a test"
WISH = SwitchWish("《文明公约》第五条（2026年修订）", "张主任（演示）", "城市管理局副局长", PDF)
GUARDIAN_PHONE = "+8613800001277"


def proposed(session: Session, district: str, *, by: Person, now: datetime) -> str:
    """The number of a wish that waits for a second administrator."""
    session.flush()
    return propose_switch(session, district, WISH, actor_id=by.id, now=now)


def child(session: Session, name: str = "小明（演示）", *, now: datetime) -> Person:
    """An account under 14, opened at the desk with a guardian beside."""
    new = NewPerson(name=name, age_band=AgeBand.UNDER_14, guardian_agrees=True)
    row = add_person(session, new, now=now)
    # the ledger asks the database for her age
    session.flush()
    return row


def asked(session: Session, who: Person, phone: str, *, now: datetime) -> str:
    """The secret part of the link that her guardian is sent."""
    ask_guardian(session, who.id, phone, language="zh_Hans", now=now)
    session.flush()
    row = last_request(session, who.id)
    assert row is not None
    sent = session.scalars(
        select(OutboxMessage).where(OutboxMessage.subject == f"guardian:{row.number}")
    ).one()
    facts = json.loads(instance_of(session).vault.unseal(str(sent.sealed_facts)))
    return str(facts["link"]).rpartition("/")[2]


def planted(
    session: Session, people: dict[str, Person], district: str, now: datetime
) -> dict[str, str]:
    """Things that addresses are made with; the child plays a part of her own."""
    vault = instance_of(session).vault
    guardian = people["resident"]
    phone = vault.unseal(str(guardian.sealed_phone))
    guardian.phone_verified_at = guardian.phone_verified_at or now
    people["child"] = child(session, now=now)
    token = asked(session, people["child"], phone, now=now)
    other = child(session, "小红（演示）", now=now)
    agree_as_guardian(
        session, asked(session, other, phone, now=now), guardian.id, states=True,
        districts=[district], now=now,
    )  # fmt: skip
    agreed = last_request(session, other.id)
    assert agreed is not None
    _months(session, people["handling_unit"], district, now)
    switch = proposed(session, district, by=person(session, "另一名管理员"), now=now)
    return {"switch": switch, "guardian_token": token, "agreed": agreed.number}


def _months(session: Session, prober: Person, district: str, now: datetime) -> None:
    session.add_all(
        [
            RetaliationMonth(
                month="2026-09", computed_at=now, smallest_cell=10, proposals=41,
                proposals_from="2026-09",
            ),
            RetaliationMonth(
                month="2026-10", computed_at=now, smallest_cell=10, proposals=38,
                proposals_from="2026-10", never=12, outside=15, guarded_from="2026-09",
            ),
            ProbingAlarm(
                district=district, id=new_id(), about=Probing.PROPOSER, about_id=prober.id,
                proposer_id=prober.id, unit_id=None, times=3, at=now - timedelta(days=2),
            ),
        ]
    )  # fmt: skip
