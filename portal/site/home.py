"""What the first page and the help page say, of the services that this installation has."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from portal.accounts.rules import Actor, Permission
from portal.kernel.clock import local
from portal.kernel.i18n import gettext
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.instance import instance_of
from portal.kernel.words import Words
from portal.reports.queries.counters import public_counts
from portal.site.context import page_exists

MONTH: Final = timedelta(days=30)


class Door(NamedTuple):
    """A way in from the first page."""

    url: str
    title: Words
    text: Words


DOORS = (
    Door("/reports/", _l("See what others reported"), _l("Every report, and what became of it.")),
    Door("/reports/map", _l("Reports on the map"), _l("What is going on near you.")),
    Door("/places/", _l("My street and community"), _l("Who looks after it, and how it is doing.")),
    Door("/data/", _l("Figures"), _l("What was settled, and how content people were.")),
    Door("/me", _l("My reports"), _l("Urge, withdraw, add a photo, rate.")),
)

# page → what it is called, and how it is done without the site
SERVICES: Mapping[str, tuple[Words, Words]] = {
    "/reports/new": (
        _l("Report a problem"),
        _l("Call, tell your grid worker or residents’ committee, or hand in the paper form."),
    ),
    "/track": (
        _l("Look up, urge or withdraw a report"),
        _l("Call and say its number, or show the receipt at your residents’ committee."),
    ),
    "/reports/": (
        _l("Rate how a report was handled"),
        _l("Whoever took your report asks you by telephone, or tick the paper form."),
    ),
    "/sign-in": (
        _l("Sign in"),
        _l("Without a telephone: the community desk prints a card for you and helps you use it."),
    ),
    "/privacy": (
        _l("See, correct or delete what is kept about me"),
        _l("Ask at the street office, or hand in the paper form. You get it in writing."),
    ),
    "/data/": (
        _l("Figures and places"),
        _l("Your residents’ committee prints any page for you, and posts the monthly figures."),
    ),
}


def city_today(session: Session, now: datetime) -> list[tuple[int, str]]:
    """(number, words) of the city's day and month; nothing before anything was reported."""
    zone = instance_of(session).city.zone
    midnight = local(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    today = public_counts(session, None, midnight)
    month = public_counts(session, None, now - MONTH)
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
    (Permission.AREA_MANAGE, "/admin/places/", _l("Places")),
    (Permission.ORGANISATION_MANAGE, "/admin/organisations/", _l("Units")),
    (Permission.PEOPLE_MANAGE, "/admin/people", _l("People and roles")),
    (Permission.CARD_ISSUE, "/desk/cards", _l("Printed cards")),
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


def services() -> list[tuple[Words, Words]]:
    """(service, how it is done without the site) for what exists here."""
    return [words for url, words in SERVICES.items() if page_exists(url)]
