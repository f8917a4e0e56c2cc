"""Reads of ratings and of released months."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from portal.areas.models import Area
from portal.areas.rules import tidy_names
from portal.kernel.instance import instance_of
from portal.satisfaction.models import (
    MonthFigure,
    MonthRelease,
    Rating,
    RatingReason,
    RatingShown,
    RatingWords,
)
from portal.satisfaction.queries.final import busy_hours as busy_hours
from portal.satisfaction.queries.final import final_between as final_between
from portal.satisfaction.queries.final import final_ratings as final_ratings
from portal.satisfaction.rules import (
    NOT_PLACED,
    SMALLEST_CELL,
    Answers,
    Level,
    Reason,
    Settings,
    SubjectKind,
    settings_from,
    share,
    whole_batches,
)


@dataclass(frozen=True)
class RatingRow:
    """A rating as its own rater may see it again."""

    id: UUID
    district: str
    subject_kind: SubjectKind
    subject_id: UUID
    cycle: int
    rater_key: UUID
    version: int
    created_at: datetime
    changed_at: datetime
    window_ends: datetime
    answers: Answers
    shown_since: datetime | None


@dataclass(frozen=True)
class ReleaseRow:
    """A released month and the settings behind its figures."""

    month: str
    released_by: str
    computed_at: datetime
    window_days: int
    satisfied_levels: int
    smallest_cell: int


@dataclass(frozen=True)
class FigureRow:
    """One place in one month; None is withheld. A place's rest bears the place's names."""

    path: str
    parent_path: str | None
    area_code: str
    level: str
    closed: int | None
    answered: int | None
    solved: int | None
    satisfied: int | None
    names: Mapping[str, str]

    @property
    def rest(self) -> bool:
        """Whether it counts what no place below holds."""
        return self.level == NOT_PLACED

    @property
    def solved_share(self) -> float | None:
        return share(self.solved, self.answered)

    @property
    def satisfied_share(self) -> float | None:
        return share(self.satisfied, self.answered)


def settings_of(session: Session) -> Settings:
    """The thresholds of the session's city."""
    return settings_from(instance_of(session).city.thresholds)


def rating_of(
    session: Session, kind: SubjectKind, subject_id: UUID, cycle: int, rater_key: UUID
) -> RatingRow | None:
    """What a rater said about a cycle of a subject."""
    found = _ratings(
        session,
        Rating.subject_kind == kind,
        Rating.subject_id == subject_id,
        Rating.cycle == cycle,
        Rating.rater_key == rater_key,
    )
    return found[0] if found else None


def ratings_by(session: Session, rater_keys: Iterable[UUID]) -> list[RatingRow]:
    """Everything some raters said, oldest first."""
    return _ratings(session, Rating.rater_key.in_(set(rater_keys)))


def shown_ratings(session: Session, kind: SubjectKind, subject_id: UUID) -> list[RatingRow]:
    """What those said of a subject who let the unit see it, of every cycle."""
    this = (Rating.subject_kind == kind, Rating.subject_id == subject_id)
    return _ratings(session, *this, RatingShown.agreed_at.is_not(None))


def service_answers(session: Session, raters: Select[*tuple[Any, ...]]) -> tuple[int, int, int]:
    """How the service was rated: different people, answers, satisfied ones; sums of whole batches
    of people only. ``raters``: district, subject, cycle and key of a rater, and whose key it is."""
    district, subject, cycle, key, who = (of := raters.subquery()).c
    settings = settings_of(session)
    joined = and_(
        Rating.district == district, Rating.subject_id == subject, Rating.cycle == cycle,
        Rating.rater_key == key, Rating.subject_kind == SubjectKind.CASE,
    )  # fmt: skip
    rows = session.execute(
        select(who, Rating.service_level)
        .select_from(of)
        .join(Rating, joined)
        .order_by(Rating.window_ends, Rating.id)
    ).all()
    counted = rows[: whole_batches((row[0] for row in rows), SMALLEST_CELL)]
    people = len({person for person, _level in counted})
    return people, len(counted), sum(settings.satisfied(level) for _person, level in counted)


def _ratings(session: Session, *conditions: Any) -> list[RatingRow]:
    shown = and_(RatingShown.district == Rating.district, RatingShown.rating_id == Rating.id)
    found = session.execute(
        select(Rating, RatingShown.agreed_at)
        .outerjoin(RatingShown, shown)
        .where(*conditions)
        .order_by(Rating.id)
        .execution_options(populate_existing=True)
    ).all()
    ids = [row.id for row, _since in found]
    if not ids:
        return []
    reasons: dict[UUID, set[Reason]] = {}
    for rating_id, reason in session.execute(
        select(RatingReason.rating_id, RatingReason.reason).where(RatingReason.rating_id.in_(ids))
    ):
        reasons.setdefault(rating_id, set()).add(reason)
    sealed = select(RatingWords.rating_id, RatingWords.sealed_text)
    words = dict(session.execute(sealed.where(RatingWords.rating_id.in_(ids))).all())
    vault = instance_of(session).vault
    return [
        _rating_row(
            row,
            frozenset(reasons.get(row.id, ())),
            vault.unseal(words[row.id]) if row.id in words else "",
            since,
        )
        for row, since in found
    ]


