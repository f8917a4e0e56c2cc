"""Items of the exposure column: written by one, approved by two others, taken down by anybody.

Every step is one conditional UPDATE: of an approval and a taking down at once, the taking down
always wins, because nothing leads away from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import area_by_code
from portal.kernel.audit import note_action
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.errors import Conflict, Missing, Refused
from portal.kernel.ids import clean_number, new_number, new_token
from portal.kernel.instance import instance_of
from portal.kernel.photos import CleanPhoto, cover_photo
from portal.kernel.uploads import (
    KeptPhotos,
    UploadRow,
    forget_files,
    register_blob_keeper,
    take_uploads,
)
from portal.publicity.models import Exposure
from portal.publicity.queries.exposures import (
    ExposureRow,
    exposure_by_number,
    files_of_exposures,
    pictures_expired,
    standings,
    why_hidden,
)
from portal.publicity.rules.exposure import (
    STEPS,
    WITH_REASON,
    Basis,
    ExposureRefusal,
    ExposureState,
    Standing,
    Step,
    expires_at,
    why_not_approve,
    why_not_change,
)
from portal.publicity.service.settings import unshown_days_of
from portal.reports.rules.covering import Rectangle, write_rectangles
from portal.reports.rules.masking import what_is_masked
from portal.reports.rules.publicity import STRICTEST, public_codes
from portal.reports.service.covering import check_rectangles

WRITE: Final = Permission.EXPOSURE_WRITE
APPROVE: Final = Permission.EXPOSURE_APPROVE
AFFIRMED: Final = "exposure:affirm"
_FILES: Final = ("blob_key", "thumbnail_key", "public_key", "public_thumbnail_key", "covers")


@dataclass(frozen=True)
class ExposureWish:
    """What somebody wants to show: act, place, what it rests on, and for how many days."""

    basis: Basis
    basis_number: str
    act: str
    located: str
    days: int
    about_person: bool
    photo: KeptPhotos = field(default_factory=KeptPhotos)


def exposure_here(
    session: Session, actor: Actor, number: str, *, lock: bool = False
) -> ExposureRow:
    """An item of the places where somebody writes; any other is Missing. Who approves writes."""
    row = exposure_by_number(session, clean_number(number) or "", lock=lock)
    if row is None or not actor.may(WRITE, place_path=row.place_path):
        raise Missing
    return row


def write_exposure(session: Session, actor: Actor, wish: ExposureWish, *, now: datetime) -> str:
    """Write an item; its number. The place is that of its basis, never typed."""
    basis_number = clean_number(wish.basis_number) or ""
    at = _basis(session, actor, wish.basis, basis_number)
    # the finest place that leads to no door (P5)
    area = area_by_code(session, public_codes(at.place_path, STRICTEST)[-1])
    if area is None:
        raise Refused(ExposureRefusal.NO_BASIS, field="basis_number")
    _nobody_named(wish)
    photos = take_uploads(session, wish.photo, now, field="photo")
    row = Exposure(
        number=new_number(), area_id=area.id, place_path=at.place_path, basis=wish.basis,
        basis_number=basis_number, about_person=wish.about_person or at.person, act=wish.act,
        located=wish.located, days=wish.days, made_at=now, made_by=actor.person_id,
        **_files(photos),
    )  # fmt: skip
    session.add(row)
    return row.number


def _files(photos: Sequence[UploadRow]) -> dict[str, Any]:
    if not photos:
        return {}
    one = photos[0]
    return {
        "blob_key": one.blob_key, "thumbnail_key": one.thumbnail_key, "width": one.width,
        "height": one.height,
    }  # fmt: skip


def _basis(session: Session, actor: Actor, basis: Basis, number: str) -> Standing:
    """How it stands; one that is unknown, or lies elsewhere, is answered alike."""
    zone = instance_of(session).city.zone
    at = standings(session, [(basis, number)], zone=zone).get((basis, number))
    if at is None or not actor.may(WRITE, place_path=at.place_path):
        raise Refused(ExposureRefusal.NO_BASIS, field="basis_number")
    if at.contested_until is None:
        raise Refused(ExposureRefusal.NOT_FINAL, field="basis_number")
    return at


def _nobody_named(wish: ExposureWish) -> None:
    """Telephones, cards, plates and names with a title are refused, not blotted: what a machine
    can find, whoever writes can leave out; two people look for the rest."""
    for name in ("act", "located"):
        if what_is_masked(getattr(wish, name)):
            raise Refused(ExposureRefusal.NAMES_SOMEBODY, field=name)


def _own(session: Session, actor: Actor, number: str) -> ExposureRow:
    """An item that somebody wrote herself, held."""
    row = exposure_here(session, actor, number, lock=True)
    refusal = why_not_change(actor.person_id, row.made_by)
    if refusal is not None:
        raise Refused(refusal)
    return row


def edit_exposure(
    session: Session, actor: Actor, number: str, wish: ExposureWish, *, seen: str, now: datetime
) -> None:
    """Its writer's other words while it is a draft; what it rests on stays. A new picture is
    covered anew. ``seen``: the mark of what stood there when she began."""
    row = _own(session, actor, number)
    if row.state is not ExposureState.DRAFT:
        raise Conflict(ExposureRefusal.NOT_NOW)
    if row.mark != seen:
        raise Conflict(ExposureRefusal.MOVED_ON)
    _nobody_named(wish)
    files = _files(take_uploads(session, wish.photo, now, field="photo"))
    gone = dict.fromkeys(("public_key", "public_thumbnail_key", "covers")) if files else {}
    _change(
        session, row, Exposure.state == ExposureState.DRAFT, act=wish.act, located=wish.located,
        days=wish.days, about_person=wish.about_person or row.about_person, **files, **gone,
    )  # fmt: skip
    if files:
        forget_files(session, _keys(row))


def _keys(row: ExposureRow) -> list[str]:
    keys = (row.blob_key, row.thumbnail_key, row.public_key, row.public_thumbnail_key)
    return [key for key in keys if key]


def covered_copy(
    session: Session, row: ExposureRow, rectangles: Sequence[Rectangle] | None, *, bare: bool
) -> CleanPhoto:
    """The picture with rectangles, drawn by the limited child. Not in a transaction. ``bare``: the
    writer says that there is nothing to cover."""
    drawn = _drawn(rectangles, bare=bare)
    if row.blob_key is None:
        raise Refused(ExposureRefusal.NO_PHOTO)
    content = instance_of(session).blobs.open(row.blob_key)
    return cover_photo(content, [(one.left, one.top, one.width, one.height) for one in drawn])


def _drawn(rectangles: Sequence[Rectangle] | None, *, bare: bool) -> Sequence[Rectangle]:
    """What is drawn: nothing only where that was said, and then nothing else."""
    if bare and rectangles:
        raise Refused(ExposureRefusal.BOTH, field="nothing")
    return () if bare and rectangles is not None else check_rectangles(rectangles)


def cover_exposure(
    session: Session, actor: Actor, number: str, rectangles: Sequence[Rectangle], seen: str,
    copy: KeptPhotos, *, now: datetime, bare: bool = False,
) -> None:  # fmt: skip
    """Let the public see the covered copy only. Of two at once the second is told (Conflict)."""
    row = _own(session, actor, number)
    if (row.covers or "") != seen or row.state is not ExposureState.DRAFT:
        raise Conflict(ExposureRefusal.MOVED_ON)
    file = take_uploads(session, copy, now, field="drawn")[0]
    _change(
        session, row, Exposure.state == ExposureState.DRAFT, code=new_token(),
        public_key=file.blob_key, public_thumbnail_key=file.thumbnail_key,
        covers=write_rectangles(_drawn(rectangles, bare=bare)),
    )  # fmt: skip
    forget_files(session, [key for key in (row.public_key, row.public_thumbnail_key) if key])


def step_exposure(
    session: Session, actor: Actor, number: str, step: Step, *, sent: int, reason: str,
    now: datetime, looked: bool = False,
) -> None:  # fmt: skip
    """Take one step. ``sent``: which version was read; another one is nobody's approval.
    ``looked``: whoever approves says that everything on its photo is covered that has to be."""
    row = exposure_here(session, actor, number)
    if step in WITH_REASON and not reason:
        raise Refused(ExposureRefusal.NO_REASON, field="reason")
    if step is Step.TAKE_DOWN:
        return _take_down(session, actor, row, reason, now)
    if step is not Step.SEND and not actor.may(APPROVE, place_path=row.place_path):
        raise Missing
    if row.sent != sent:
        raise Conflict(ExposureRefusal.MOVED_ON)
    if step not in STEPS[row.state]:
        raise Conflict(ExposureRefusal.NOT_NOW)
    if step is Step.SEND:
        return _send(session, row)
    if step is Step.APPROVE:
        return _approve(session, actor, row, now, looked=looked)
    return _send_back(session, row, reason)


def _send(session: Session, row: ExposureRow) -> None:
    if row.blob_key is not None and row.covers is None:
        raise Refused(ExposureRefusal.NOT_COVERED)
    _change(
        session, row, Exposure.state == ExposureState.DRAFT, state=ExposureState.WAITING,
        sent=row.sent + 1, back_why=None,
    )  # fmt: skip


def _approve(
    session: Session, actor: Actor, row: ExposureRow, now: datetime, *, looked: bool
) -> None:
    """The first approval, or the second, which shows it: then its basis must allow it."""
    pictured = row.blob_key is not None
    unseen = pictured and not looked
    refusal = why_not_approve(actor.person_id, row.made_by, row.first_by, unseen=unseen)
    if refusal is not None:
        raise Refused(refusal, field="looked" if refusal is ExposureRefusal.NOT_LOOKED else None)
    if pictured:
        note_action(session, at=now, actor_id=actor.person_id, action=AFFIRMED,
                    subject=f"exposure:{row.number}")  # fmt: skip
    waiting = Exposure.state == ExposureState.WAITING
    if row.first_by is None:
        return _change(
            session, row, waiting & Exposure.first_by.is_(None), first_by=actor.person_id,
            first_at=now, first_looked=pictured,
        )  # fmt: skip
    zone = instance_of(session).city.zone
    refusal = why_hidden(session, [row], today=city_day(now, zone), zone=zone)[row.number]
    if refusal is not None:
        raise Refused(refusal)
    return _change(
        session, row, waiting & (Exposure.first_by == row.first_by),
        state=ExposureState.SHOWN, second_by=actor.person_id, second_looked=pictured,
        shown_at=now, expires_at=expires_at(now, row.days),
    )  # fmt: skip


def _send_back(session: Session, row: ExposureRow, reason: str) -> None:
    _change(
        session, row, Exposure.state == ExposureState.WAITING, state=ExposureState.DRAFT,
        back_why=reason, first_by=None, first_at=None,
        first_looked=False,
    )  # fmt: skip


def _take_down(
    session: Session, actor: Actor, row: ExposureRow, reason: str, now: datetime
) -> None:  # fmt: skip
    """From wherever it stands, whatever version was read. Its pictures go with it."""
    statement = (
        update(Exposure)
        .where(Exposure.id == row.id, Exposure.state != ExposureState.DOWN)
        .values(
            state=ExposureState.DOWN, down_why=reason, down_at=now, down_by=actor.person_id,
            code=new_token(), **dict.fromkeys(_FILES),
        )
    )  # fmt: skip
    before = exposure_by_number(session, row.number, lock=True)
    if before is None or not changed_rows(session, statement):
        raise Conflict(ExposureRefusal.MOVED_ON)
    forget_files(session, _keys(before))


def forget_expired(session: Session, now: datetime) -> int:
    """The pictures of what is no longer shown, or never was, go, the one beneath too; how many
    items. A batch."""
    kept = unshown_days_of(instance_of(session).city)
    rows = pictures_expired(session, now, unshown=kept)
    ids = [row.id for row in rows]
    session.execute(update(Exposure).where(Exposure.id.in_(ids)).values(dict.fromkeys(_FILES)))
    forget_files(session, [key for row in rows for key in _keys(row)])
    return len(rows)


register_blob_keeper(files_of_exposures)


def _change(session: Session, row: ExposureRow, stands: Any, **values: Any) -> None:
    """The conditional UPDATE of the very version that was read, or Conflict."""
    statement = update(Exposure).where(Exposure.id == row.id, Exposure.sent == row.sent, stands)
    if not changed_rows(session, statement.values(**values)):
        raise Conflict(ExposureRefusal.MOVED_ON)
