"""Signatures as they are read: counts and names for everybody, one's own, those of a sheet."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from portal.conventions.models import (
    Convention,
    ConventionVersion,
    Round,
    SignOn,
)
from portal.conventions.rules.kinds import Kind
from portal.conventions.rules.signing import (
    NAMES_ON_A_PAGE,
    ContestAct,
    Signer,
    SignRefusal,
    SignWay,
)
from portal.kernel.instance import instance_of

PAGE = 50


@dataclass(frozen=True)
class SigningRow:
    """A version to sign. ``number``: of its round, which no other version has;
    ``of``: of its convention; ``newest``: of the
    round of the newest version; ``followed_on``: the day from which a later one counts."""

    id: UUID
    number: str
    convention_id: UUID
    of: str
    kind: Kind
    title: str
    version: int
    preamble: str | None
    area_id: UUID
    place_path: str
    covers: str | None
    adopted_on: date
    effective_from: date
    published_at: datetime
    digest: str
    ended_on: date | None
    newest: str
    followed_on: date | None

    @property
    def is_newest(self) -> bool:
        return self.newest == self.number

    def open_on(self, day: date) -> bool:
        """Whether it is signed on a day: only what was published last, and while it may count."""
        return self.is_newest and not self.over(day)

    def ends_after(self, day: date) -> bool:
        """Whether a vote decided that all of it ends, on a day that is still ahead."""
        return self.ended_on is not None and day < self.ended_on

    def why_shut(self, day: date) -> SignRefusal | None:
        """Why nobody signs it on a day; None: it is open."""
        if self.open_on(day):
            return None
        if self.ended_on is None:
            # an older version always has a newer one behind it
            return SignRefusal.NEWER
        return SignRefusal.ENDS if self.ends_after(day) else SignRefusal.ENDED

    def counts(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.effective_from <= day and not self.over(day)

    def over(self, day: date) -> bool:
        """Whether it is no longer in force on a day, or never will be: another took its place, all
        has ended, or it is the decision that ends it."""
        if self.followed_on is not None and self.followed_on <= day:
            return True
        return self.ended_on is not None and self.ended_on <= max(day, self.effective_from)


def _versions() -> Select[*tuple[Any, ...]]:
    later, run = aliased(ConventionVersion), aliased(Round)
    following = aliased(ConventionVersion)
    followed = (
        select(func.min(following.effective_from))
        .where(
            following.convention_id == ConventionVersion.convention_id,
            following.version > ConventionVersion.version,
        )
        .scalar_subquery()
    )
    newest = (
        select(run.number)
        .join(later, later.round_id == run.id)
        .where(later.convention_id == ConventionVersion.convention_id)
        .order_by(later.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    v = ConventionVersion
    return (
        select(
            v.id, Round.number, v.convention_id, Convention.number, Convention.kind, v.title,
            v.version, v.preamble, Convention.area_id, Convention.place_path, Convention.covers,
            v.adopted_on, v.effective_from, v.published_at, v.digest, Convention.ended_on, newest,
            followed,
        )
        .join(Round, Round.id == v.round_id)
        .join(Convention, Convention.id == v.convention_id)
    )  # fmt: skip


def signing_by_number(session: Session, number: str) -> SigningRow | None:
    """The version that a round published."""
    row = session.execute(_versions().where(Round.number == number)).one_or_none()
    return SigningRow(*row) if row else None


def signings_by_numbers(session: Session, numbers: Collection[str]) -> list[SigningRow]:
    """Several of them, in one query."""
    rows = session.execute(_versions().where(Round.number.in_(numbers)))
    return [SigningRow(*row) for row in rows]


def hold_version(session: Session, version_id: UUID) -> None:
    """Others who hold it wait until the end of this transaction."""
    statement = select(ConventionVersion.id).where(ConventionVersion.id == version_id)
    session.execute(statement.with_for_update())


@dataclass(frozen=True)
class Counts:
    """How many stand by a version: people, households and units. ``paper``: how many of the people
    signed on paper; one of them who signed on the screen too cannot be told and counts twice."""

    people: int = 0
    households: int = 0
    units: int = 0
    paper: int = 0


def counts_of(session: Session, version_id: UUID) -> Counts:
    """The signatures that stand. Who has not signed is written nowhere."""
    rows = session.execute(
        select(SignOn.signer, SignOn.way, func.count())
        .where(SignOn.version_id == version_id, SignOn.withdrawn_at.is_(None))
        .group_by(SignOn.signer, SignOn.way)
    ).all()
    found = Counter[Signer]()
    for signer, _way, many in rows:
        found[signer] += many
    on_paper = {signer: many for signer, way, many in rows if way is SignWay.PAPER}
    return Counts(
        found[Signer.PERSON], found[Signer.HOUSEHOLD], found[Signer.UNIT],
        on_paper.get(Signer.PERSON, 0),
    )  # fmt: skip


def names_of_signers(session: Session, version_id: UUID) -> list[tuple[str, str]]:
    """The names of those who want to be named, each after the number of her signature; never with
    a door."""
    rows = session.execute(
        select(SignOn.number, SignOn.sealed_name)
        .where(
            SignOn.version_id == version_id, SignOn.withdrawn_at.is_(None),
            SignOn.named_at.is_not(None), SignOn.sealed_name.is_not(None),
        )
        .order_by(SignOn.named_at, SignOn.id)
        .limit(NAMES_ON_A_PAGE)
    )  # fmt: skip
    vault = instance_of(session).vault
    return [(number, vault.unseal(name)) for number, name in rows if name]


@dataclass(frozen=True)
class SignOnRow:
    """A signature with the version it is under. ``on``: the number of the version's round."""

    id: UUID
    number: str
    version_id: UUID
    on: str
    title: str
    version: int
    place_path: str
    signer: Signer
    way: SignWay
    person_id: UUID | None
    organisation_id: UUID | None
    sheet: str | None
    paper_key: str | None
    named_at: datetime | None
    signed_at: datetime
    withdrawn_at: datetime | None
    contested: ContestAct | None
    name: str
    door: str

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None


