"""What is to be signed at a door, and what was."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from pledges.models import (
    Clause,
    ClauseSet,
    ClauseVersion,
    DutyNotice,
    Pledge,
    PledgeExtra,
    PledgeTick,
    Premises,
    PremisesOperator,
)
from pledges.queries.clauses import SetRow, VersionRow, running_sets, texts_for
from pledges.queries.parking import offer_content, offer_of_letter
from pledges.rules.clause_texts import LANGUAGES, ClauseText, fitting
from pledges.rules.clauses import Letter
from pledges.rules.premises import PremisesKind, PremisesState
from pledges.rules.signatures import Noticed, Signature, SignedText
from pledges.rules.signing import PledgeState, SigningWay
from portal.kernel.instance import instance_of


@dataclass(frozen=True)
class TextRow:
    """A text that may be signed, with its clauses by their ids, in their order."""

    row: SetRow
    version: VersionRow
    clauses: Mapping[UUID, ClauseText]

    @property
    def id(self) -> UUID:
        return self.version.id


@dataclass(frozen=True)
class ToSign:
    """What may be signed at a door: a main text, and extra ones beside it."""

    main: TextRow | None
    extras: Sequence[TextRow]


@dataclass(frozen=True)
class SigningDoor:
    """A door as a signature needs it: what it is, its duty area, who runs it. No name, no phone.

    ``operator`` None: nobody runs it. ``phone_known``: whether a code can go to the register's.
    """

    district: str
    id: UUID
    number: str
    title: str
    kind: PremisesKind
    state: PremisesState
    trade: str
    road: str
    door: str
    place_path: str
    duty_words: str | None
    duty_version: int
    operator_id: UUID | None
    operator: str | None
    speaker_id: UUID | None
    phone_hash: str | None

    @property
    def phone_known(self) -> bool:
        return self.phone_hash is not None


_DOOR: Any = (
    Premises.district, Premises.id, Premises.number, Premises.title, Premises.kind, Premises.state,
    Premises.trade, Premises.road, Premises.door, Premises.place_path, Premises.duty_words,
    Premises.duty_version, PremisesOperator.id, PremisesOperator.number,
    PremisesOperator.person_id, PremisesOperator.phone_hash,
)  # fmt: skip
RUN_NOW = and_(
    PremisesOperator.district == Premises.district,
    PremisesOperator.premises_id == Premises.id,
    PremisesOperator.ends_on.is_(None),
)


def signing_door(session: Session, number: str) -> SigningDoor | None:
    """A door of the register with who runs it now: one query."""
    statement = select(*_DOOR).outerjoin(PremisesOperator, RUN_NOW)
    found = session.execute(statement.where(Premises.number == number)).one_or_none()
    return SigningDoor(*found) if found else None


def signing_doors(
    session: Session, *, person_id: UUID, phone_hash: str | None
) -> list[SigningDoor]:
    """The doors that somebody runs now: she speaks for them, or her phone is the register's."""
    hers = PremisesOperator.person_id == person_id
    if phone_hash is not None:
        hers = hers | (PremisesOperator.phone_hash == phone_hash)
    statement = (
        select(*_DOOR)
        .join(PremisesOperator, RUN_NOW)
        .where(hers, Premises.state != PremisesState.GONE)
        .order_by(Premises.district, Premises.id)
    )
    return [SigningDoor(*row) for row in session.execute(statement)]


def titles_of(session: Session, numbers: Iterable[str]) -> dict[str, str]:
    """The public names of some places by their numbers: one query."""
    rows = session.execute(
        select(Premises.number, Premises.title).where(Premises.number.in_(set(numbers)))
    )
    return {row.number: row.title for row in rows}


def to_sign(session: Session, door: SigningDoor, letter: Letter, on: date) -> ToSign:
    """The texts that are meant for a door on a day, with their clauses."""
    offered = texts_for(session, letter, door.place_path, door.kind, door.trade, on=on)
    pairs = [*([offered.main] if offered.main else []), *offered.extras]
    clauses = clauses_with_ids(session, [version.id for _row, version in pairs])
    texts = [TextRow(row, version, clauses[version.id]) for row, version in pairs]
    return ToSign(texts[0] if offered.main else None, texts[1 if offered.main else 0 :])


