"""Releasing a month: counted, noised once, paid from the year's budget, sealed, never changed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy.orm import Session

from portal.kernel.clock import city_day, city_month, month_bounds
from portal.kernel.collector import uncollected
from portal.kernel.errors import Conflict, Refused
from portal.kernel.ids import new_id
from portal.kernel.instance import instance_of
from portal.satisfaction.queries import all_places, release_of, settings_of
from portal.satisfaction.queries.releases import (
    corrections_of,
    first_counted_month,
    first_released_at,
    names_of_places,
    newest_of,
    ratings_to_count,
    release_file,
    released_of,
)
from portal.satisfaction.rules import (
    FigureRefusal,
    Settings,
    SubjectKind,
    is_month,
    months_between,
    rebuild,
)
from portal.satisfaction.rules.files import (
    FILE_COLUMNS,
    LEVELS_FILE,
    MEASUREMENTS,
    digest_of,
    files_of,
    measurements,
    rows_of,
    words,
)
from portal.satisfaction.rules.release import (
    CATEGORY,
    CORRECTIONS,
    LONGEST_REASON,
    MONTH_MILLI,
    OTHER_CATEGORY,
    WHOLE,
    CellKey,
    Draw,
    LevelShare,
    ReleaseRefusal,
    Tree,
    are_answers_gone,
    closed_counts,
    earlier_months,
    histograms,
    is_settled,
    levels_for,
    sample,
    shown_places,
    slug_of,
    year_of,
)
from portal.satisfaction.service.noise import Noise, laplace
from portal.satisfaction.service.storing import (
    check_copy,
    claim,
    is_kept,
    lost_copies,
    nobody_looked,
    store,
)

Names = Mapping[str, str]


@dataclass(frozen=True)
class FromAbove:
    """What satisfaction is told and never asks: how many matters were closed, by place and kind of
    problem (None: there is no such count), and the kinds of problems with their names."""

    closed: Mapping[tuple[str, str], int] | None = None
    categories: Sequence[tuple[str, Names]] = ()


@dataclass(frozen=True)
class Draft:
    """A month that was counted. ``counts`` are true and leave this object only with noise."""

    month: str
    kind: SubjectKind
    levels: tuple[LevelShare, ...]
    settings: Settings
    cells: tuple[CellKey, ...]
    said: tuple[Mapping[str, Any], ...]
    names: Mapping[str, Names]
    counts: list[list[int]] = field(repr=False)


def kinds_due(session: Session, now: datetime) -> list[tuple[str, SubjectKind]]:
    """The months that are over and unreleased, for every kind that people rate: from the month of
    the first rating on, whatever was rated in it, so that an empty kind tells nothing."""
    first = first_counted_month(session)
    if first is None:
        return []
    zone = instance_of(session).city.zone
    over = [
        month
        for month in months_between(first, city_month(now, zone))
        if is_settled(month_bounds(month, zone)[1], now)
    ]
    return [
        (month, kind)
        for kind in SubjectKind
        for done in [released_of(session, kind)]
        for month in over
        if month not in done and not _in_old_table(session, kind, month)
    ]


def _in_old_table(session: Session, kind: SubjectKind, month: str) -> bool:
    """Whether the first table showed a month: its reports are not released a second time."""
    return kind is SubjectKind.CASE and release_of(session, month) is not None


def draw_up(
    session: Session, kind: SubjectKind, month: str, above: FromAbove, *, now: datetime
) -> Draft:
    """Count a month. Raises Refused. Takes seconds in a large city and writes nothing."""
    if not is_month(month):
        raise Refused(FigureRefusal.BAD_MONTH)
    city = instance_of(session).city
    start, end = month_bounds(month, city.zone)
    if not is_settled(end, now):
        raise Refused(FigureRefusal.MONTH_OPEN)
    if _in_old_table(session, kind, month):
        raise Refused(ReleaseRefusal.OLD_TABLE)
    whole = city.levels[0].code
    rows = (
        (row["kind"], whole if row["level"] == WHOLE else row["level"], row["epsilon"])
        for row in rows_of(LEVELS_FILE)
    )
    levels = levels_for(kind, rows, (level.code for level in city.levels))
    places = [level.code for level in levels if level.code != CATEGORY]
    days = city_day(start, city.zone), city_day(end, city.zone)
    tree = Tree(shown_places(all_places(session), places, *days), places)
    keys = _keys(tree, levels, above)
    with uncollected:
        tally = sample(ratings_to_count(session, kind, month), _draw(session))
    names = names_of(session, tree.top, keys, above)
    return Draft(
        month, kind, levels, settings_of(session), tuple(keys),
        tuple(_said(keys, names, tree, above)), names, histograms(tree, keys, tally),
    )  # fmt: skip


def _draw(session: Session) -> Draw:
    """The keyed hash by which one rating of a unit is taken; ids as both engines write them."""
    key = instance_of(session).vault.derive("release/sample")

    def draw(unit: str, rating: str) -> bytes:
        said = f"{unit}:{rating}".replace("-", "").encode()
        return blake2b(said, key=key, digest_size=16).digest()

    return draw


def _keys(tree: Tree, levels: Iterable[LevelShare], above: FromAbove) -> list[CellKey]:
    """The fixed set of cells: every place and kind of problem there is, empty or not."""
    keys = tree.cells()
    if all(level.code != CATEGORY for level in levels):
        return keys
    top = (keys[0].level, keys[0].code)
    codes = [*(code for code, _ in above.categories), OTHER_CATEGORY]
    return [*keys, *(CellKey(CATEGORY, code, top) for code in codes)]


def names_of(
    session: Session, top: str, keys: Iterable[CellKey], above: FromAbove
) -> dict[str, Names]:
    """A name for each cell, by its path; the rest of a place bears the place's."""
    known = names_of_places(session) | dict(above.categories)
    known.setdefault(top, instance_of(session).city.names)
    rest = dict(zip(("zh_Hans", "en"), words("other"), strict=True))
    known[OTHER_CATEGORY] = rest
    return {key.path: known.get(key.path.replace("*/", ""), rest) for key in keys}


