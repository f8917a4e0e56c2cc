"""Signing a letter: one in force for a place, sealed by its hash in the same transaction.

Whoever calls it has proved who signs (``signing_codes``), or stands at the door (``assisted``).
Locks are taken in the order of decision 0040: premises, operator, pledge.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.rules.canonical import Json
from credit.rules.kinds import Kind
from credit.service import Details, Rejected, seal_statement
from pledges.models import (
    DutyNotice,
    Pledge,
    PledgeEvent,
    PledgeExtra,
    PledgeTick,
    Premises,
    PremisesOperator,
)
from pledges.queries.signing import (
    SigningDoor,
    TextRow,
    ToSign,
    extras_of,
    signing_door,
    to_sign,
)
from pledges.rules.clauses import Letter
from pledges.rules.premises import PremisesState
from pledges.rules.refusals import PledgeRefusal
from pledges.rules.register import is_stray
from pledges.rules.signatures import (
    SALT_BYTES,
    Noticed,
    Signature,
    SignedText,
    clean_name,
    is_renewal,
    unticked,
)
from pledges.rules.signing import (
    BY_CODE,
    NoticeWay,
    PledgeState,
    PledgeStep,
    SigningRefusal,
    SigningWay,
    Who,
)
from pledges.service.speaking import let_account_speak
from portal.kernel.clock import city_day
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_id, new_number
from portal.kernel.instance import instance_of


@dataclass(frozen=True, kw_only=True)
class SigningWish:
    """What is to be signed, as its page showed it.

    ``premises`` and ``operator`` are public numbers; ``version_id`` the main text, ``ticks`` its
    clauses by their ids; ``extras`` the versions of extra texts, each as a whole. ``duty_version``
    and ``received``: the duty area that was read, and that it was. Who signs: ``signer_id``, an
    account, and ``phone_hash``, of the phone that was proved; a ``witness_id`` is staff. ``offer``:
    what a letter of parking offers, which is hashed with it.
    """

    letter: Letter
    premises: str
    operator: str
    version_id: UUID
    ticks: frozenset[UUID]
    name: str
    language: str
    extras: frozenset[UUID] = frozenset()
    duty_version: int = 0
    received: bool = False
    notice_way: NoticeWay = NoticeWay.SCREEN
    way: SigningWay = SigningWay.CODE
    signer_id: UUID | None = None
    phone_hash: str | None = None
    witness_id: UUID | None = None
    paper: tuple[str, str] | None = None
    batch_id: UUID | None = None
    offer: Mapping[str, Json] | None = None


@dataclass(frozen=True)
class Signed:
    """What became of a wish: the letter, and the hash that was sealed, in hexadecimal."""

    id: UUID
    number: str
    digest: str


def tick_field(clause_id: UUID) -> str:
    """How the tick of a clause is called in forms and refusals."""
    return f"tick-{clause_id.hex}"


def sign(session: Session, wish: SigningWish, *, now: datetime) -> Signed:
    """Sign a letter; an earlier one of the place is thereby renewed.

    Raises Refused, Conflict when the text, the duty area or whoever runs the place changed
    meanwhile, and Missing where there is no such place.
    """
    door, operator = _locked(session, wish)
    texts = _texts(session, door, wish, city_day(now, instance_of(session).city.zone))
    name = _name(wish)
    before = _renewed(session, door, wish, now)
    notice = _notice(session, door, wish, now) if wish.letter is Letter.FRONTAGE else None
    signature = Signature(
        number=new_number(), letter=wish.letter, premises=door.number, operator=operator.number,
        name=name, signer=wish.signer_id, at=now, way=wish.way, language=wish.language,
        texts=[_signed(text) for text in texts],
        notice=Noticed(notice.number, notice.duty_version, notice.area_text) if notice else None,
        salt=secrets.token_hex(SALT_BYTES), offer=wish.offer,
    )  # fmt: skip
    entry_id = _seal(session, door, signature, now)
    key = _keep(session, door, wish, signature, entry_id, texts, notice, before)
    _now_speaks(session, operator, wish, now)
    return Signed(key, signature.number, signature.digest().hex())


def _locked(session: Session, wish: SigningWish) -> tuple[SigningDoor, PremisesOperator]:
    """The door and whoever runs it, both held, and the proof compared with what is held."""
    number = clean_number(wish.premises) or ""
    held = session.execute(
        select(Premises.district, Premises.id).where(Premises.number == number).with_for_update()
    ).one_or_none()
    if held is None:
        raise Missing
    operator = session.scalars(
        select(PremisesOperator)
        .where(
            PremisesOperator.district == held.district, PremisesOperator.premises_id == held.id,
            PremisesOperator.ends_on.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip
    door = signing_door(session, number)
    if door is None or door.state is PremisesState.GONE:
        raise Conflict(PledgeRefusal.GONE)
    if operator is None or operator.number != wish.operator:
        raise Conflict(SigningRefusal.OTHER_OPERATOR)
    if wish.way in BY_CODE and not _is_hers(operator, wish):
        raise Conflict(SigningRefusal.OTHER_PHONE)
    return door, operator


def _is_hers(operator: PremisesOperator, wish: SigningWish) -> bool:
    """The proved phone is still the register's, or it is the phone of whoever speaks for it."""
    if wish.phone_hash is None:
        return False
    speaks = operator.person_id is not None and operator.person_id == wish.signer_id
    return speaks or operator.phone_hash == wish.phone_hash


