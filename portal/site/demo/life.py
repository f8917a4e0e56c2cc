"""A season of plausible life, planned from one seed so that every demo looks the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.kernel.clock import city_month, month_bounds
from portal.reports.rules.codes import Event, Means
from portal.reports.rules.reasons import Reason
from portal.reports.service.demo import Photo, PlannedCase, PlannedStep, PlantedCase, up_to
from portal.satisfaction.rules import Settings, SubjectKind
from portal.satisfaction.rules.release import Bound, BoundBy, month_before
from portal.satisfaction.service.demo import PlannedRating
from portal.satisfaction.service.ratings import Subject
from portal.site.demo.periods import assessed_months
from portal.site.demo.words import DemoWords

DAYS = 110
# one case a day for so many of the season: how thin the time before it is, back to the quarter that
# the demo has assessed
A_DAY_EARLIER = 750
UNCHECKED_DAYS = 3
# the demo's last two closed months are released when it is loaded
COUNTED_MONTHS = 2
CAMPAIGN = "litter"
BUSIEST_SHARE = 0.45
SETTLING = timedelta(hours=20)
HOURS = (7, 8, 8, 9, 9, 10, 11, 12, 14, 15, 16, 17, 17, 18, 19, 19, 20, 21)


@dataclass(frozen=True)
class Worker:
    """Somebody who handles, and the unit she belongs to (None: on the spot, in her grid)."""

    person_id: UUID
    unit_id: UUID | None


@dataclass(frozen=True)
class Cast:
    """Who plays which part. ``neighbours`` are the residents with accounts."""

    residents: Sequence[UUID]
    neighbours: Sequence[UUID]
    desk: UUID
    verifier: UUID
    grid_lead: UUID
    workers: Mapping[str, Worker]  # by kind of problem
    photos: Mapping[str, Sequence[tuple[Photo, Photo]]]  # (before, after), by kind of problem

    def pair(self, kind: str, rng: Random) -> tuple[Photo | None, Photo | None]:
        """Photos before and after; none where none could be drawn."""
        pairs = self.photos.get(kind)
        return rng.choice(pairs) if pairs else (None, None)


@dataclass(frozen=True)
class Spot:
    """A place of the demo and how often something happens there."""

    area_id: UUID
    path: str
    lon: float
    lat: float
    weight: int


@dataclass(frozen=True)
class Stage:
    """The city as the plan sees it."""

    spots: Sequence[Spot]
    words: DemoWords
    zone: ZoneInfo
    now: datetime


def plan_life(
    rng: Random, cast: Cast, stage: Stage, count: int, days: tuple[float, float] = (0, DAYS)
) -> Iterator[PlannedCase]:
    """Cases of so many days ago, oldest first, each as far as it has come by now."""
    moments = sorted(_moment(rng, stage, days) for _ in range(count))
    # added up once: a city has hundreds of places, and the season thousands of cases
    weights = list(accumulate(spot.weight for spot in stage.spots))
    for found in moments:
        spot = rng.choices(stage.spots, cum_weights=weights)[0]
        plan = up_to(_plan(rng, cast, stage, spot, found), stage.now)
        yield replace(plan, checked=_checked(rng, plan, stage.now))


def plan_earlier(
    rng: Random, cast: Cast, stage: Stage, count: int
) -> Iterator[PlannedCase]:  # fmt: skip
    """A few cases of each day between the quarter that was assessed and the season of ``count``."""
    begun = month_bounds(assessed_months(stage.now, stage.zone)[0], stage.zone)[0]
    days = (stage.now - begun).total_seconds() / timedelta(days=1).total_seconds()
    fewer = max(0, int((days - DAYS) * count / A_DAY_EARLIER))
    yield from plan_life(rng, cast, stage, fewer, (DAYS, days))


def plan_outskirts(
    rng: Random, cast: Cast, stage: Stage, streets: Sequence[Spot], count: int
) -> Iterator[PlannedCase]:
    """So many cases in each month that was assessed in each street of which no community is known:
    without any, too little was known of them to be ranked."""
    for month in assessed_months(stage.now, stage.zone):
        start, end = month_bounds(month, stage.zone)
        for spot in streets:
            for _ in range(count):
                found = (start + (end - start) * rng.random()).astimezone(UTC)
                plan = up_to(_plan(rng, cast, stage, spot, found), stage.now)
                # nobody has drawn their outlines: a place without a point
                yield replace(plan, lon=None, lat=None)


def _moment(rng: Random, stage: Stage, days: tuple[float, float]) -> datetime:
    day = stage.now - timedelta(days=rng.uniform(*days))
    local = day.astimezone(stage.zone).replace(
        hour=rng.choice(HOURS), minute=rng.randrange(60), second=rng.randrange(60)
    )
    # what is written in UTC is quick to write
    return min(local, stage.now - timedelta(minutes=rng.randint(3, 90))).astimezone(UTC)


def _checked(rng: Random, plan: PlannedCase, now: datetime) -> bool:
    """Words and photos are looked at when a matter is taken up; of the newest a few still wait."""
    lately = plan.found_at > now - timedelta(days=UNCHECKED_DAYS)
    return bool(plan.steps) and (rng.random() < 0.9 or not lately)


def _plan(rng: Random, cast: Cast, stage: Stage, spot: Spot, found: datetime) -> PlannedCase:
    category = stage.words.kind(rng)
    person = rng.choice(cast.residents) if rng.random() < 0.85 else None
    worker = cast.workers[category]
    photos = cast.pair(category, rng)
    answer = rng.choice(stage.words.answers[category])
    steps = _steps(rng, cast, worker.person_id, found, answer, photos[1])
    return PlannedCase(
        category=category,
        area_id=spot.area_id,
        place_path=spot.path,
        lon=round(spot.lon + rng.gauss(0, 0.0012), 6),
        lat=round(spot.lat + rng.gauss(0, 0.0009), 6),
        person_id=person,
        found_at=found,
        words=rng.choice(stage.words.reports[category]),
        place=rng.choice(stage.words.places),
        unit_id=worker.unit_id,
        photo=photos[0] if rng.random() < 0.6 else None,
        steps=steps,
    )


def _steps(
    rng: Random, cast: Cast, handler: UUID, found: datetime, answer: str, after: Photo | None
) -> tuple[PlannedStep, ...]:
    at = found + timedelta(minutes=rng.uniform(4, 200))
    if rng.random() < 0.04:
        reason = Reason.OUT_OF_SCOPE.value
        return (PlannedStep(Event.REFUSE, at, cast.desk, reason=reason),)
    steps = [PlannedStep(Event.ACCEPT, at, cast.desk)]
    for event in (Event.FILE, Event.DISPATCH):
        at += timedelta(minutes=rng.uniform(3, 90))
        steps.append(PlannedStep(event, at, cast.desk))
    at += timedelta(minutes=rng.uniform(10, 300))
    steps.append(PlannedStep(Event.RESPOND, at, handler))
    at = _work(rng, cast, handler, at, steps, answer, after)
    if rng.random() < 0.07:
        at += timedelta(hours=rng.uniform(3, 120))
        steps.append(PlannedStep(Event.REOPEN, at))
        _work(rng, cast, handler, at, steps, answer, after)
    return tuple(steps)


def _work(
    rng: Random, cast: Cast, handler: UUID, at: datetime, steps: list[PlannedStep],
    answer: str, after: Photo | None,
) -> datetime:  # fmt: skip
    at += timedelta(hours=rng.choice((1, 2, 3, 5, 8, 20, 30, 50, 90)) * rng.uniform(0.7, 1.3))
    steps.append(PlannedStep(Event.HANDLE, at, handler, words=answer, photo=after))
    at += timedelta(hours=rng.uniform(0.5, 26))
    steps.append(PlannedStep(Event.CLOSE, at, cast.verifier, means=_means(rng)))
    return at


def _means(rng: Random) -> Means:
    """Mostly by service, as the city wants it (721)."""
    return rng.choices((Means.SERVICE, Means.MANAGEMENT, Means.ENFORCEMENT), (66, 23, 11))[0]


def plan_campaign(
    rng: Random, cast: Cast, stage: Stage, months: Sequence[tuple[datetime, datetime]], count: int
) -> Iterator[PlannedCase]:
    """In each month a clean-up in the two busy communities: many report litter at its codes in the
    street, without an account. So the month's release has something to show at every level."""
    busiest = sorted(stage.spots, key=lambda spot: spot.weight, reverse=True)[:2]
    worker = cast.workers[CAMPAIGN]
    for start, end in months:
        for _ in range(count):
            spot = busiest[rng.random() < BUSIEST_SHARE]
            found = start + (end - start - 2 * SETTLING) * rng.random() + SETTLING
            steps = _campaign_steps(cast, worker, found, rng)
            yield PlannedCase(
                category=CAMPAIGN, area_id=spot.area_id, place_path=spot.path,
                lon=round(spot.lon + rng.gauss(0, 0.0012), 6),
                lat=round(spot.lat + rng.gauss(0, 0.0009), 6),
                person_id=None, found_at=found, words=rng.choice(stage.words.reports[CAMPAIGN]),
                place=rng.choice(stage.words.places), unit_id=worker.unit_id, steps=steps,
                checked=True,
            )  # fmt: skip