def _said(
    keys: Sequence[CellKey], names: Mapping[str, Names], tree: Tree, above: FromAbove
) -> Iterable[dict[str, Any]]:
    """What measurements.json says of each cell besides its counts: nothing of any rating."""
    told = None if above.closed is None else closed_counts(tree, keys, above.closed)
    elsewhere = words("elsewhere")[0]
    for at, key in enumerate(keys):
        name = names[key.path]["zh_Hans"]
        yield {
            "level": key.level,
            "code": key.code,
            "name": name + elsewhere if key.path.endswith("*/") else name,
            "parent": key.parent[1] if key.parent else None,
            "parent_level": key.parent[0] if key.parent else None,
            "closed": told[at] if told else None,
        }


# --- publishing -----------------------------------------------------------------------------------


def publish_release(
    session: Session,
    draft: Draft,
    *,
    now: datetime,
    reason: str | None = None,
    noise: Noise = laplace,
) -> str:
    """Draw the noise, store the files, pay, and seal their hash; the release's slug.

    ``reason`` makes it a correction of what is there. Raises Conflict when the month is released
    (there is nothing to do), Refused when the year's budget is spent, when the database was
    taken back behind a release of that name (it is put back first), or when the copies are lost,
    by which that could be known.

    The copy is looked for behind the claim: of two at once the second waits there, and finds that
    the month is released.
    """
    last = newest_of(session, draft.kind, draft.month)
    if last is not None and reason is None:
        raise Conflict(ReleaseRefusal.RELEASED)
    if reason is not None:
        reason = _checked(session, draft, reason, now)
    version = last[1] + 1 if last else 1
    slug = slug_of(draft.month, draft.kind, version)
    check_nothing_is_lost(session)
    measured = _measured(session, draft, slug, version, noise)
    table = rebuild.table(measured)
    files = files_of(measured, table, _facts(session, now))
    own = {"slug": slug, "version": version, "reason": reason, "released_at": now}
    own |= {"digest": digest_of(files).hex(), "entry_id": new_id()}
    values = own | _about(draft) | contents(files)
    claim(session, values)
    if is_kept(session, slug):
        check_copy(session, slug)
        raise Refused(ReleaseRefusal.KEPT)
    _still_few(session, draft)
    store(session, values, table_rows(slug, draft.cells, draft.names, table), now=now)
    return slug


def check_nothing_is_lost(session: Session) -> None:
    """Raises Refused while nobody here can know what was published."""
    if nobody_looked(session):
        raise Refused(ReleaseRefusal.NOT_LOOKED)
    if lost_copies(session):
        raise Refused(ReleaseRefusal.COPIES_LOST)


