"""Who stands inside the unit behind a proposal, and so may not be its second person (L9, L11, N1).

Measured as the guard measures it: by the proposer's posts of the 180 days before, with the units
above, below, before and after, and by places in both directions. A post in a whole city or district
is no post in each of its units: else nobody could confirm.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_
from sqlalchemy.orm import Session

from credit.models import Matter
from credit.queries.guard import lines_of
from portal.accounts.queries import held_posts, posts_of
from portal.areas.queries import areas_by_ids
from portal.areas.rules import codes_of
from portal.organisations.queries import all_lines

# the codes of counties and of cities have six digits or fewer (GB/T 2260), streets more
_WIDE: Final = 6
# a post that somebody was given meanwhile, or that begins later, binds her too
_AHEAD: Final = timedelta(days=3650)
# proposals wait at most this long, so a list looks so much further back
LONGEST_WAIT: Final = timedelta(days=60)


@dataclass(frozen=True)
class Ground:
    """What somebody stands on: units with all above and below them, and the paths of places."""

    since: datetime
    units: frozenset[UUID]
    paths: frozenset[str]


def ground_of(session: Session, person_id: UUID | None, since: datetime) -> Ground:
    """The ground of somebody who would confirm, by every post from a moment on. Four queries."""
    posts = posts_of(session, person_id, since, since + _AHEAD) if person_id else []
    places = _narrow(session, {area for _, area in posts if area is not None})
    lines = all_lines(session)
    own = {unit for unit, _ in posts if unit is not None}
    own |= {line.id for line in lines if line.governs in places}
    units = lines_of(lines).of(own)
    governed = {line.governs for line in lines if line.id in units and line.governs is not None}
    paths = {*places.values(), *_narrow(session, governed).values()}
    return Ground(since, units, frozenset(paths))


def is_inside(ground: Ground) -> ColumnElement[bool]:
    """The condition for matters behind which the units or places of somebody stand."""
    held = held_posts(
        Matter.proposer_id, from_before=Matter.proposed_at, to_after=ground.since,
        units=ground.units, place=lambda path: _touches(path, ground),
    )  # fmt: skip
    return or_(
        func.coalesce(Matter.unit_id.in_(ground.units), false()),
        func.coalesce(_touches(Matter.unit_place, ground), false()),
        held,
    )


def _touches(path: Any, ground: Ground) -> ColumnElement[bool]:
    """Whether a place lies in one of the ground, or one of the ground in it."""
    above = {
        found
        for own in ground.paths
        for at in range(len(codes_of(own)))
        if not _is_wide(found := "/" + "/".join(codes_of(own)[: at + 1]) + "/")
    }
    below = (path.startswith(own, autoescape=True) for own in sorted(ground.paths))
    return or_(path.in_(sorted(above)), *below)


def _narrow(session: Session, areas: Collection[UUID]) -> dict[UUID, str]:
    """The paths of places that are smaller than a district."""
    rows = areas_by_ids(session, areas).values()
    return {row.id: row.path for row in rows if not _is_wide(row.path)}


def _is_wide(path: str) -> bool:
    return len((codes_of(path) or ("",))[-1]) <= _WIDE