def _campaign_steps(
    cast: Cast, worker: Worker, found: datetime, rng: Random
) -> tuple[PlannedStep, ...]:
    said = (
        (Event.ACCEPT, cast.desk), (Event.FILE, cast.desk), (Event.DISPATCH, cast.desk),
        (Event.HANDLE, worker.person_id), (Event.CLOSE, cast.verifier),
    )  # fmt: skip
    return tuple(
        PlannedStep(
            event,
            found + timedelta(hours=3 * at),
            who,
            means=_means(rng) if event is Event.CLOSE else None,
        )
        for at, (event, who) in enumerate(said, start=1)
    )


def counted_months(stage: Stage, settings: Settings) -> list[tuple[datetime, datetime]]:
    """When a matter was closed whose rating counts in one of the last two months that are over."""
    month = city_month(stage.now, stage.zone)
    found = []
    for _ in range(COUNTED_MONTHS):
        month = month_before(month)
        bounds = month_bounds(month, stage.zone)
        found.append(tuple(bound - (settings.window_ends(bound) - bound) for bound in bounds))
    return [(start, end) for start, end in reversed(found)]


def _counted_since(stage: Stage, settings: Settings) -> datetime:
    """When the first matter was closed whose rating counts: in the last month that was assessed,
    or in the first that had a campaign."""
    start = month_bounds(assessed_months(stage.now, stage.zone)[-1], stage.zone)[0]
    closed = start - (settings.window_ends(start) - start)
    return min(closed, counted_months(stage, settings)[0][0])


