"""What the first page and the help page say, of the services that this installation has."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.areas.queries import AreaRow, SwitchRow, switches
from portal.areas.rules import Feature
from portal.kernel.clock import city_day, local
from portal.kernel.i18n import gettext
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.instance import instance_of
from portal.kernel.words import Words
from portal.reports.queries.counters import counts_since
from portal.satisfaction.queries.releases import PlaceMonth, months_at
from portal.site.navigation import page_exists
from portal.site.near import Neighbourhood, neighbourhood, own_places

MONTH: Final = timedelta(days=30)


class Door(NamedTuple):
    """A way in from the first page."""

    url: str
    icon: str
    title: Words
    text: Words


class Stage(NamedTuple):
    """One of the five steps that every matter takes."""

    icon: str
    title: Words
    text: Words


DOORS = (
    Door("/reports/map", "map", _l("Look at the map"), _l("What is going on, street by street.")),
    Door("/reports/", "list", _l("See what others reported"), _l("And what became of it.")),
    Door("/places/", "home", _l("My street and community"), _l("Who looks after it.")),
    Door("/volunteers/", "people", _l("Volunteer"), _l("Come along for an hour or two near you.")),
    Door("/adoption/", "leaf", _l("Adopt green space"), _l("A tree or a bed to look after.")),
    Door(
        "/communities/", "book", _l("Self-government of communities"),
        _l("Conventions, meetings and the notice board."),
    ),
    Door(
        "/credit/", "star", _l("Self-discipline points"),
        _l("For good deeds. Only you see them."),
    ),
    Door("/pledges/", "shop", _l("Shops and their pledges"), _l("Who keeps what is signed.")),
    Door("/data/", "chart", _l("Figures"), _l("What was settled, and how content people were.")),
    Door("/me", "person", _l("My reports"), _l("Chase, withdraw, add a photo, rate.")),
    Door("/help", "help", _l("Help"), _l("By telephone, through a person, or on paper.")),
)  # fmt: skip

# the five public steps (R061), as somebody would explain them to a neighbour
STAGES = (
    Stage("camera", _l("Reported"), _l("You send a photo and the place. You get a number.")),
    Stage("tick", _l("Accepted"), _l("The street desk reads it and promises a date.")),
    Stage("send", _l("Assigned"), _l("It goes to the unit that can put it right.")),
    Stage("eye", _l("Supervised"), _l("Somebody else checks that it is really done.")),
    Stage("mail", _l("Fed back"), _l("You get the answer, and say whether it is good.")),
)


@dataclass(frozen=True)
class HomePage:
    """Everything that the first page shows."""

    today: list[tuple[int, str]]
    near: Neighbourhood
    around: list[AreaRow]
    live: list[SwitchRow]
    coming: list[SwitchRow]
    months: list[PlaceMonth]


def home_page(session: Session, now: datetime) -> HomePage:
    """Gather the first page: the same few queries, whatever the city holds."""
    city = instance_of(session).city
    on = city_day(now, city.zone)
    own = own_places(session, on)
    rolled = [row for row in switches(session) if row.feature is Feature.REPORTS]
    return HomePage(
        today=city_today(session, now),
        near=neighbourhood(session, own),
        around=own,
        live=[row for row in rolled if row.live(on)],
        coming=[row for row in rolled if row.since > on],
        months=months_at(session, f"/{city.roots[0]}/"),
    )


def city_today(session: Session, now: datetime) -> list[tuple[int, str]]:
    """(number, words) of the city's day and month; nothing before anything was reported."""
    zone = instance_of(session).city.zone
    midnight = local(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    today, month = counts_since(session, None, [midnight, now - MONTH])
    if not month.reported and not month.open:
        return []
    return [
        (today.reported, gettext("reported today")),
        (today.settled, gettext("settled today")),
        (month.settled, gettext("settled in thirty days")),
        (month.open, gettext("being worked on now")),
    ]


# what the keepers of the portal keep, by the permission it takes
KEPT = (
    (Permission.SHIFT_MANAGE, "/desk/volunteers/", _l("Voluntary service")),
    (Permission.ADOPTION_MANAGE, "/desk/adoption/", _l("Adoption at the desk")),
    (Permission.PLEDGE_REGISTER, "/desk/premises/", _l("Register of premises")),
    (Permission.PLEDGE_REGISTER, "/desk/plaques/", _l("Plaques at the desk")),
    (Permission.CLAUSE_PUBLISH, "/desk/pledges/clauses/", _l("Texts of pledges at the desk")),
    (Permission.PLEDGE_REGISTER, "/desk/pledges/claims/", _l("Who speaks for a shop")),
    (Permission.PLEDGE_INSPECT, "/desk/pledges/inspections/", _l("Inspections of frontages")),
    (Permission.PLEDGE_REGISTER, "/desk/pledges/parking/", _l("Off-peak parking")),
    (Permission.ALLIANCE_MANAGE, "/desk/pledges/alliances/", _l("Alliances of shops")),
    (Permission.EXPOSURE_WRITE, "/desk/exposure/", _l("Exposure column at the desk")),
    (Permission.ARTICLE_WRITE, "/desk/articles/", _l("Articles at the desk")),
    (Permission.QUESTION_MODERATE, "/desk/forum/", _l("Questions to look at")),
    (Permission.QUESTION_ANSWER, "/desk/answers/", _l("Questions to my unit")),
    (Permission.DISCLOSURE_WRITE, "/desk/disclosure/", _l("Disclosure at the desk")),
    (Permission.SUPERVISION_READ, "/desk/supervisors/", _l("Supervision of city management")),
    (Permission.AREA_MANAGE, "/admin/places/", _l("Places")),
    (Permission.NOTICE_PUBLISH, "/admin/notices/", _l("Notices and warnings")),
    (Permission.ORGANISATION_MANAGE, "/admin/organisations/", _l("Units")),
    (Permission.AREA_MANAGE, "/admin/calendars/", _l("Working time")),
    (Permission.ROUTING_WRITE, "/admin/responsibilities/", _l("Who is responsible for what")),
    (Permission.RULE_PUBLISH, "/admin/rules/", _l("Rules of the ledger")),
    (Permission.DEDUCTION_SWITCH, "/admin/deductions", _l("Switch deductions on or off")),
    (Permission.PEOPLE_MANAGE, "/admin/people", _l("People and roles")),
    (Permission.CARD_ISSUE, "/desk/cards", _l("Printed cards")),
    (Permission.DEDUCTION_CONFIRM, "/desk/deductions/", _l("Deductions")),
    (Permission.DEDUCTION_SWITCH, "/desk/deductions/bases/", _l("What deductions rest on")),
    (Permission.API_KEY_MANAGE, "/admin/keys", _l("Keys for programs")),
    (Permission.AUDIT_READ, "/audit/", _l("Audit")),
)


def kept_by(actor: Actor) -> list[tuple[str, Words]]:
    """(address, words) of what this person looks after."""
    return [
        (url, words)
        for permission, url, words in KEPT
        if actor.may(permission) and page_exists(url)
    ]


def doors() -> list[Door]:
    """The ways in that exist here."""
    return [door for door in DOORS if page_exists(door.url)]