def clauses_with_ids(
    session: Session, versions: Iterable[UUID]
) -> dict[UUID, dict[UUID, ClauseText]]:
    """The clauses of versions by their ids, in their order: one query."""
    wanted = list(versions)
    found: dict[UUID, dict[UUID, ClauseText]] = {one: {} for one in wanted}
    statement = select(Clause).where(Clause.version_id.in_(wanted)).order_by(Clause.position)
    for row in session.scalars(statement):
        texts = _said(row, "text") | ({"khb": row.text_khb} if row.text_khb else {})
        found[row.version_id][row.id] = ClauseText(
            row.code, row.axis, row.pictogram, texts, _said(row, "plain")
        )
    return found


def _said(row: Any, part: str) -> dict[str, str]:
    return {language: getattr(row, f"{part}_{language.lower()}") for language in LANGUAGES}


@dataclass(frozen=True)
class PledgeRow:
    """A pledge as anybody may know of it: no signer, no name."""

    district: str
    id: UUID
    number: str
    letter: Letter
    state: PledgeState
    way: SigningWay
    premises_id: UUID
    premises: str
    title: str
    road: str
    door: str
    place_path: str
    version_id: UUID
    version: int
    set_code: str
    names: Mapping[str, str]
    signed_at: datetime
    ended_at: datetime | None
    digest: str
    sealed: bool
    renewal_asked_at: datetime | None


_PLEDGE: Any = (
    Pledge.district, Pledge.id, Pledge.number, Pledge.letter, Pledge.state, Pledge.way,
    Pledge.premises_id, Premises.number.label("premises"), Premises.title, Premises.road,
    Premises.door, Pledge.place_path, Pledge.version_id, ClauseVersion.version,
    ClauseSet.code.label("set_code"), ClauseSet.name_zh_hans, ClauseSet.name_zh_hant,
    ClauseSet.name_en, Pledge.signed_at, Pledge.ended_at, Pledge.digest,
    Pledge.entry_id, Pledge.renewal_asked_at,
)  # fmt: skip


def pledges_where(*conditions: Any) -> Any:
    """The statement of pledges with their door and text, the newest first."""
    return (
        select(*_PLEDGE)
        .join(
            Premises,
            and_(Premises.district == Pledge.district, Premises.id == Pledge.premises_id),
        )
        .join(ClauseVersion, ClauseVersion.id == Pledge.version_id)
        .join(ClauseSet, ClauseSet.id == ClauseVersion.set_id)
        .where(*conditions)
        .order_by(Pledge.signed_at.desc(), Pledge.id.desc())
    )


def pledge_row(found: Any) -> PledgeRow:
    """A row of that statement."""
    given = dict(found._mapping)
    names = {language: given.pop(f"name_{language.lower()}") for language in LANGUAGES}
    return PledgeRow(names=names, sealed=given.pop("entry_id") is not None, **given)


def pledge_by_number(session: Session, number: str) -> PledgeRow | None:
    """A pledge of any state by its public number."""
    found = session.execute(pledges_where(Pledge.number == number)).one_or_none()
    return pledge_row(found) if found else None


def pledge_in_force(
    session: Session, district: str, premises_id: UUID, letter: Letter
) -> PledgeRow | None:
    """The one pledge of a kind that is in force at a door."""
    found = session.execute(
        pledges_where(
            Pledge.district == district, Pledge.premises_id == premises_id,
            Pledge.letter == letter, Pledge.state == PledgeState.IN_FORCE,
        )
    ).one_or_none()  # fmt: skip
    return pledge_row(found) if found else None


def extras_of(session: Session, district: str, pledge_id: UUID) -> frozenset[UUID]:
    """The versions of the extra texts that were signed along."""
    statement = select(PledgeExtra.version_id).where(
        PledgeExtra.district == district, PledgeExtra.pledge_id == pledge_id
    )
    return frozenset(session.scalars(statement))