def plan_ratings(
    rng: Random, planted: Sequence[PlantedCase], stage: Stage, settings: Settings
) -> Iterator[PlannedRating]:
    """Most closed cases get a rating; whoever had a case opened again was unhappy first.

    What was closed before the months that the demo counts is bound to nobody: it counts nowhere.
    """
    now, counted = stage.now, _counted_since(stage, settings)
    for case in planted:
        for cycle, closed_at in case.closings:
            reopened = cycle < case.closings[-1][0]
            at = closed_at + timedelta(hours=rng.uniform(1, 3 if reopened else 200))
            late = at > now or at >= settings.window_ends(closed_at)
            if late or (not reopened and rng.random() > 0.82):
                continue
            result = rng.choice((4, 5)) if reopened else rng.choices((1, 2, 3), (46, 38, 16))[0]
            service = min(5, max(1, result + rng.choice((-1, 0, 0, 1))))
            said = rating(case, (cycle, closed_at), settings, (result, service), at)
            yield said if closed_at >= counted else replace(said, bound=None)


def rating(
    case: PlantedCase,
    closing: tuple[int, datetime],
    settings: Settings,
    levels: tuple[int, int],
    at: datetime,
) -> PlannedRating:
    """What a reporter said of one closing: (result, service), 1 the best."""
    cycle, closed_at = closing
    result, service = levels
    return PlannedRating(
        subject=Subject(
            kind=SubjectKind.CASE,
            id=case.id,
            district=case.district,
            cycle=cycle,
            place_path=case.place_path,
            category_code=case.category,
            window_ends=settings.window_ends(closed_at),
        ),
        rater_key=case.reporter_id,
        solved=result < 4,
        result=result,
        service=service,
        at=at,
        bound=(
            Bound(BoundBy.ACCOUNT, str(case.person_id))
            if case.person_id is not None
            else Bound(BoundBy.LINK, str(case.reporter_id))
        ),
    )
