"""Making links that open one case, taking them back, and what their holders see of the case."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.queries import people_holding, person_by_phone
from portal.accounts.rules import Actor, Permission
from portal.accounts.service import note_identity_look
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.ids import hash_token, new_id, new_number, new_token
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from portal.kernel.phones import clean_mobile
from portal.reports.models import CaseOutside, CasePass
from portal.reports.queries.case import CaseRow, reporters_of
from portal.reports.queries.passes import PassRow, handed_over_by
from portal.reports.rules.codes import Event, State
from portal.reports.rules.kinds import BEHAVIOUR
from portal.reports.rules.outside import why_not_answer_by
from portal.reports.rules.passes import (
    ANSWER_DAYS,
    LONGEST_HOURS,
    MOST_WORDS,
    OUTSIDE_DAYS,
    USUAL_HOURS,
    PassKind,
    PassRefusal,
)
from portal.reports.rules.transitions import facts_of_actor, holds, why_not
from portal.reports.service.loop import facts_of, who_acts

_MAIL = re.compile(r"[^@\s,;<>]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z")
_COMMAND = frozenset({Permission.REPORT_ACCEPT, Permission.REPORT_DISPATCH})


@dataclass(frozen=True)
class HelperWish:
    """A link for somebody who helps the unit: who, what to do there, for how long."""

    hours: int
    name: str | None = None
    phone: str | None = None
    words: str | None = None


@dataclass(frozen=True)
class ForwardWish:
    """A link for the body a matter was handed over to.

    ``consent``: how and when the reporter agreed that they learn who she is; None: they do not.
    """

    mail: str | None = None
    words: str | None = None
    answer_by: date | None = None
    consent: str | None = None


@dataclass(frozen=True)
class Made:
    """A new link. Its secret is known here alone, and never again."""

    code: str
    token: str


def _setting(session: Session, name: str, usual: int) -> int:
    return int(instance_of(session).city.thresholds.get(name, usual))


def helper_hours(session: Session) -> tuple[int, int]:
    """For how many hours a helper's link holds: as a rule, and at most."""
    most = _setting(session, "longest_helper_link_hours", LONGEST_HOURS)
    return min(_setting(session, "helper_link_hours", USUAL_HOURS), most), most


def answer_day(session: Session, now: datetime) -> date:
    """Until when a body outside is asked to answer, unless the desk says otherwise."""
    days = _setting(session, "outside_answer_days", ANSWER_DAYS)
    return city_day(now, instance_of(session).city.zone) + timedelta(days=days)


def may_let_in(session: Session, case: CaseRow, actor: Actor, now: datetime) -> bool:
    """Whether somebody could report the work as done herself: then a helper may do it for her."""
    who = who_acts(session, actor, case)
    can = why_not(Event.HANDLE, facts_of(session, case, now=now), who) is None
    return can and case.category_code != BEHAVIOUR


def may_forward(case: CaseRow, actor: Actor) -> bool:
    """Whether somebody of the desk may send a matter's link to the body that has it."""
    command = any(holds(actor, verb, case.place_path, case.unit_id) for verb in _COMMAND)
    return command and case.state is State.HANDED_OVER and case.category_code != BEHAVIOUR


def may_name_reporter(case: CaseRow, actor: Actor) -> bool:
    """Whether somebody may tell the body who reported: only who may see it herself."""
    return holds(actor, Permission.IDENTITY_SEE, case.place_path, case.unit_id)


def let_in_helper(
    session: Session, case: CaseRow, wish: HelperWish, *, actor: Actor, now: datetime
) -> Made:
    """A link by which a helper opens this one case, in the unit's name and for some hours."""
    if case.category_code == BEHAVIOUR:
        raise Refused(PassRefusal.INWARD)
    if not may_let_in(session, case, actor, now):
        raise Refused(PassRefusal.NOT_YOURS)
    usual, most = helper_hours(session)
    if not 1 <= wish.hours <= most:
        raise Refused(PassRefusal.BAD_HOURS, field="hours", facts={"most": most, "usual": usual})
    phone = _phone(wish.phone)
    vault = instance_of(session).vault
    name = (wish.name or "").strip()[:60]
    row = CasePass(
        **_fresh(case, PassKind.HELPER, actor, now),
        made_for=case.unit_id,
        sealed_name=vault.seal(name) if name else None,
        sealed_phone=vault.seal(phone) if phone else None,
        words=_words(wish.words),
        expires_at=now + timedelta(hours=wish.hours),
    )
    made = _keep(session, row, case, now)
    if phone is not None:
        _send(session, case, made, Channel.SMS, phone, "pass.helper", row.expires_at, now)
    return made


def forward_case(
    session: Session, case: CaseRow, wish: ForwardWish, *, actor: Actor, now: datetime
) -> Made:
    """A link by which a body outside reads a matter and answers, once."""
    if case.category_code == BEHAVIOUR:
        raise Refused(PassRefusal.INWARD)
    gone = handed_over_by(session, case)
    if gone is None or not may_forward(case, actor):
        raise Refused(PassRefusal.NOT_HANDED_OVER)
    today = city_day(now, instance_of(session).city.zone)
    answer_by = wish.answer_by or gone[2] or answer_day(session, now)
    refusal = why_not_answer_by(answer_by, today)
    if refusal is not None:
        raise Refused(refusal, field="answer_by")
    _instead_of_others(session, case, gone[0], now)
    consent, mail = _consent(session, case, wish, actor, now), _mail(wish.mail)
    days = _setting(session, "outside_link_days", OUTSIDE_DAYS)
    row = CasePass(
        **_fresh(case, PassKind.OUTSIDE, actor, now),
        made_for=gone[0],
        body=gone[1],
        words=_words(wish.words),
        consent=consent,
        answer_by=answer_by,
        # whoever is asked until a day must be able to answer until it is over
        expires_at=now + timedelta(days=max(days, (answer_by - today).days + 1)),
    )
    _await(session, case, gone[0], answer_by)
    made = _keep(session, row, case, now)
    if mail is not None:
        _send(session, case, made, Channel.MAIL, mail, "pass.outside", row.expires_at, now)
    return made


