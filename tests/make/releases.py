"""Releases for tests: a small city, many ratings at once, and noise that is known."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.kernel.db import Database
from portal.satisfaction.rules import SubjectKind
from portal.satisfaction.rules.release import Bound, BoundBy
from portal.satisfaction.service.demo import PlannedRating, plant_ratings
from portal.satisfaction.service.noise import Noise, laplace
from portal.satisfaction.service.ratings import Subject
from portal.satisfaction.service.release import FromAbove, draw_up, publish_release
from tests.make.areas import area

MONTH = "2026-10"
MIDDLE = datetime(2026, 10, 15, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 2, tzinfo=UTC)
CATEGORIES = (("litter", {"zh_Hans": "垃圾", "en": "Litter"}), ("noise", {"zh_Hans": "噪声"}))


def no_noise(counts: Sequence[int], _scale: Fraction) -> list[int]:
    """The counts as they are."""
    return list(counts)


def town(session: Session) -> dict[str, Area]:
    """平度市 with one street of two communities, and another street with none."""
    city = area(session, "370283", "city", "平度市")
    east = area(session, "370283001", "street", "东阁街道", city)
    west = area(session, "370283002", "street", "李园街道", city)
    first = area(session, "370283001001", "community", "第一社区", east)
    second = area(session, "370283001002", "community", "第二社区", east)
    grid = area(session, "370283001001G01", "grid", "第一网格", first)
    return {
        "city": city, "east": east, "west": west, "first": first, "second": second, "grid": grid,
    }  # fmt: skip


def rating(
    path: str,
    *,
    result: int = 2,
    solved: bool = True,
    category: str = "litter",
    who: str | None = "",
    ends: datetime = MIDDLE,
    kind: SubjectKind = SubjectKind.CASE,
) -> PlannedRating:
    """One rating; ``who``: the same text is the same resident, "" is somebody new, None nobody."""
    at = ends - timedelta(days=10)
    subject = Subject(
        kind=kind, id=uuid4(), district="370283", cycle=1, place_path=path,
        category_code=category, window_ends=ends,
    )  # fmt: skip
    bound = None if who is None else Bound(BoundBy.ACCOUNT, who or str(uuid4()))
    return PlannedRating(subject, UUID(int=uuid4().int), solved, result, result, at, bound)


def rate_many(
    session: Session,
    path: str,
    times: int,
    *,
    category: str = "litter",
    ends: datetime = MIDDLE,
    kind: SubjectKind = SubjectKind.CASE,
) -> None:
    """So many residents: nine of ten satisfied, eight of ten solved."""
    plant_ratings(
        session,
        (
            rating(
                path, result=4 if at % 10 == 0 else 1 + at % 3, solved=at % 10 > 1,
                category=category, ends=ends, kind=kind,
            )
            for at in range(times)
        ),
    )  # fmt: skip


class TakenBackError(Exception):
    """The database goes back to before a release whose copy is kept."""


def kept_only(
    database: Database, month: str = MONTH, *, kind: SubjectKind = SubjectKind.CASE
) -> str:
    """A release of which there is the copy and no row, as after a restore; its slug."""
    above = FromAbove({} if kind is SubjectKind.CASE else None, CATEGORIES)
    with database.read() as session:
        draft = draw_up(session, kind, month, above, now=NOVEMBER)
    slug = ""
    with suppress(TakenBackError), database.write() as session:
        slug = publish_release(session, draft, now=NOVEMBER)
        raise TakenBackError
    return slug


def release(
    database: Database,
    month: str = MONTH,
    *,
    kind: SubjectKind = SubjectKind.CASE,
    closed: dict[tuple[str, str], int] | None = None,
    noise: Noise = laplace,
    reason: str | None = None,
    now: datetime = NOVEMBER,
) -> str:
    """Release a month; its slug."""
    nothing: dict[tuple[str, str], int] | None = {} if kind is SubjectKind.CASE else None
    above = FromAbove(nothing if closed is None else closed, CATEGORIES)
    with database.read() as session:
        draft = draw_up(session, kind, month, above, now=now)
    with database.write() as session:
        return publish_release(session, draft, now=now, noise=noise, reason=reason)
