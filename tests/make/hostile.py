"""A city of hostile names: turned text, rare letters, no space anywhere, a photo that is gone.

One report in it, so every list is a list of one; ``many`` adds so many more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.kernel.clock import now
from portal.reports.rules.codes import PhotoKind, Review, State, TextKind
from tests.make import accounts, reports
from tests.make.demo import PLACE, Demo, bare_city
from tests.make.organisations import unit

TURNED = "\u202egnp.exe"  # shown from right to left, and so is what follows unless it is isolated
RARE = "𠀀𪚥𰻝"  # Han beyond the basic plane: four bytes in UTF-8
UNBROKEN = "W" * 300
MARKUP = "<b>O'Neil & Söhne</b>"
NAME = f"{TURNED}{RARE}{'W' * 60}"  # a name has 80 letters at most
WORDS = f"{TURNED} {RARE} {UNBROKEN} {MARKUP} English words"
GONE = "0" * 64 + ".jpg"  # no such file


@contextmanager
def hostile_city(folder: Path, template: Path, origin: str) -> Iterator[Demo]:
    """The shipped city with one report, in which nothing is called as one expects."""
    with bare_city(folder, template, origin) as demo:
        with demo.database.write() as session:
            _fill(session, demo)
        yield demo


@contextmanager
def empty_city(folder: Path, template: Path, origin: str) -> Iterator[Demo]:
    """The first day, with staff and one resident and nothing to do."""
    with bare_city(folder, template, origin) as demo:
        with demo.database.write() as session:
            place = _place(session)
            demo.people = {
                "resident": accounts.person(session),
                "street_desk": accounts.staff(session, "street_desk", area=place),
            }
            demo.things["resident"] = demo.people["resident"].number
        yield demo


def _place(session: Session) -> Area:
    return session.scalars(select(Area).where(Area.code == PLACE)).one()


def _fill(session: Session, demo: Demo) -> None:
    place = _place(session)
    place.name_zh_hans = place.name_zh_hant = place.name_en = NAME
    helpers = unit(session, "HOSTILE", NAME, area=place)
    resident = accounts.person(session, NAME)
    demo.people = {
        "resident": resident,
        "street_desk": accounts.staff(session, "street_desk", area=place, name=NAME),
        "handling_unit": accounts.staff(session, "handling_unit", organisation=helpers, name=NAME),
        "administrator": accounts.staff(
            session, "administrator", area=session.get_one(Area, place.parent_id), name=NAME
        ),
    }
    at = now() - timedelta(hours=8)
    made = reports.case(
        session, place, state=State.DISPATCHED, unit=helpers, reporter=resident, at=at,
        words=None, listed=True,
    )  # fmt: skip
    for said in (TextKind.DESCRIPTION, TextKind.PLACE):
        reports.text(session, made, WORDS[:200], kind=said, review=Review.APPROVED)
    reports.text(session, made, WORDS, review=Review.PENDING)
    for kind in (PhotoKind.BEFORE, PhotoKind.AFTER):
        reports.photo(session, made, kind=kind, review=Review.APPROVED, blob_key=GONE)
    demo.things |= {
        "dispatched": made.number,
        "resident": resident.number,
        "unit": helpers.code,
    }


def many(demo: Demo, count: int) -> None:
    """So many more reports of the same kind at the same place."""
    with demo.database.write() as session:
        place = _place(session)
        for _ in range(count):
            made = reports.reported(session, place, listed=True, words=None, found_at=now())
            reports.text(session, made, WORDS[:200], review=Review.APPROVED)