def _instead_of_others(session: Session, case: CaseRow, event_id: UUID, now: datetime) -> None:
    """Of one hand-over only the newest link is good: there is one answer."""
    mine = (CasePass.district == case.district, CasePass.made_for == event_id)
    earlier = update(CasePass).where(*mine, CasePass.revoked_at.is_(None))
    changed_rows(session, earlier.values(revoked_at=now))
    answered = select(CasePass.id).where(*mine, CasePass.answered_at.is_not(None))
    if session.scalar(answered.limit(1)) is not None:
        raise Conflict(PassRefusal.ANSWERED)


def _fresh(case: CaseRow, kind: PassKind, actor: Actor, now: datetime) -> dict[str, object]:
    return {
        "district": case.district,
        "id": new_id(),
        "code": new_number(),
        "case_id": case.id,
        "kind": kind,
        "maker_id": actor.person_id,
        "created_at": now,
    }


def _keep(session: Session, row: CasePass, case: CaseRow, now: datetime) -> Made:
    token = new_token()
    row.token_hash = hash_token(token)
    session.add(row)
    note_action(
        session,
        at=now,
        actor_id=row.maker_id,
        action=f"pass:make:{row.kind.value}",
        subject=f"case:{case.number}",
        reason=row.code,
    )
    return Made(row.code, token)


def _send(
    session: Session,
    case: CaseRow,
    made: Made,
    channel: Channel,
    to: str,
    template: str,
    until: datetime,
    now: datetime,
) -> None:
    """The link is known to the message alone, which is wiped once it has left.

    Whoever has an account chose a language there; all others are written to in the city's.
    """
    known = person_by_phone(session, to) if channel is Channel.SMS else None
    origin = instance_of(session).config.origin
    facts = {
        "number": case.number,
        "link": f"{origin}/l/{made.token}",
        "until_at": until.isoformat(),
    }
    post_message(
        session, channel=channel, to=to, template=template, facts=facts, now=now,
        language=known.language if known else instance_of(session).city.default_language,
        subject=f"pass:{made.code}",
    )  # fmt: skip


def _await(session: Session, case: CaseRow, event_id: UUID, answer_by: date) -> None:
    """From now on an answer is awaited: the desk's list counts by the record of the hand-over."""
    record = update(CaseOutside).where(
        CaseOutside.district == case.district, CaseOutside.event_id == event_id
    )
    session.execute(record.values(answer_by=answer_by))


def _consent(
    session: Session, case: CaseRow, wish: ForwardWish, actor: Actor, now: datetime
) -> str | None:
    """How the reporter agreed; without it, and from who may not see her, nothing is told."""
    if wish.consent is None:
        return None
    if not may_name_reporter(case, actor):
        raise Forbidden
    words = _words(wish.consent)
    if words is None:
        raise Refused(PassRefusal.NO_CONSENT, field="consent")
    for reporter in reporters_of(session, case):
        if reporter.erased_at is None and reporter.own:
            note_identity_look(
                session,
                actor,
                person_id=reporter.person_id,
                subject=f"case:{case.number}",
                reason=words,
                now=now,
            )
    return words


def _phone(typed: str | None) -> str | None:
    if not (typed or "").strip():
        return None
    phone = clean_mobile(typed or "")
    if phone is None:
        raise Refused(PassRefusal.BAD_PHONE, field="phone")
    return phone


def _mail(typed: str | None) -> str | None:
    address = (typed or "").strip()
    if address and not _MAIL.match(address):
        raise Refused(PassRefusal.BAD_MAIL, field="mail")
    return address or None


def _words(typed: str | None) -> str | None:
    return (typed or "").strip()[:MOST_WORDS] or None


def may_take_back(session: Session, case: CaseRow, row: PassRow, actor: Actor) -> bool:
    """Whoever made a link, works where it belongs, or commands there, may take it back.

    What a unit has is the unit's: who settles matters in the grid has no say in its helpers.
    """
    if row.maker_id == actor.person_id:
        return True
    who = facts_of_actor(actor, case.place_path, row.made_for)
    works = row.kind is PassKind.HELPER and Permission.REPORT_HANDLE in who.holds
    return bool(who.holds & _COMMAND) or (works and (who.of_unit or row.made_for is None))


def take_back_pass(
    session: Session, case: CaseRow, row: PassRow, *, actor: Actor, now: datetime
) -> None:
    """A link opens nothing from now on. What came before stays."""
    taken = update(CasePass).where(
        CasePass.district == row.district, CasePass.id == row.id, CasePass.revoked_at.is_(None)
    )
    if changed_rows(session, taken.values(revoked_at=now)) != 1:
        raise Conflict(PassRefusal.REVOKED)
    if not may_take_back(session, case, row, actor):
        raise Forbidden
    note_action(
        session,
        at=now,
        actor_id=actor.person_id,
        action=f"pass:revoke:{row.kind.value}",
        subject=f"case:{case.number}",
        reason=row.code,
    )


def still_entitled(session: Session, case: CaseRow, row: PassRow, now: datetime) -> bool:
    """Whether who let a helper in could still do the work herself."""
    if row.kind is PassKind.OUTSIDE:
        return True
    place = None if row.made_for else case.place_path
    holders = people_holding(session, Permission.REPORT_HANDLE, place, row.made_for, now)
    return any(person.id == row.maker_id for person in holders)