def _rating_row(
    row: Rating, reasons: frozenset[Reason], words: str, shown_since: datetime | None
) -> RatingRow:
    answers = Answers(row.solved, Level(row.result_level), Level(row.service_level), reasons, words)
    return RatingRow(
        id=row.id,
        district=row.district,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        cycle=row.cycle,
        rater_key=row.rater_key,
        version=row.version,
        created_at=row.created_at,
        changed_at=row.changed_at,
        window_ends=row.window_ends,
        answers=answers,
        shown_since=shown_since,
    )


def all_places(session: Session) -> list[tuple[str, str, date, date | None]]:
    """(path, level, valid from, valid to) of every place there ever was."""
    columns = (Area.path, Area.level, Area.valid_from, Area.valid_to)
    return list(session.execute(select(*columns)))


_RELEASE = (
    MonthRelease.month,
    MonthRelease.released_by,
    MonthRelease.computed_at,
    MonthRelease.window_days,
    MonthRelease.satisfied_levels,
    MonthRelease.smallest_cell,
)


def released_months(session: Session) -> list[ReleaseRow]:
    """Every released month, the newest first."""
    rows = session.execute(select(*_RELEASE).order_by(MonthRelease.month.desc()))
    return [ReleaseRow(*row) for row in rows]


def release_of(session: Session, month: str) -> ReleaseRow | None:
    """A released month."""
    row = session.execute(select(*_RELEASE).where(MonthRelease.month == month)).first()
    return ReleaseRow(*row) if row else None


@dataclass(frozen=True)
class MonthPage:
    """A place in a month: its own row, and those below it in the order of the tree."""

    release: ReleaseRow
    place: FigureRow | None
    rows: tuple[FigureRow, ...]
    linked: frozenset[str]


# up to so many places below one, their own places are shown with them, grouped
GROUPED = 12


def month_page(session: Session, month: str, area_code: str | None) -> MonthPage | None:
    """A month's figures of a place (None: the whole city), or None when there are none."""
    release = release_of(session, month)
    if release is None:
        return None
    if area_code is None:
        top = _figures(session, month, MonthFigure.parent_path.is_(None))
    else:
        in_place = (MonthFigure.area_code == area_code, MonthFigure.level != NOT_PLACED)
        top = _figures(session, month, *in_place)
    if not top:
        return MonthPage(release, None, (), frozenset()) if area_code is None else None
    if len(top) > 1:
        return MonthPage(release, None, tuple(top), frozenset(row.path for row in top))
    return _page_below(session, release, top[0])


def _page_below(session: Session, release: ReleaseRow, place: FigureRow) -> MonthPage:
    children = select(MonthFigure.path).where(
        MonthFigure.month == release.month, MonthFigure.parent_path == place.path
    )
    in_reach = or_(MonthFigure.parent_path == place.path, MonthFigure.parent_path.in_(children))
    found = _figures(session, release.month, in_reach)
    below = [row for row in found if row.parent_path == place.path]
    grouped = sum(not row.rest for row in below) <= GROUPED
    rows = sorted(found if grouped else below, key=lambda row: _order(row.path))
    shown = {row.path for row in rows}
    # a place leads on when something below it is not on this page
    hidden = _parents_among(session, release.month, shown - {row.parent_path for row in rows})
    return MonthPage(release, place, tuple(rows), hidden)


def _parents_among(session: Session, month: str, paths: Iterable[str]) -> frozenset[str]:
    """Those of some places that have places below them."""
    statement = (
        select(MonthFigure.parent_path)
        .where(MonthFigure.month == month, MonthFigure.parent_path.in_(paths))
        .distinct()
    )
    return frozenset(path for path in session.scalars(statement) if path is not None)


def _order(path: str) -> tuple[str, ...]:
    """The order of the tree, with the rest of a place after the places in it."""
    return tuple("~" if part == "*" else part for part in path.strip("/").split("/"))


def figures_of(session: Session, month: str) -> list[FigureRow]:
    """All rows of a month in the order of the tree."""
    return sorted(_figures(session, month), key=lambda row: _order(row.path))


_FIGURE = (
    MonthFigure.path,
    MonthFigure.parent_path,
    MonthFigure.area_code,
    MonthFigure.level,
    MonthFigure.closed,
    MonthFigure.answered,
    MonthFigure.solved,
    MonthFigure.satisfied,
    Area.name_zh_hans,
    Area.name_zh_hant,
    Area.name_en,
    Area.name_khb,
)


def _figures(session: Session, month: str, *conditions: Any) -> list[FigureRow]:
    statement = (
        select(*_FIGURE)
        .join(Area, Area.code == MonthFigure.area_code)
        .where(MonthFigure.month == month, *conditions)
    )
    return [_figure_row(row) for row in session.execute(statement)]


def _figure_row(row: Any) -> FigureRow:
    names = {
        "zh_Hans": row.name_zh_hans,
        "zh_Hant": row.name_zh_hant,
        "en": row.name_en,
        "khb": row.name_khb,
    }
    return FigureRow(
        path=row.path,
        parent_path=row.parent_path,
        area_code=row.area_code,
        level=row.level,
        closed=row.closed,
        answered=row.answered,
        solved=row.solved,
        satisfied=row.satisfied,
        names=tidy_names(names),
    )