def _sign_ons() -> Select[*tuple[Any, ...]]:
    s = SignOn
    return (
        select(
            s.id, s.number, s.version_id, Round.number, ConventionVersion.title,
            ConventionVersion.version, Convention.place_path, s.signer, s.way, s.person_id,
            s.organisation_id, s.sheet,
            s.paper_key, s.named_at, s.signed_at, s.withdrawn_at, s.contested, s.sealed_name,
            s.sealed_household,
        )
        .join(ConventionVersion, ConventionVersion.id == s.version_id)
        .join(Round, Round.id == ConventionVersion.round_id)
        .join(Convention, Convention.id == ConventionVersion.convention_id)
    )  # fmt: skip


def _read(session: Session, statement: Select[*tuple[Any, ...]]) -> list[SignOnRow]:
    vault = instance_of(session).vault
    return [
        SignOnRow(*row[:-2], *(vault.unseal(one) if one else "" for one in row[-2:]))
        for row in session.execute(statement)
    ]


def sign_on_by_number(session: Session, number: str, *, lock: bool = False) -> SignOnRow | None:
    """One signature."""
    statement = _sign_ons().where(SignOn.number == number)
    rows = _read(session, statement.with_for_update(of=SignOn) if lock else statement)
    return rows[0] if rows else None


def sign_ons_by(
    session: Session, person_id: UUID, units: Collection[UUID] = (), *, on: UUID | None = None
) -> list[SignOnRow]:
    """What somebody signed for herself and her household, and what ``units`` signed, whoever did
    it; the newest first. ``on``: under one version."""
    hers = (SignOn.person_id == person_id) & (SignOn.signer != Signer.UNIT)
    statement = _sign_ons().where(hers | SignOn.organisation_id.in_(units))
    if on is not None:
        statement = statement.where(SignOn.version_id == on)
    return _read(session, statement.order_by(SignOn.id.desc()))