def signed_texts(session: Session, district: str, pledge_id: UUID) -> list[SignedText]:
    """What was ticked, text by text: the main one first."""
    rows = session.execute(
        select(
            ClauseSet.code, ClauseVersion.version, ClauseVersion.digest, Clause.code.label("clause")
        )
        .join(ClauseVersion, ClauseVersion.set_id == ClauseSet.id)
        .join(Clause, Clause.version_id == ClauseVersion.id)
        .join(PledgeTick, PledgeTick.clause_id == Clause.id)
        .where(PledgeTick.district == district, PledgeTick.pledge_id == pledge_id)
        .order_by(ClauseSet.extra, ClauseSet.code, Clause.position)
    )
    found: dict[tuple[str, int, str], list[str]] = {}
    for row in rows:
        found.setdefault((row.code, row.version, row.digest or ""), []).append(row.clause)
    return [SignedText(*key, tuple(clauses)) for key, clauses in found.items()]


def signature_of(session: Session, pledge_id: UUID, district: str) -> Signature | None:
    """The signature as it was hashed; None once the name or the salt is erased, and for an offer of
    parking that was written anew since: what was offered then is not kept. What does not give the
    hash that was sealed is None too: no page shows a line as the proof of what it does not prove.
    """
    row = session.get_one(Pledge, (district, pledge_id))
    if row.sealed_signature is None or row.salt is None:
        return None
    offer = None
    if row.letter is Letter.PARKING:
        offered = offer_of_letter(session, district, pledge_id)
        if offered is None:
            return None
        offer = offer_content(session, offered)
    operator = session.get_one(PremisesOperator, (district, row.operator_id))
    premises = session.get_one(Premises, (district, row.premises_id))
    whole = Signature(
        number=row.number, letter=row.letter, premises=premises.number, operator=operator.number,
        name=instance_of(session).vault.unseal(row.sealed_signature), signer=row.signer_id,
        at=row.signed_at, way=row.way, language=row.language,
        texts=signed_texts(session, district, pledge_id),
        notice=notice_of(session, district, row.notice_id), salt=row.salt, offer=offer,
    )  # fmt: skip
    return whole if whole.digest().hex() == row.digest else None


def notice_of(session: Session, district: str, notice_id: UUID | None) -> Noticed | None:
    """The notice that was received with a pledge."""
    row = session.get(DutyNotice, (district, notice_id)) if notice_id else None
    return Noticed(row.number, row.duty_version, row.area_text) if row else None


@dataclass(frozen=True)
class BranchRow:
    """A place that somebody runs, the main text that is meant for it, and what is in force.

    ``due``: it is not signed yet, or in an older text.
    """

    door: SigningDoor
    text: tuple[SetRow, VersionRow] | None
    held_version: UUID | None
    has_extras: bool

    @property
    def due(self) -> bool:
        return self.text is not None and self.text[1].id != self.held_version


def branches(
    session: Session, doors: Sequence[SigningDoor], letter: Letter, on: date
) -> list[BranchRow]:
    """What is to be signed at some doors: the same few queries, however many they are."""
    running = {row.code: (row, version) for row, version in running_sets(session, on)}
    mains = [row for row, _version in running.values() if row.letter is letter and not row.extra]
    held = {
        (row.district, row.premises_id): (row.version_id, row.extra is not None)
        for row in session.execute(
            select(
                Pledge.district, Pledge.premises_id, Pledge.version_id,
                PledgeExtra.version_id.label("extra"),
            )
            .outerjoin(
                PledgeExtra,
                and_(PledgeExtra.district == Pledge.district, PledgeExtra.pledge_id == Pledge.id),
            )
            .where(
                Pledge.premises_id.in_([door.id for door in doors]), Pledge.letter == letter,
                Pledge.state == PledgeState.IN_FORCE,
            )
        )
    }  # fmt: skip
    found = []
    for door in doors:
        near = fitting(mains, door.place_path, door.kind, door.trade)
        version, extras = held.get((door.district, door.id), (None, False))
        text = running[near[0].code] if near else None
        found.append(BranchRow(door, text, version, extras))
    return found
