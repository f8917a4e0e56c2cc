"""Words for the codes of places."""

from portal.areas.rules import (
    AreaRefusal,
    Feature,
    FlawKind,
    NoticeLevel,
    NoticeRefusal,
    PermittedKind,
    Tag,
    UnitKind,
)
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import register

register(
    {
        Tag.THREE_WITHOUT: _l("Courtyard without manager, committee or guard"),
        Tag.OLD_ESTATE: _l("Old estate"),
        Tag.URBAN_VILLAGE: _l("Urban village"),
        Tag.URBAN_FRINGE: _l("Urban fringe"),
        Tag.KEY_AREA: _l("Key area"),
        Tag.MAIN_ROAD: _l("Main road"),
        Tag.BACK_STREET: _l("Back street"),
        Tag.CITY_ENTRANCE: _l("Entrance to the city"),
        Tag.BUILDING_SITE: _l("Building site"),
        Tag.WATERWAY: _l("Waterway"),
        UnitKind.STREET: _l("Street"),
        UnitKind.TOWN: _l("Town"),
        UnitKind.TOWNSHIP: _l("Township"),
        UnitKind.DEVELOPMENT_ZONE: _l("Development zone"),
        UnitKind.CLUSTER: _l("Cluster"),
        UnitKind.RESIDENTS: _l("Residents' committee"),
        UnitKind.VILLAGE: _l("Villagers' committee"),
        UnitKind.OTHER: _l("Other unit"),
        PermittedKind.RELIEF_SITE: _l("Vendor relief site"),
        PermittedKind.STALL_ZONE: _l("Stall zone"),
        PermittedKind.MARKET: _l("Open market"),
        Feature.REPORTS: _l("Reports are handled by the street"),
        Feature.RATINGS: _l("Residents rate the outcome"),
        Feature.EXPOSURE_OF_PERSONS: _l("The exposure column also shows what natural persons did"),
        NoticeLevel.PLAIN: _l("Notice"),
        NoticeLevel.BLUE: _l("Blue warning"),
        NoticeLevel.YELLOW: _l("Yellow warning"),
        NoticeLevel.ORANGE: _l("Orange warning"),
        NoticeLevel.RED: _l("Red warning"),
        NoticeRefusal.NO_WORDS: _l("Write the notice in simplified Chinese."),
        NoticeRefusal.NO_ISSUER: _l("Say who issued it."),
        NoticeRefusal.BAD_TIME: _l("A notice stands from ten minutes to thirty days."),
        NoticeRefusal.OVER: _l("This notice is over already."),
        FlawKind.OVERLAP: _l("overlap"),
        FlawKind.GAP: _l("gap"),
        FlawKind.OUTSIDE: _l("outside its parent"),
        FlawKind.BROKEN: _l("broken outline"),
        AreaRefusal.CODE_TAKEN: _l("Another place has this code."),
        AreaRefusal.BAD_CODE: _l("This code does not have the form of its level."),
        AreaRefusal.CODE_NOT_UNDER_PARENT: _l(
            "The code must begin with the digits of the place above."
        ),
        AreaRefusal.BAD_LEVEL: _l("This level cannot stand under the place above."),
        AreaRefusal.NO_NAME: _l("Write the name in simplified Chinese."),
        AreaRefusal.LONG_NAME: _l("This name is too long."),
        AreaRefusal.BAD_DATES: _l("The last day must be after the first day."),
        AreaRefusal.UNKNOWN_SUCCESSOR: _l(
            "The successor must be another place, and this one needs a last day."
        ),
        AreaRefusal.HAS_OPEN_CHILDREN: _l("Places inside it are still valid. End those first."),
        AreaRefusal.BAD_OUTLINE: _l(
            "This is not an outline. Paste GeoJSON, or write a longitude and a latitude on each "
            "of at least three lines. The line must not cross itself."
        ),
        AreaRefusal.OUTLINE_OVERLAPS: _l("The outline overlaps %(name)s."),
        AreaRefusal.OUTLINE_LEAVES_PARENT: _l("The outline leaves the place above."),
        AreaRefusal.BAD_POINT: _l("This is not a point on Earth."),
        AreaRefusal.OUTSIDE_AREA: _l("This point does not lie in this place."),
        AreaRefusal.BAD_HOURS: _l("Write times like 06:30 and choose at least one day."),
        AreaRefusal.STALE: _l("Somebody changed this place meanwhile. Look at it again."),
    }
)
