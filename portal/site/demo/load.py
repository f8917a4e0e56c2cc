"""Loads the demo once: accounts with known passwords (loopback only), people, cases, ratings."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import demo_exists
from portal.accounts.rules import ApiScope
from portal.accounts.service.api_keys import KeyWish, issue_key
from portal.accounts.service.demo import plant_people
from portal.areas.queries import AreaRow, descendants_at_level, root_areas
from portal.kernel.instance import instance_of
from portal.kernel.photos import CleanPhoto
from portal.kernel.uploads import store_photo
from portal.organisations.queries import organisations_by_ids
from portal.reports.queries.contracts import contracts
from portal.reports.service.contracts import link_earlier
from portal.reports.service.counting import count_everything
from portal.reports.service.demo import Photo, plant_cases
from portal.reports.service.supervision_demo import plant_supervision
from portal.satisfaction.queries import settings_of
from portal.satisfaction.service.demo import plant_ratings
from portal.site.demo.adoption import plant_adoptions
from portal.site.demo.asked import file_asked
from portal.site.demo.asking import plant_questions
from portal.site.demo.audit import plant_audit
from portal.site.demo.clocks import stage_clocks
from portal.site.demo.communities import plant_community
from portal.site.demo.companies import plant_companies, with_companies
from portal.site.demo.doors import plant_doors
from portal.site.demo.exchange import plant_exchange
from portal.site.demo.following import plant_following
from portal.site.demo.frontages import plant_frontages
from portal.site.demo.grids import plant_grids
from portal.site.demo.honours import plant_honours
from portal.site.demo.life import (
    Cast,
    Spot,
    Stage,
    Worker,
    counted_months,
    plan_campaign,
    plan_earlier,
    plan_life,
    plan_outskirts,
    plan_ratings,
)
from portal.site.demo.links import plant_replies, stage_links
from portal.site.demo.people import demo_places, open_accounts, units_by_category
from portal.site.demo.pictures import can_draw, draw_scene
from portal.site.demo.premises import plant_premises
from portal.site.demo.shared import stage_shared
from portal.site.demo.staged import (
    plan_clocks,
    plan_links,
    plan_shared,
    plan_staged,
    staged_ratings,
)
from portal.site.demo.volunteers import plant_volunteers
from portal.site.demo.words import load_words

SEED = 20261122
RESIDENTS = 3000
CASES = 7800
OUTSKIRTS = 1500  # of so many cases one belongs to each month and street without communities
CAMPAIGN_PART = 8  # of all cases so many again belong to the clean-up of each released month
LOOKS = 2  # how many different pictures each kind of problem gets
PAINTERS = 2
OWN_TRADE = "litter"  # the demo's handling unit is the one for this kind of problem


Pictures = Mapping[str, Sequence[tuple[CleanPhoto, CleanPhoto]]]
People = Mapping[str, Sequence[UUID]]


def draw_pictures(looks: int = LOOKS) -> Pictures:
    """Before and after for each kind of problem. Takes seconds: before the writing begins."""
    if not can_draw():
        return {}
    wanted = [(kind, seed) for kind in load_words().categories for seed in range(looks)]
    found: dict[str, list[tuple[CleanPhoto, CleanPhoto]]] = {}
    with ThreadPoolExecutor(PAINTERS) as painters:
        for (kind, _), pair in zip(wanted, painters.map(_draw_pair, wanted), strict=True):
            found.setdefault(kind, []).append(pair)
    return found


def _draw_pair(wanted: tuple[str, int]) -> tuple[CleanPhoto, CleanPhoto]:
    return draw_scene(*wanted, mended=False), draw_scene(*wanted, mended=True)


def load_demo(
    session: Session,
    pictures: Pictures,
    *,
    now: datetime,
    residents: int = RESIDENTS,
    cases: int = CASES,
) -> bool:
    """Fill an initialised city with the demo; False when it holds one already."""
    if demo_exists(session):
        return False
    rng = Random(SEED)  # noqa: S311  the same demo for everyone
    words, places = load_words(), demo_places(session)
    units = units_by_category(session, places["city"], now)
    people = open_accounts(session, places, units[OWN_TRADE], now)
    _program(session, units[OWN_TRADE], now)
    crowd = plant_people(session, (words.name(rng) for _ in range(residents)), now=now)
    cast = _cast(people, crowd, units, _keep_all(session, pictures))
    stage = Stage(_spots(session, places), words, instance_of(session).city.zone, now)
    _past_life(session, rng, with_companies(session, cast, places["city"], now), stage, cases)
    _staged_cases(session, rng, cast, stage, places["community"].path)
    _shared_cases(session, rng, cast, stage, people, pictures, places["community"].path)
    plant_replies(session, cast.desk, places["street"], now)
    _work_of_staff(session, people, pictures, places["community"], now)
    plant_frontages(session, people, pictures, places["street"], now)
    plant_volunteers(session, people, places, now)
    plant_community(session, people, places, now)
    plant_questions(session, people, places["city"], now)
    # at once, so that the pages of figures have something to show
    session.flush()
    count_everything(session, now)
    plant_companies(session, people, places["city"], now)
    return True


def _past_life(session: Session, rng: Random, cast: Cast, stage: Stage, cases: int) -> None:
    """Months of reports, and how their reporters rated what came of them."""
    settings = settings_of(session)
    before = Random(SEED - 1)  # noqa: S311  the same demo for everyone
    planted = plant_cases(session, plan_earlier(before, cast, stage, cases))
    planted += plant_cases(session, plan_life(rng, cast, stage, cases))
    # rated by nobody, so that what is released of the season stays as it is
    apart = Random(SEED - 2)  # noqa: S311  the same demo for everyone
    plant_cases(
        session, plan_outskirts(apart, cast, stage, _outskirts(session, stage), cases // OUTSKIRTS)
    )
    months = counted_months(stage, settings)
    campaign = plan_campaign(rng, cast, stage, months, cases // CAMPAIGN_PART)
    planted += plant_cases(session, campaign)
    plant_ratings(session, plan_ratings(rng, planted, stage, settings))


def _staged_cases(session: Session, rng: Random, cast: Cast, stage: Stage, path: str) -> None:
    """Cases for the accounts to work on today, in every state, and on every kind of clock."""
    staged = plan_staged(rng, cast, stage, path)
    planted = plant_cases(session, (one.plan for one in staged))
    plant_ratings(session, staged_ratings(staged, planted, settings_of(session)))
    clocks = plan_clocks(rng, cast, stage, path)
    stage_clocks(session, plant_cases(session, clocks), cast.desk, stage.now)


def _shared_cases(
    session: Session,
    rng: Random,
    cast: Cast,
    stage: Stage,
    people: People,
    pictures: Pictures,
    path: str,
) -> None:
    """Cases that several work on: units that share or dispute them, and who holds a link."""
    shared = plant_cases(session, plan_shared(rng, cast, stage, path))
    stage_shared(session, shared, {role: ids[0] for role, ids in people.items()}, stage.now)
    links = plant_cases(session, plan_links(rng, cast, stage, path))
    shown = pictures.get(OWN_TRADE)
    stage_links(session, links, people, shown[0][1] if shown else None, stage.now)


def _work_of_staff(
    session: Session, people: People, pictures: Pictures, community: AreaRow, now: datetime
) -> None:
    """What the accounts did besides: samples, supervision, files, contracts, follows, grids."""
    plant_audit(session, people, now)
    plant_supervision(session, now)
    file_asked(session, community, now)
    plant_exchange(session, people, now)
    # past life was planted without the intake
    link_earlier(session, contracts(session), now)
    plant_following(session, people["resident"], community, now)
    plant_doors(session, people, pictures, community, now)
    plant_grids(session, people, community, now)
    plant_honours(session, people, community, now)
    plant_adoptions(session, people, now)
    plant_premises(session, people, now)


def _program(session: Session, unit_id: UUID, now: datetime) -> None:
    """A unit's program with a key, for the administrator's page; nobody learns the key itself."""
    unit = organisations_by_ids(session, [unit_id])[unit_id]
    issue_key(session, None, KeyWish("Open311", unit.code, "", frozenset(ApiScope)), now=now)


def _keep_all(session: Session, pictures: Pictures) -> Mapping[str, Sequence[tuple[Photo, Photo]]]:
    """Every drawn picture as a stored photo."""
    return {
        kind: [(_keep(session, before), _keep(session, after)) for before, after in pairs]
        for kind, pairs in pictures.items()
    }


def _keep(session: Session, photo: CleanPhoto) -> Photo:
    return (*store_photo(session, photo), photo.width, photo.height)


def _cast(
    people: People,
    crowd: Sequence[UUID],
    units: Mapping[str, UUID],
    photos: Mapping[str, Sequence[tuple[Photo, Photo]]],
) -> Cast:
    """Who plays which part; the units without an account of their own are played by the crowd."""
    own = units[OWN_TRADE]
    others = sorted(set(units.values()) - {own})
    players = {own: people["handling_unit"][0], **dict(zip(others, crowd, strict=False))}
    return Cast(
        residents=[*crowd, *people["resident"]],
        neighbours=people["resident"],
        desk=people["street_desk"][0],
        verifier=people["verifier"][0],
        grid_lead=people["grid_lead"][0],
        workers={kind: Worker(players[unit], unit) for kind, unit in units.items()},
        photos=photos,
    )


def _spots(session: Session, places: Mapping[str, AreaRow]) -> list[Spot]:
    """Half of life happens in the two communities of the accounts, the rest round about."""
    weights = {places["community"].path: 36, places["second"].path: 28}
    return [
        Spot(area.id, area.path, area.lon, area.lat, weights.get(area.path, 1))
        for area in descendants_at_level(session, places["city"].path, "community")
        if area.lon is not None and area.lat is not None
    ]


def _outskirts(session: Session, stage: Stage) -> list[Spot]:
    """The streets of which the list knows no community."""
    known = {spot.path for spot in stage.spots}
    return [
        Spot(area.id, area.path, 0.0, 0.0, 1)
        for area in descendants_at_level(session, root_areas(session)[0].path, "street")
        if not any(path.startswith(area.path) for path in known)
    ]
