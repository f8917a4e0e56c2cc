"""The alliance of the demo's street as it is lived: founded, a head elected, a covenant, notices.

Through the services, each act at its own moment.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from pledges.queries.elections import candidates_of, election_by_number
from pledges.rules.alliances import LinkKind
from pledges.rules.elections import CANDIDATES_FOR, ElectionKind
from pledges.service.alliance_help import ask_help, offer_help
from pledges.service.alliance_lead import add_link, post_notice
from pledges.service.alliances import AllianceWish, found_alliance, join
from pledges.service.covenants import draft_covenant, publish_covenant, sign_on
from pledges.service.elections import call_election, count_election, propose, vote
from portal.kernel.errors import Missing
from portal.site.demo.street import Street

JOINED: Final = 5
DAY: Final = timedelta(days=1)
FOUNDED, CALLED, WRITTEN, TOLD = 45 * DAY, 40 * DAY, 25 * DAY, 2 * DAY
POLL, TERM = 7, 365
VERSION: Final = 1
# one member has not signed the covenant yet, so that the page offers it
SIGNED_ON: Final = 4


def plant_alliance(session: Session, found: Street, now: datetime) -> None:
    """Five shops, of which the third leads."""
    wish = AllianceWish(found.said("alliance"), found.street.code, inspects=False)
    at = now - FOUNDED
    number = found_alliance(session, found.desk, wish, now=at)
    session.flush()
    members = []
    for shop in found.shops[:JOINED]:
        members.append(join(session, shop.speaks, number, shop.number, now=at + DAY))
        session.flush()
    _elect(session, found, number, members, now - CALLED)
    _lead(session, found, number, members, now)


def _elect(
    session: Session, found: Street, number: str, members: list[str], called: datetime
) -> None:
    election = call_election(session, found.desk, number, ElectionKind.HEAD, POLL, TERM, now=called)
    for at in (1, 2):
        propose(session, found.shops[at].speaks, election, members[at], now=called + DAY)
    row = election_by_number(session, election)
    if row is None:
        raise Missing
    leads = found.shops[2].speaks.person_id
    [first] = [one for one in candidates_of(session, row) if one.person_id == leads]
    begins = called + CANDIDATES_FOR
    for at, member in enumerate(members[:-1]):
        choice = first.number if at else ""
        vote(session, found.shops[at].speaks, election, member, choice, now=begins + DAY)
    # the votes wait to be written
    session.flush()
    count_election(session, election, now=begins + POLL * DAY)
    session.flush()


def _lead(session: Session, found: Street, number: str, members: list[str], now: datetime) -> None:
    """What the head did since, and what members said."""
    head, written = found.shops[2].speaks, now - WRITTEN
    draft_covenant(session, head, number, found.said("covenant"), now=written)
    session.flush()
    publish_covenant(session, head, number, now=written)
    session.flush()
    for shop, member in list(zip(found.shops, members, strict=False))[:SIGNED_ON]:
        sign_on(session, shop.speaks, number, member, VERSION, shop.name, now=written + DAY)
    add_link(
        session, head, number, LinkKind.QQ, found.words["group"], found.words["link"], now=written
    )
    told = now - TOLD
    post_notice(session, head, number, found.words["notice"], found.words["told"], now=told)
    asked = ask_help(
        session, found.shops[0].speaks, number, members[0], found.words["help"], now=told
    )
    session.flush()
    offer_help(session, found.shops[3].speaks, asked, found.words["offer"], now=told + DAY)
    session.flush()