def _name(wish: SigningWish) -> str:
    name = clean_name(wish.name)
    if not name:
        raise Refused(SigningRefusal.NO_NAME, field="name")
    if is_stray(name):
        raise Refused(PledgeRefusal.STRAY_SIGNS, field="name")
    return name


def _texts(session: Session, door: SigningDoor, wish: SigningWish, on: date) -> list[TextRow]:
    """The texts that are signed, the main one first, all of this day."""
    offered: ToSign = to_sign(session, door, wish.letter, on)
    if offered.main is None:
        raise Refused(SigningRefusal.NO_TEXT)
    chosen = [text for text in offered.extras if text.id in wish.extras]
    if offered.main.id != wish.version_id or len(chosen) != len(wish.extras):
        raise Conflict(SigningRefusal.NEW_TEXT)
    missed = unticked(offered.main.clauses, wish.ticks)
    if missed:
        raise Refused(SigningRefusal.NOT_TICKED, field=tick_field(missed[0]))
    # in the order in which a letter reads them again: the hash must come out the same
    return [offered.main, *sorted(chosen, key=lambda text: text.row.code)]


def _renewed(
    session: Session, door: SigningDoor, wish: SigningWish, now: datetime
) -> Pledge | None:
    """The pledge that this one follows; it is no longer in force from now on."""
    before = session.scalars(
        select(Pledge)
        .where(
            Pledge.district == door.district, Pledge.premises_id == door.id,
            Pledge.letter == wish.letter, Pledge.state == PledgeState.IN_FORCE,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip
    if before is None:
        return None
    held = (before.version_id, extras_of(session, before.district, before.id))
    if not is_renewal(held, (wish.version_id, wish.extras)):
        raise Conflict(SigningRefusal.SIGNED_ALREADY)
    before.state, before.ended_at = PledgeState.RENEWED, now
    # at most one is in force: the old one must be out of the way first
    session.flush()
    add_event(session, before, PledgeStep.RENEW, now, witness_id=wish.witness_id)
    return before


def _notice(session: Session, door: SigningDoor, wish: SigningWish, now: datetime) -> DutyNotice:
    """The notice of the duty area with its receipt; it is given before anything is signed."""
    if door.duty_words is None or door.duty_version == 0:
        raise Refused(SigningRefusal.NO_DUTY)
    if door.duty_version != wish.duty_version:
        raise Conflict(SigningRefusal.NEW_DUTY)
    if not wish.received:
        raise Refused(SigningRefusal.NOT_RECEIVED, field="received")
    row = session.scalars(
        select(DutyNotice).where(
            DutyNotice.district == door.district, DutyNotice.operator_id == door.operator_id,
            DutyNotice.duty_version == door.duty_version,
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        row = DutyNotice(
            district=door.district, id=new_id(), number=new_number(), premises_id=door.id,
            operator_id=door.operator_id, duty_version=door.duty_version,
            area_text=door.duty_words, way=wish.notice_way, given_at=now,
            given_by=wish.witness_id,
        )  # fmt: skip
        session.add(row)
    if row.received_at is None:
        row.received_at = now
    # the pledge refers to it by key alone
    session.flush()
    return row


def _signed(text: TextRow) -> SignedText:
    return SignedText(
        text.row.code, text.version.version, text.version.digest or "",
        tuple(clause.code for clause in text.clauses.values()),
    )  # fmt: skip


def _seal(session: Session, door: SigningDoor, signature: Signature, now: datetime) -> UUID:
    entry_id = new_id()
    outcome = seal_statement(
        session, district=door.district, entry_id=entry_id, kind=Kind.PLEDGE_SIGNED,
        digest=signature.digest(), details=Details(subject_of(signature.number)), now=now,
    )  # fmt: skip
    if isinstance(outcome, Rejected):
        # the ledger stands still: the signature waits with it
        raise Conflict(outcome.code)
    return entry_id


def subject_of(number: str) -> str:
    """How messages, the audit and the ledger speak of a pledge."""
    return f"pledge:{number}"


def _keep(
    session: Session,
    door: SigningDoor,
    wish: SigningWish,
    signature: Signature,
    entry_id: UUID,
    texts: list[TextRow],
    notice: DutyNotice | None,
    before: Pledge | None,
) -> UUID:
    row = Pledge(
        district=door.district, id=new_id(), number=signature.number, letter=wish.letter,
        premises_id=door.id, operator_id=door.operator_id, place_path=door.place_path,
        version_id=texts[0].id, notice_id=notice.id if notice else None, way=wish.way,
        state=PledgeState.IN_FORCE, language=wish.language, signer_id=wish.signer_id,
        sealed_signature=instance_of(session).vault.seal(signature.name),
        witness_id=wish.witness_id, paper_key=wish.paper[0] if wish.paper else None,
        paper_thumbnail_key=wish.paper[1] if wish.paper else None, signed_at=signature.at,
        salt=signature.salt, digest=signature.digest().hex(), entry_id=entry_id,
        batch_id=wish.batch_id, renews_id=before.id if before else None,
    )  # fmt: skip
    session.add(row)
    # what follows refers to it by key alone
    session.flush()
    session.add_all(
        PledgeExtra(district=row.district, pledge_id=row.id, version_id=text.id)
        for text in texts[1:]
    )
    session.add_all(
        PledgeTick(district=row.district, pledge_id=row.id, clause_id=clause_id)
        for text in texts
        for clause_id in text.clauses
    )
    add_event(session, row, PledgeStep.SIGN, signature.at, witness_id=wish.witness_id)
    return row.id


def add_event(
    session: Session,
    row: Pledge,
    step: PledgeStep,
    now: datetime,
    *,
    witness_id: UUID | None = None,
    who: Who = Who.OPERATOR,
    reason: str | None = None,
) -> None:
    """A step in the history of a pledge; whoever assisted stands there, a signer never."""
    session.add(
        PledgeEvent(
            district=row.district, pledge_id=row.id, step=step,
            who=Who.STAFF if witness_id else who, actor_id=witness_id, at=now, reason=reason,
        )
    )  # fmt: skip


def _now_speaks(
    session: Session, operator: PremisesOperator, wish: SigningWish, now: datetime
) -> None:
    """Who proved the register's phone speaks for the place from now on, unless somebody does."""
    if wish.signer_id is None or operator.person_id is not None:
        return
    let_account_speak(session, operator, wish.signer_id, now=now)
