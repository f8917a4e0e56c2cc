"""我也遇到: somebody joins a matter instead of filing it again, with a receipt of her own.

Nobody learns from it who else is behind the matter: a telephone that was only typed is compared
with nothing, and the count grows the same way for everybody.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.accounts.queries import phones_of
from portal.accounts.rules import Actor
from portal.kernel.errors import Missing, Refused
from portal.kernel.ids import hash_token, new_id, new_lookup_code, new_token
from portal.kernel.instance import instance_of
from portal.kernel.outbox import Channel, post_message
from portal.kernel.phones import clean_mobile
from portal.kernel.ratelimit import take
from portal.kernel.uploads import KeptPhotos, take_uploads
from portal.reports.models import CasePhoto, CaseReporter, CaseText
from portal.reports.queries.case import CaseReporterRow, CaseRow
from portal.reports.queries.links import reporter_row
from portal.reports.queries.public import kinds
from portal.reports.rules.codes import LinkPurpose, PhotoKind, Relation, Review, TextKind
from portal.reports.rules.intake import Contact, IntakeRefusal, ReportAnswers, Step
from portal.reports.rules.masking import for_public
from portal.reports.rules.neighbours import JoinRefusal, why_not_join
from portal.reports.rules.reasons import Reason
from portal.reports.rules.receipts import lookup_hash
from portal.reports.service.drafts import DraftRow, claim_draft, keep_receipt
from portal.reports.service.holding import hold_case
from portal.reports.service.intake import slow_floods
from portal.reports.service.links import mint_link
from portal.reports.service.protection import protect_reporter
from portal.reports.service.receipts import PER_PHONE
from portal.reports.service.steps import file_facts


@dataclass(frozen=True)
class Joiner:
    """Whoever joins. ``browser`` stands for somebody without an account; ``known`` is her row."""

    actor: Actor
    browser: str
    address: str
    language: str
    contact: Contact = Contact.NONE
    phone: str = ""
    known: CaseReporterRow | None = None

    @property
    def by_account(self) -> bool:
        return self.actor.signed_in and self.contact is Contact.ACCOUNT


@dataclass(frozen=True)
class Joined:
    """Her receipt: the look-up code and the token exist here only."""

    number: str
    lookup_code: str
    token: str
    reporter: CaseReporterRow

    @property
    def text(self) -> str:
        """As it is sealed beside a draft."""
        receipt = {"number": self.number, "code": self.lookup_code, "token": self.token}
        return json.dumps({**receipt, "joined": "yes"})


def join_case(session: Session, case: CaseRow, joiner: Joiner, *, now: datetime) -> Joined:
    """Stand behind a public matter too, once. Raises Refused; a lost race raises Conflict."""
    hold_case(session, case)
    slow_floods(session, joiner.actor, joiner.address, now)
    kind = kinds(session).get(case.category_code)
    protected = kind is None or kind.publicity.protected
    if not case.listed:
        raise Missing
    refusal = why_not_join(case.state, case.closed_at, now, protected=protected)
    if refusal is None and (joiner.known is not None or _is_behind(session, case, joiner)):
        refusal = JoinRefusal.YOURS
    if refusal is not None:
        raise Refused(refusal)
    return _add(session, case, joiner, now)


def _is_behind(session: Session, case: CaseRow, joiner: Joiner) -> bool:
    """Whether her account, or the telephone it has proved, is behind the case already."""
    person_id = joiner.actor.person_id
    if not joiner.by_account or person_id is None:
        return False
    mine = [CaseReporter.person_id == person_id]
    phone = phones_of(session, [person_id]).get(person_id)
    if phone:
        vault = instance_of(session).vault
        mine.append(CaseReporter.phone_hash == vault.keyed_hash("phone", phone))
    here = (CaseReporter.district == case.district, CaseReporter.case_id == case.id)
    return session.scalar(select(CaseReporter.id).where(*here, or_(*mine)).limit(1)) is not None


def _add(session: Session, case: CaseRow, joiner: Joiner, now: datetime) -> Joined:
    """Her row; the unique key of this very case decides between two of her clicks."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    code, token, reporter_id = new_lookup_code(), new_token(), new_id()
    vault = instance_of(session).vault
    statement = (
        dialect.insert(CaseReporter)
        .values(
            district=case.district,
            id=reporter_id,
            case_id=case.id,
            relation=Relation.ME_TOO,
            lookup_hash=lookup_hash(vault, case.number, code),
            token_hash=hash_token(token),
            failed_tries=0,
            language=joiner.language,
            created_at=now,
            **_identity(session, case, joiner),
        )
        .on_conflict_do_nothing()
        .returning(CaseReporter.id)
    )
    if session.scalar(statement) is None:
        raise Refused(JoinRefusal.YOURS)
    row = reporter_row(session, case.district, reporter_id)
    if row is None:
        raise RuntimeError("the reporter who was just written is not there")
    protect_reporter(session, case, row, now=now)
    _tell_receipt(session, case, row, joiner, now)
    return Joined(case.number, code, token, row)