def household_on_screen(session: Session, version_id: UUID, household_hash: str) -> str | None:
    """The number of the signature of a door that was given on the screen, while it stands."""
    return session.scalar(
        select(SignOn.number).where(
            SignOn.version_id == version_id, SignOn.household_hash == household_hash,
            SignOn.way == SignWay.SCREEN, SignOn.withdrawn_at.is_(None),
        )
    )  # fmt: skip


def units_signed(session: Session, version_id: UUID) -> dict[UUID, str]:
    """The numbers of the signatures of units that stand under a version, by unit."""
    rows = session.execute(
        select(SignOn.organisation_id, SignOn.number).where(
            SignOn.version_id == version_id, SignOn.organisation_id.is_not(None),
            SignOn.withdrawn_at.is_(None),
        )
    )  # fmt: skip
    return {unit: number for unit, number in rows if unit is not None}


def has_signed(session: Session, version_id: UUID, person_id: UUID) -> bool:
    """Whether somebody's own signature stands under a version; hers stays so until the end of the
    transaction."""
    statement = select(SignOn.id).where(
        SignOn.version_id == version_id, SignOn.person_id == person_id,
        SignOn.signer == Signer.PERSON, SignOn.withdrawn_at.is_(None),
    )  # fmt: skip
    return session.scalar(statement.with_for_update()) is not None


def signed_as(session: Session, version_id: UUID, person_id: UUID, signer: Signer) -> bool:
    """Whether somebody's account has signed in this way, and that stands."""
    statement = select(SignOn.id).where(
        SignOn.version_id == version_id, SignOn.person_id == person_id, SignOn.signer == signer,
        SignOn.withdrawn_at.is_(None),
    )  # fmt: skip
    return session.scalar(statement) is not None


def contested_of(
    session: Session, version_id: UUID, person_id: UUID
) -> set[tuple[ContestAct, Signer, UUID | None]]:  # fmt: skip
    """What the committee ended or hid of somebody's account under a version, as whom she had
    signed, and for which unit."""
    statement = select(SignOn.contested, SignOn.signer, SignOn.organisation_id).where(
        SignOn.version_id == version_id, SignOn.person_id == person_id,
        SignOn.contested.is_not(None),
    )  # fmt: skip
    rows = session.execute(statement)
    return {(act, signer, unit) for act, signer, unit in rows if act is not None}


@dataclass(frozen=True)
class Settled:
    """A signature that was ended or whose name was hidden: nobody's name or door."""

    number: str
    act: ContestAct


def settled_under(session: Session, version_id: UUID) -> list[Settled]:
    """Those of a version that may not be given again yet, the newest first."""
    statement = select(SignOn.number, SignOn.contested).where(
        SignOn.version_id == version_id, SignOn.contested.is_not(None)
    )
    rows = session.execute(statement.order_by(SignOn.id.desc()).limit(NAMES_ON_A_PAGE))
    return [Settled(number, act) for number, act in rows if act is not None]


def keys_signed(session: Session, version_id: UUID, hashes: Collection[str]) -> set[str]:
    """Which of some doors stand under a version already."""
    statement = select(SignOn.household_hash).where(
        SignOn.version_id == version_id, SignOn.household_hash.in_(hashes),
        SignOn.withdrawn_at.is_(None),
    )  # fmt: skip
    return {found for found in session.scalars(statement) if found is not None}


def paper_lines(session: Session, version_id: UUID, after: str = "") -> list[SignOnRow]:
    """Lines of paper that stand under a version, the newest first, one more than a page."""
    statement = _sign_ons().where(
        SignOn.version_id == version_id, SignOn.way == SignWay.PAPER,
        SignOn.withdrawn_at.is_(None),
    )  # fmt: skip
    last = session.scalar(select(SignOn.id).where(SignOn.number == after)) if after else None
    if last is not None:
        statement = statement.where(SignOn.id < last)
    return _read(session, statement.order_by(SignOn.id.desc()).limit(PAGE + 1))
