"""Links to one case, what came by them, and who let in the helpers whose work is to be verified."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from portal.kernel.ids import hash_token
from portal.reports.models import CaseOutside, CasePass, CasePassEntry, CasePassPhoto
from portal.reports.queries.case import CaseRow, columns
from portal.reports.queries.hung import hangs
from portal.reports.rules.codes import State
from portal.reports.rules.outside import OutsideKind
from portal.reports.rules.passes import (
    DeclineReason,
    EntryKind,
    EntryState,
    PassKind,
    Standing,
)

_TO_VERIFY = frozenset({State.HANDLED, State.CLOSED})


@dataclass(frozen=True)
class PassRow:
    """A link without its secret."""

    district: str
    id: UUID
    code: str
    case_id: UUID
    kind: PassKind
    made_for: UUID | None
    maker_id: UUID
    sealed_name: str | None
    sealed_phone: str | None
    words: str | None
    body: str | None
    consent: str | None
    answer_by: date | None
    uses: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    received_at: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True)
class EntryRow:
    """Something that came by a link."""

    district: str
    id: UUID
    code: str
    pass_id: UUID
    case_id: UUID
    kind: EntryKind
    reason: DeclineReason | None
    words: str | None
    state: EntryState
    cycle: int
    at: datetime
    decided_at: datetime | None
    decided_by: UUID | None


@dataclass(frozen=True)
class PassPhotoRow:
    """A photo that waits with what came by a link."""

    id: UUID
    code: str
    entry_id: UUID
    blob_key: str
    thumbnail_key: str | None
    width: int
    height: int

    def file(self, *, small: bool) -> str:
        return (self.thumbnail_key if small else None) or self.blob_key


def pass_by_token(session: Session, token: str) -> PassRow | None:
    """The link with a secret, whether it is still good or not."""
    found = session.execute(
        select(*columns(CasePass, PassRow)).where(CasePass.token_hash == hash_token(token))
    ).first()
    return PassRow(*found) if found else None


def pass_by_code(session: Session, code: str) -> PassRow | None:
    """The link with a code, for those who made it."""
    found = session.execute(
        select(*columns(CasePass, PassRow)).where(CasePass.code == code)
    ).first()
    return PassRow(*found) if found else None


def pass_by_id(session: Session, district: str, pass_id: UUID) -> PassRow | None:
    """The link with a key."""
    found = session.execute(
        select(*columns(CasePass, PassRow)).where(
            CasePass.district == district, CasePass.id == pass_id
        )
    ).first()
    return PassRow(*found) if found else None


def passes_of(session: Session, case: CaseRow) -> list[PassRow]:
    """The links of a case, newest first."""
    if not hangs(session, case.id, CasePass):
        return []
    found = session.execute(
        select(*columns(CasePass, PassRow))
        .where(CasePass.district == case.district, CasePass.case_id == case.id)
        .order_by(CasePass.id.desc())
    )
    return [PassRow(*row) for row in found]


def entries_of(session: Session, case: CaseRow) -> list[EntryRow]:
    """What came by the links of a case, newest first."""
    found = session.execute(
        select(*columns(CasePassEntry, EntryRow))
        .where(CasePassEntry.district == case.district, CasePassEntry.case_id == case.id)
        .order_by(CasePassEntry.id.desc())
    )
    return [EntryRow(*row) for row in found]


def entry_by_code(session: Session, code: str) -> EntryRow | None:
    """What came, by its code."""
    found = session.execute(
        select(*columns(CasePassEntry, EntryRow)).where(CasePassEntry.code == code)
    ).first()
    return EntryRow(*found) if found else None


def photos_of_entries(
    session: Session, district: str, entry_ids: Collection[UUID]
) -> list[PassPhotoRow]:
    """The photos that wait with some of what came, oldest first."""
    found = session.execute(
        select(*columns(CasePassPhoto, PassPhotoRow))
        .where(CasePassPhoto.district == district, CasePassPhoto.entry_id.in_(entry_ids))
        .order_by(CasePassPhoto.id)
    )
    return [PassPhotoRow(*row) for row in found]


def entry_of_photo(session: Session, code: str) -> tuple[PassPhotoRow, EntryRow] | None:
    """A waiting photo with what it came with."""
    of_photo, of_entry = columns(CasePassPhoto, PassPhotoRow), columns(CasePassEntry, EntryRow)
    row = session.execute(
        select(*of_photo, *of_entry)
        .join(
            CasePassEntry,
            and_(
                CasePassEntry.district == CasePassPhoto.district,
                CasePassEntry.id == CasePassPhoto.entry_id,
            ),
        )
        .where(CasePassPhoto.code == code)
    ).first()
    if row is None:
        return None
    return PassPhotoRow(*row[: len(of_photo)]), EntryRow(*row[len(of_photo) :])


def standing_of(session: Session, case: CaseRow) -> Standing:
    """Where a case lies, as far as a link asks."""
    gone = handed_over_by(session, case) if case.state is State.HANDED_OVER else None
    return Standing(case.state, case.unit_id, gone[0] if gone else None)


def handed_over_by(session: Session, case: CaseRow) -> tuple[UUID, str, date | None] | None:
    """The last hand-over of a case: its step, the body, and until when an answer is awaited."""
    row = session.execute(
        select(CaseOutside.event_id, CaseOutside.body, CaseOutside.answer_by)
        .where(
            CaseOutside.district == case.district,
            CaseOutside.case_id == case.id,
            CaseOutside.kind == OutsideKind.HANDED_OVER,
        )
        .order_by(CaseOutside.event_id.desc())
        .limit(1)
    ).first()
    return (row[0], row[1], row[2]) if row else None


def who_sent_helpers(session: Session, case: CaseRow) -> frozenset[UUID]:
    """Who let in the helpers whose work is shown as the unit's in this round."""
    if case.state not in _TO_VERIFY:
        return frozenset()
    found = session.scalars(
        select(CasePass.maker_id)
        .join(
            CasePassEntry,
            and_(CasePassEntry.district == CasePass.district, CasePassEntry.pass_id == CasePass.id),
        )
        .where(
            CasePassEntry.district == case.district,
            CasePassEntry.case_id == case.id,
            CasePassEntry.cycle == case.cycle,
            CasePassEntry.kind == EntryKind.DONE,
            CasePassEntry.state == EntryState.TAKEN,
        )
    )
    return frozenset(found)
