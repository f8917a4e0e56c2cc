"""Scenes that every demo has: something of one's own for each account to look at and to do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from portal.reports.rules.codes import Event, Means
from portal.reports.rules.reasons import Reason
from portal.reports.service.demo import PlannedCase, PlannedStep, PlantedCase
from portal.satisfaction.rules import Settings
from portal.satisfaction.service.demo import PlannedRating
from portal.site.demo.life import Cast, Spot, Stage, Worker, rating

SENT: Final = (Event.ACCEPT, Event.FILE, Event.DISPATCH)
HANDLED: Final = (*SENT, Event.RESPOND, Event.HANDLE)
CLOSED: Final = (*HANDLED, Event.CLOSE)
CONTENT, UNHAPPY = (1, 1), (4, 3)


@dataclass(frozen=True)
class Scene:
    """A kind of problem, how many hours ago, how far it came, and what its reporter said.

    ``in_grid``: the grid lead handles it on the spot, and no unit is asked.
    """

    category: str
    hours: float
    steps: tuple[Event, ...] = ()
    levels: tuple[int, int] | None = None
    in_grid: bool = False
    unchecked: bool = False


@dataclass(frozen=True)
class Staged:
    """A planned case and the answers of its reporter."""

    plan: PlannedCase
    levels: tuple[int, int] | None


# what each of the two residents finds on her page, the newest first
OWN: Final = (
    Scene("manhole", 1.5),
    Scene("litter", 28, (*SENT, Event.URGE)),
    Scene("small_ads", 50, HANDLED),
    Scene("public_toilet", 75, CLOSED),
    Scene("rubble", 100, (*HANDLED, Event.SEND_BACK)),
    Scene("dirty_road", 150, (*CLOSED, Event.REOPEN), UNHAPPY),
    Scene("street_lamp", 400, CLOSED, CONTENT),
)
# reported without a name: public only after a check
ANONYMOUS: Final = (
    Scene("litter", 0.6),
    Scene("piled_things", 4),
    Scene("shop_overflow", 6),
    Scene("bike_parking", 9, (Event.ACCEPT,), unchecked=True),
    Scene("green_damaged", 26, SENT),
    Scene("road_damage", 31, (Event.ACCEPT, Event.FILE)),
    Scene("dirty_road", 12, (Event.ACCEPT, Event.HANDLE), in_grid=True),
    Scene("bike_parking", 40, (Event.ACCEPT, Event.HANDLE, Event.SEND_BACK), in_grid=True),
)

# whose time will be stopped, lengthened or measured anew (``demo.clocks``), in its order
CLOCKS: Final = (
    Scene("bike_parking", 5, (Event.ACCEPT,)),
    Scene("green_damaged", 7, SENT),
    Scene("rubble", 9, SENT),
    Scene("road_damage", 3, (Event.ACCEPT, Event.FILE)),
)

# what several units share, and what units dispute (``demo.shared``), in its order
SHARED: Final = (
    Scene("rubble", 11, (Event.ACCEPT, Event.FILE)),
    Scene("dirty_road", 30, (Event.ACCEPT, Event.FILE)),
)
# of which others open one by a link (``demo.links``), in its order: litter is the unit's own trade
LINKS: Final = (Scene("litter", 20, SENT), Scene("small_ads", 30, (Event.ACCEPT,)))


def plan_staged(rng: Random, cast: Cast, stage: Stage, home: str) -> list[Staged]:
    """The scenes, oldest first, all in the community of the demo's accounts."""
    spot = next(spot for spot in stage.spots if spot.path == home)
    played: list[tuple[Scene, UUID | None]] = [(scene, None) for scene in ANONYMOUS]
    played += [(scene, person) for person in cast.neighbours for scene in OWN]
    staged = [
        Staged(_plan(rng, cast, stage, spot, scene, person), scene.levels)
        for scene, person in played
    ]
    return sorted(staged, key=lambda one: one.plan.found_at)


def plan_clocks(rng: Random, cast: Cast, stage: Stage, home: str) -> list[PlannedCase]:
    """Matters of the first neighbour that something is done to next."""
    spot = next(spot for spot in stage.spots if spot.path == home)
    return [_plan(rng, cast, stage, spot, scene, cast.neighbours[0]) for scene in CLOCKS]


def plan_shared(rng: Random, cast: Cast, stage: Stage, home: str) -> list[PlannedCase]:
    """Matters of the second neighbour for several units."""
    spot = next(spot for spot in stage.spots if spot.path == home)
    return [_plan(rng, cast, stage, spot, scene, cast.neighbours[1]) for scene in SHARED]


def plan_links(rng: Random, cast: Cast, stage: Stage, home: str) -> list[PlannedCase]:
    """Matters that a helper and another authority are let into."""
    spot = next(spot for spot in stage.spots if spot.path == home)
    return [_plan(rng, cast, stage, spot, scene, cast.neighbours[0]) for scene in LINKS]


def _plan(
    rng: Random, cast: Cast, stage: Stage, spot: Spot, scene: Scene, person: UUID | None
) -> PlannedCase:  # fmt: skip
    words, kind = stage.words, scene.category
    before, after = cast.pair(kind, rng)
    found = stage.now - timedelta(hours=scene.hours * rng.uniform(0.9, 1.1))
    worker = Worker(cast.grid_lead, None) if scene.in_grid else cast.workers[kind]
    said = {
        Event.HANDLE: rng.choice(words.answers[kind]),
        Event.REOPEN: rng.choice(words.passed_on),
    }
    steps = tuple(
        PlannedStep(
            event,
            at,
            _who(event, cast, worker),
            words=said.get(event),
            reason=Reason.PARTLY_DONE.value if event is Event.SEND_BACK else None,
            photo=after if event is Event.HANDLE else None,
            means=Means.SERVICE if event is Event.CLOSE else None,
        )
        for event, at in _times(scene, found, stage.now)
    )
    return PlannedCase(
        category=kind,
        area_id=spot.area_id,
        place_path=spot.path,
        lon=round(spot.lon + rng.gauss(0, 0.0012), 6),
        lat=round(spot.lat + rng.gauss(0, 0.0009), 6),
        person_id=person,
        found_at=found,
        words=rng.choice(words.reports[kind]),
        place=rng.choice(words.places),
        unit_id=worker.unit_id,
        photo=before,
        checked=bool(steps) and not scene.unchecked,
        steps=steps,
    )


def _times(scene: Scene, found: datetime, now: datetime) -> Iterator[tuple[Event, datetime]]:
    """The steps spread evenly over the time since the report."""
    beat = (now - found) / (len(scene.steps) + 1)
    for count, event in enumerate(scene.steps, start=1):
        yield event, found + count * beat


def _who(event: Event, cast: Cast, worker: Worker) -> UUID | None:
    """Who takes a step; the reporter herself is never named in the history."""
    players = {
        Event.RESPOND: worker.person_id,
        Event.HANDLE: worker.person_id,
        Event.CLOSE: cast.verifier,
        Event.SEND_BACK: cast.verifier,
        Event.URGE: None,
        Event.REOPEN: None,
    }
    return players.get(event, cast.desk)


def staged_ratings(
    staged: Sequence[Staged], planted: Sequence[PlantedCase], settings: Settings
) -> Iterator[PlannedRating]:
    """What the reporters of the scenes said; who says nothing is still waited for."""
    for one, case in zip(staged, planted, strict=True):
        if one.levels is not None:
            closing = case.closings[0]
            # an unhappy answer and the reopening are one moment
            again = (step.at for step in one.plan.steps if step.event is Event.REOPEN)
            yield rating(case, closing, settings, one.levels, next(again, closing[1]))
