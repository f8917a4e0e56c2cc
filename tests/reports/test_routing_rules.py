"""Who is responsible: the most specific row that holds on the day, always the same one."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.areas.rules import Tag
from portal.kernel.ids import new_id
from portal.organisations.rules import OrganisationKind, Trade
from portal.reports.rules.routing import (
    CaseKey,
    Matter,
    Responsibility,
    RoadClass,
    Unit,
    conflicts,
    decide,
    fitting,
    next_receiver,
    rank,
    read_receiver,
    read_value,
    why_not_unit,
)
from portal.reports.rules.units_named import belonging
from tests.make.routing import row

TODAY = date(2026, 11, 29)
CITY, STREET, QUARTER = "/370283/", "/370283/370283001/", "/370283/370283001/370283001M1/"
PLACE = f"{QUARTER}370283001001/"
Kind = OrganisationKind


def unit(code: str, kind: Kind, path: str = CITY, trade: Trade | None = None) -> Unit:
    return Unit(new_id(), code, kind, trade, path)


OFFICE = unit("JD", Kind.STREET_OFFICE, STREET)
CENTRE = unit("FW", Kind.DISTRICT_CENTRE)
ENFORCEMENT = unit("CG", Kind.DEPARTMENT, trade=Trade.CITY_MANAGEMENT)
ROADS = unit("JT", Kind.DEPARTMENT, trade=Trade.TRANSPORT)
COMMUNITY = unit("JW", Kind.COMMITTEE, PLACE)
AREA_LEAD = unit("GQ", Kind.STATION, QUARTER)
UNITS = (COMMUNITY, AREA_LEAD, OFFICE, ENFORCEMENT, CENTRE, ROADS)  # the nearest first


def matter(category: str = "illegal_building", **known: Any) -> Matter:
    tags = known.pop("tags", frozenset())
    values = {CaseKey(key): value for key, value in known.items()}
    return Matter(PLACE, category, "sanitation" if category == "litter" else "order", tags, values)


def named(rows: list[Responsibility], about: Matter, on: date = TODAY) -> str | None:
    """The code of the unit that leads; None when nobody is named."""
    route = decide(rows, about, UNITS, on=on)
    by_id = {one.id: one.code for one in UNITS}
    return by_id[route.unit_id] if route.row and route.unit_id else None


BUILDING = [
    row("a", "street_office", category="illegal_building"),
    row("b", "street_office", category="illegal_building", area_at_most=500),
    row(
        "c",
        "department/city_management",
        "street_office",
        category="illegal_building",
        area_over=500,
    ),
]


def test_r040_an_illegal_building_up_to_500_square_metres_is_the_streets() -> None:
    assert named(BUILDING, matter(area_m2="500")) == "JD"
    assert fitting(BUILDING, matter(area_m2="500"), TODAY)[0].code == "b"
    # nobody has measured it yet: the street looks first
    assert fitting(BUILDING, matter(), TODAY)[0].code == "a"


def test_r041_over_500_square_metres_it_goes_up_and_the_street_supports() -> None:
    route = decide(BUILDING, matter(area_m2="501"), UNITS, on=TODAY)
    assert (route.unit_id, route.co) == (ENFORCEMENT.id, (OFFICE.id,))
    assert conflicts(BUILDING) == []


def test_r054_main_roads_are_swept_by_the_centre_r055_back_streets_by_the_street() -> None:
    rows = [
        row("a", "street_office", group="sanitation"),
        row("b", "district_centre", group="sanitation", road_class=RoadClass.MAIN_ROAD),
    ]
    assert named(rows, matter("litter", road_class="main_road")) == "FW"
    assert named(rows, matter("litter", road_class="back_street")) == "JD"
    # a place that is marked needs no entry; what the desk enters goes before the mark
    marked = frozenset({Tag.MAIN_ROAD})
    assert named(rows, matter("litter", tags=marked)) == "FW"
    assert named(rows, matter("litter", tags=marked, road_class="back_street")) == "JD"


def test_r019_a_courtyard_without_management_goes_to_the_street_also_on_a_main_road() -> None:
    rows = [
        row("a", "district_centre", group="sanitation", road_class=RoadClass.MAIN_ROAD),
        row("b", "street_office", group="sanitation", tag=Tag.THREE_WITHOUT),
    ]
    both = frozenset({Tag.THREE_WITHOUT, Tag.MAIN_ROAD})
    assert named(rows, matter("litter", tags=both)) == "JD"
    assert named(rows, matter("litter", tags=frozenset({Tag.MAIN_ROAD}))) == "FW"


def test_r178_who_gave_the_permit_owns_the_matter() -> None:
    rows = [*BUILDING, row("p", "permit_holder", on_permit=True)]
    assert named(rows, matter(area_m2="900", permit_holder="JT")) == "JT"
    # a unit that serves another place cannot be named: the next row holds
    assert named(rows, matter(area_m2="900", permit_holder="ELSEWHERE")) == "CG"


def test_r228_powers_are_handed_over_on_a_day() -> None:
    rows = [
        row("old", "department/city_management", category="litter", valid_to=date(2027, 1, 1)),
        row("new", "street_office", category="litter", valid_from=date(2027, 1, 1)),
    ]
    assert conflicts(rows) == []
    assert named(rows, matter("litter"), date(2026, 12, 31)) == "CG"
    assert named(rows, matter("litter"), date(2027, 1, 1)) == "JD"
    assert named(rows, matter("litter"), date(2025, 12, 31)) is None


def test_r031_one_leads_and_others_support_each_once_and_never_the_lead() -> None:
    rows = [row("a", "CG", "street_office", "JD", "CG", category="litter")]
    route = decide(rows, matter("litter"), UNITS, on=TODAY)
    assert (route.unit_id, route.co) == (ENFORCEMENT.id, (OFFICE.id,))


def test_r269_nobody_named_the_lead_of_the_area_comes_before_the_street() -> None:
    route = decide([], matter(), UNITS, on=TODAY)
    assert (route.unit_id, route.row) == (AREA_LEAD.id, None)
    without = [one for one in UNITS if one is not AREA_LEAD]
    assert next_receiver(without) is OFFICE
    assert next_receiver([COMMUNITY, CENTRE, ROADS]) is CENTRE
    assert next_receiver([COMMUNITY]) is None


def test_r070_a_community_gets_only_what_is_admitted() -> None:
    about = matter("litter")
    assert why_not_unit(COMMUNITY, about, admits=False, complained=()) is not None
    assert why_not_unit(COMMUNITY, about, admits=True, complained=()) is None
    assert why_not_unit(OFFICE, about, admits=False, complained=()) is None
    # a station of the community or of a grid in it is the community too; one of a 管区 is not
    grid = unit("WG", Kind.TEAM, f"{PLACE}370283001001G01/")
    assert grid.of_community
    assert not AREA_LEAD.of_community


def test_whoever_belongs_to_a_unit_belongs_to_the_complaint() -> None:
    a, b, c, d = (new_id() for _ in range(4))
    assert belonging(a, {b: a, c: b, d: None, a: d}) == {a, b, c}


def test_a_conflict_is_two_rows_that_nothing_tells_apart() -> None:
    a = row("a", "street_office", category="litter")
    assert conflicts([a, row("b", "CG", group="sanitation")]) == []
    assert conflicts([a, row("b", "CG", category="litter", area_code="370283")]) == []
    assert [(x.code, y.code) for x, y in conflicts([row("b", "CG", category="litter"), a])] == [
        ("a", "b")
    ]
    # two marks can stand on one place, two classes of road cannot
    tags = [row("a", "CG", tag=Tag.OLD_ESTATE), row("b", "JD", tag=Tag.THREE_WITHOUT)]
    assert len(conflicts(tags)) == 1
    roads = [
        row("a", "CG", road_class=RoadClass.MAIN_ROAD),
        row("b", "JD", road_class=RoadClass.BACK_STREET),
    ]
    assert conflicts(roads) == []
    sizes = [row("a", "CG", area_at_most=500), row("b", "JD", area_over=499)]
    assert len(conflicts(sizes)) == 1


def test_what_is_typed_is_kept_in_one_form_or_refused() -> None:
    assert read_value(CaseKey.AREA_M2, " 0500 ") == "500"
    assert [read_value(CaseKey.AREA_M2, text) for text in ("-5", "5.5", "５００", "99999999")] == [
        None
    ] * 4
    assert read_value(CaseKey.ROAD_CLASS, "motorway") is None
    assert read_value(CaseKey.UNIT_COMPLAINED_OF, "PD-CG") == "PD-CG"
    texts = ("PD-CG", "street_office", "team/city_management", "permit_holder")
    assert [str(read_receiver(text)) for text in texts] == list(texts)
    assert read_receiver("team/nothing") is None


@st.composite
def lists(draw: st.DrawFn) -> list[Responsibility]:
    """Any list that somebody could enter."""
    rows = []
    for at in range(draw(st.integers(0, 9))):
        kind = draw(st.sampled_from(["category", "group", "none"]))
        size = draw(st.sampled_from([None, "area_at_most", "area_over"]))
        more: dict[str, Any] = {size: draw(st.sampled_from([100, 500]))} if size else {}
        if kind != "none":
            more[kind] = draw(
                st.sampled_from(
                    ["litter", "illegal_building"]
                    if kind == "category"
                    else ["order", "sanitation"]
                )
            )
        area = draw(st.sampled_from([None, "370283", "370283001", "370283002"]))
        paths = {"370283": CITY, "370283001": STREET, "370283002": "/370283/370283002/"}
        start = TODAY + timedelta(days=draw(st.integers(-3, 2)))
        rows.append(
            row(
                f"r{at}",
                draw(
                    st.sampled_from(
                        ["JD", "CG", "GONE", "street_office", "permit_holder", "committee"]
                    )
                ),
                area_code=area,
                area_path=paths.get(area or ""),
                tag=draw(st.sampled_from([None, *list(Tag)[:2]])),
                road_class=draw(st.sampled_from([None, *RoadClass])),
                on_permit=draw(st.booleans()),
                valid_from=start,
                valid_to=draw(st.sampled_from([None, start + timedelta(days=2)])),
                **more,
            )
        )
    return rows


@st.composite
def matters(draw: st.DrawFn) -> Matter:
    """Any matter."""
    known = {
        "area_m2": draw(st.sampled_from(["", "100", "500", "501"])),
        "road_class": draw(st.sampled_from(["", *RoadClass])),
        "permit_holder": draw(st.sampled_from(["", "JT", "GONE"])),
    }
    tags = draw(st.frozensets(st.sampled_from(list(Tag))))
    category = draw(st.sampled_from(["litter", "illegal_building"]))
    return matter(category, tags=tags, **{key: value for key, value in known.items() if value})


@given(lists(), matters(), st.randoms(), st.frozensets(st.sampled_from([u.id for u in UNITS])))
def test_routing_is_the_same_in_any_order_and_never_to_a_unit_that_may_not_have_it(
    rows: list[Responsibility], about: Matter, chance: Any, refused: frozenset[Any]
) -> None:
    route = decide(rows, about, UNITS, on=TODAY, refused=refused)
    mixed = list(rows)
    chance.shuffle(mixed)
    assert decide(mixed, about, UNITS, on=TODAY, refused=refused) == route
    assert route.unit_id not in refused
    assert not refused & set(route.co)
    assert route.unit_id not in route.co
    # never a dead end while somebody may take it up
    assert route.unit_id or not {OFFICE.id, CENTRE.id, AREA_LEAD.id} - refused
    if route.row is not None:
        better = [one for one in fitting(rows, about, TODAY) if rank(one) > rank(route.row)]
        free = [one for one in UNITS if one.id not in refused]
        assert all(decide([one], about, free, on=TODAY).row is None for one in better)


@given(lists(), matters())
def test_rows_that_tie_for_a_matter_are_found_as_a_conflict(
    rows: list[Responsibility], about: Matter
) -> None:
    found = fitting(rows, about, TODAY)
    if len(found) > 1 and rank(found[0]) == rank(found[1]):
        pairs = [{one.code, other.code} for one, other in conflicts(rows)]
        assert {found[0].code, found[1].code} in pairs