def _identity(session: Session, case: CaseRow, joiner: Joiner) -> dict[str, object]:
    """Who she is, sealed as with a first reporter; the pseudonym protects her alike (law N1)."""
    vault = instance_of(session).vault
    person_id = joiner.actor.person_id if joiner.by_account else None
    phone = clean_mobile(joiner.phone) if joiner.contact is Contact.PHONE else None
    if joiner.contact is Contact.PHONE and phone is None:
        raise Refused(IntakeRefusal.BAD_PHONE, field=Step.CONTACT)
    who = f"person:{person_id}" if person_id else f"phone:{phone}"
    once = f"person:{person_id}" if person_id else f"browser:{joiner.browser}"
    proved = person_id is not None and person_id in phones_of(session, [person_id])
    return {
        "person_id": person_id,
        "pseudonym": vault.keyed_hash("pseudonym", who) if person_id or phone else None,
        "sealed_phone": vault.seal(phone) if phone else None,
        "phone_hash": vault.keyed_hash("phone", phone) if phone else None,
        "verified": proved,
        "joined_key": vault.keyed_hash("joined", f"{case.id.hex} {once}"),
    }


def _tell_receipt(
    session: Session, case: CaseRow, row: CaseReporterRow, joiner: Joiner, now: datetime
) -> None:
    """The receipt by message to the telephone she left; nobody's is flooded with them."""
    phone = clean_mobile(joiner.phone) if row.sealed_phone else None
    if phone is None or take(session, [(PER_PHONE, phone)], now=now) is not None:
        return
    link = mint_link(session, row, LinkPurpose.FOLLOW, now=now)
    post_message(
        session,
        channel=Channel.SMS,
        to=phone,
        template="report.joined",
        facts={"number": case.number, "link": link},
        now=now,
        language=row.language,
        subject=f"case:{case.number}",
    )


def join_from_draft(
    session: Session,
    draft: DraftRow,
    seen: int,
    case: CaseRow,
    joiner: Joiner,
    *,
    add: bool,
    now: datetime,
) -> Joined:
    """Join instead of filing: the draft is spent, and what it holds may come along for a check."""
    claim_draft(session, draft, seen, now)
    joined = join_case(session, case, joiner, now=now)
    if add:
        add_to_case(session, case, joined.reporter, draft.answers, draft.owner, now=now)
    keep_receipt(session, draft, case.number, joined.text, now)
    return joined


def add_to_case(
    session: Session,
    case: CaseRow,
    reporter: CaseReporterRow,
    answers: ReportAnswers,
    owner: str,
    *,
    now: datetime,
) -> None:
    """Her words and photos beside the first reporter's; the public sees them after a check."""
    agreed = bool(answers.publish)
    review = Review.PENDING if agreed else Review.WITHHELD
    hers = {
        "district": case.district,
        "case_id": case.id,
        "review": review,
        "review_reason": None if agreed else Reason.NOT_AGREED.value,
        "by_reporter": True,
        "reporter_id": reporter.id,
        "created_at": now,
    }
    if answers.words:
        public = for_public(answers.words) if agreed else None
        session.add(
            CaseText(kind=TextKind.ADDITION, text=answers.words, public_text=public, **hers)
        )
    for photo in take_uploads(session, KeptPhotos(owner, answers.photos), now):
        session.add(
            CasePhoto(
                code=new_token(),
                kind=PhotoKind.BEFORE,
                **file_facts(photo),
                cycle=case.cycle,
                **hers,
            )
        )
