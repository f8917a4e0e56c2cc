"""The last closed quarter of the demo's street: looks, ratings, stars, and a row on 红榜."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from pledges.queries.owner_replies import replies_waiting
from pledges.rules.inspections import Finding
from pledges.rules.standing_formula import bounds_of, last_closed
from pledges.service.demo import plant_frontage_ratings, plant_look
from pledges.service.inspections import REVIEW, checklist_here, door_here
from pledges.service.lists import confirm_listing, propose_exemplary
from pledges.service.owner_replies import decide_reply, say_in_public
from pledges.service.standing import compute_some
from portal.kernel.instance import instance_of
from portal.satisfaction.rules import Level
from portal.site.demo.street import Street

DAY: Final = timedelta(days=1)
LOOKED: Final = (12 * DAY, 40 * DAY, 70 * DAY)
RATED: Final = 33 * DAY
# shop by shop: how many clauses were broken at each look, and what passers-by said; a shop
# about which fewer than ten said something shows no share of them
SEEN: Final = ((0, 0, 0), (0, 1, 0), (2, 1, 1), (0, 0, 0), (1, 0, 0))
GOOD, POOR = Level.VERY_SATISFIED, Level.DISSATISFIED
SAID: Final = ((GOOD,) * 11 + (POOR,), (GOOD,) * 9 + (POOR,) * 3, (GOOD,) * 5 + (POOR,) * 6,
               (GOOD,) * 12, (GOOD,) * 4)  # fmt: skip
BEST: Final = 3


def plant_standings(session: Session, found: Street, codes: list[str], now: datetime) -> None:
    """Five shops were looked at; one of them is exemplary."""
    zone = instance_of(session).city.zone
    quarter = last_closed(now, zone)
    begins = bounds_of(quarter, zone)[0]
    for shop, code, looks, said in zip(found.shops, codes, SEEN, SAID, strict=False):
        _look(session, found, shop.number, looks, begins, now)
        plant_frontage_ratings(session, code, said, begins + RATED)
    session.flush()
    compute_some(session, quarter, now=now)
    best = found.shops[BEST]
    row = propose_exemplary(session, found.desk, best.number, found.words["exemplary"], now=now)
    session.flush()
    confirm_listing(session, found.second, row, now=now)
    say_in_public(session, best.speaks, best.number, found.words["reply"], now=now)
    session.flush()
    for reply in replies_waiting(session, found.desk.places_for(REVIEW)):
        decide_reply(session, found.desk, reply.number, show=True, reason="", now=now)
    session.flush()


def _look(
    session: Session,
    found: Street,
    number: str,
    looks: tuple[int, ...],
    begins: datetime,
    now: datetime,
) -> None:
    by = found.looks.person_id
    checklist = checklist_here(session, door_here(session, found.looks, number), now)
    if by is None:
        return
    for after, broken in zip(LOOKED, looks, strict=True):
        answers = {
            one.id: Finding.NOT_KEPT if at < broken else Finding.KEPT
            for at, one in enumerate(checklist.clauses)
        }
        plant_look(session, number, by, checklist.version_id, answers, begins + after)