def _checked(session: Session, draft: Draft, reason: str, now: datetime) -> str:
    """Why a month is corrected, tidied. Raises Refused: what is paid for a correction is taken
    from nothing that the months to come need."""
    released_at = first_released_at(session, draft.kind, draft.month)
    if released_at is None:
        raise Refused(ReleaseRefusal.NOT_RELEASED)
    if are_answers_gone(released_at, now):
        raise Refused(ReleaseRefusal.ANSWERS_GONE)
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise Refused(ReleaseRefusal.NO_REASON, facts={"most": LONGEST_REASON})
    if corrections_of(session, draft.kind, year_of(draft.month)) >= CORRECTIONS:
        raise Refused(ReleaseRefusal.CORRECTED)
    return reason.strip()


def _still_few(session: Session, draft: Draft) -> None:
    """Count again behind the claim, which holds the year's budget: of two at once the second sees
    the first. Raises Refused, and the claim goes with the transaction."""
    if corrections_of(session, draft.kind, year_of(draft.month)) > CORRECTIONS:
        raise Refused(ReleaseRefusal.CORRECTED)


def _about(draft: Draft) -> dict[str, Any]:
    return {
        "month": draft.month,
        "subject_kind": draft.kind,
        "epsilon_milli": MONTH_MILLI,
        "satisfied_levels": draft.settings.satisfied_levels,
        "window_days": draft.settings.window_days,
    }


def contents(files: Mapping[str, str]) -> dict[str, str]:
    """The files as columns."""
    return {column: files[name] for name, column in FILE_COLUMNS.items()}


def _measured(
    session: Session, draft: Draft, slug: str, version: int, noise: Noise
) -> dict[str, Any]:
    """The noisy counts of every cell, level by level, and the quarter's earlier months."""
    noisy: list[list[int]] = [[] for _ in draft.cells]
    for level in draft.levels:
        at = [place for place, key in enumerate(draft.cells) if key.level == level.code]
        drawn = iter(noise([one for place in at for one in draft.counts[place]], level.scale))
        for place in at:
            noisy[place] = [next(drawn) for _ in draft.counts[place]]
    facts = {
        "release": slug,
        "period": draft.month,
        "kind": draft.kind.value,
        "version": version,
        "satisfied_levels": draft.settings.satisfied_levels,
        "levels": [
            {"code": level.code, "epsilon": str(level.epsilon), "scale": str(level.scale)}
            for level in draft.levels
        ],
    }
    measured = measurements(facts, draft.said, noisy)
    return measured | {"earlier": _earlier(session, draft, measured)}


def _earlier(session: Session, draft: Draft, measured: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The first two months of a quarter that ends here, if they had the same cells and levels."""
    found = []
    for month in earlier_months(draft.month):
        last = newest_of(session, draft.kind, month)
        text = release_file(session, last[0], MEASUREMENTS) if last else None
        if text is None:
            return []
        before = json.loads(text)
        if _shape(before) != _shape(measured):
            return []
        found.append(
            {
                "release": before["release"],
                "closed": [cell["closed"] for cell in before["cells"]],
                "counts": [cell["counts"] for cell in before["cells"]],
            }
        )
    return found


def _shape(measured: Mapping[str, Any]) -> tuple[Any, ...]:
    cells = [(cell["level"], cell["code"], cell["parent"]) for cell in measured["cells"]]
    return measured["satisfied_levels"], measured["levels"], cells


def _facts(session: Session, now: datetime) -> dict[str, Any]:
    """What the description says of this city and this release."""
    instance = instance_of(session)
    since = instance.city.raw.get("lists", {}).get("since")
    return {
        "created": now.isoformat(timespec="seconds"),
        "publisher": instance.city.names["zh_Hans"],
        "division_edition": since.isoformat() if since else None,
        "homepage": f"{instance.config.origin}/data/",
    }


_FIGURES = (
    "span", "level", "code", "closed", "look_at", "answered", "satisfied", "solved",
    "satisfied_share", "satisfied_low", "satisfied_high", "solved_share", "solved_low",
    "solved_high", "mean_score", "response_rate", "weighted_share", "noise_scale", "effective_n",
)  # fmt: skip


def table_rows(
    slug: str,
    keys: Sequence[CellKey],
    known: Mapping[str, Names],
    table: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """The table as rows; the second run of cells is the quarter's. ``known``: names by path."""
    rows = []
    for at, row in enumerate(table):
        key = keys[at % len(keys)]
        level, code = key.parent or (None, None)
        names = known[key.path]
        rows.append(
            {name: row.get(name) for name in _FIGURES}
            | {"slug": slug, "position": at, "path": key.path}
            | {"parent_level": level, "parent_code": code, "name_zh_hans": names["zh_Hans"]}
            | {"name_zh_hant": names.get("zh_Hant"), "name_en": names.get("en")}
        )
    return rows
