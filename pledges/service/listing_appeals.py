"""What becomes of a listing while its breach is appealed, and once it has ended.

The lists have their own desk; these are called in the transaction that moves the breach. What is
only proposed is shown to nobody and stays proposed: its desk asks whether the breach is suspended
(``BreachRow.suspended``) before it confirms one.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pledges.models import Listing
from pledges.queries.breaches import BreachRow
from pledges.rules.standing import ListingState, ListKind
from portal.kernel.clock import city_day
from portal.kernel.db import changed_rows
from portal.kernel.instance import instance_of


def suspend_listings(session: Session, row: BreachRow) -> bool:
    """Nobody is shown it while an appeal is open (L7); whether something was shown."""
    shown = update(Listing).where(
        Listing.district == row.district, Listing.breach_id == row.id,
        Listing.state == ListingState.SHOWN,
    )  # fmt: skip
    return changed_rows(session, shown.values(state=ListingState.SUSPENDED)) > 0


def resume_listings(session: Session, row: BreachRow, *, now: datetime) -> None:
    """The appeal was not granted: it is shown again, for as many days as were decided. Its end
    moves by the days for which nobody was shown it. ``row``: as it stood, with its suspension."""
    zone = instance_of(session).city.zone
    since = city_day(row.suspended_at or now, zone)
    hidden = max(city_day(now, zone) - since, timedelta())
    found = session.scalars(
        select(Listing)
        .where(
            Listing.district == row.district, Listing.breach_id == row.id,
            Listing.state == ListingState.SUSPENDED,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    for listing in found:
        listing.state, listing.ends_on = ListingState.SHOWN, listing.ends_on + hidden
    session.flush()


def end_exemplary(session: Session, row: BreachRow, reason: str, *, now: datetime) -> None:
    """What was not put right in time ends the praise of the frontage, with the reason that the shop
    reads; what was only proposed falls too. A granted appeal lets it be proposed anew."""
    praised = update(Listing).where(
        Listing.district == row.district, Listing.premises_id == row.premises_id,
        Listing.which == ListKind.EXEMPLARY, Listing.ended_at.is_(None),
    )  # fmt: skip
    values = {"state": ListingState.REMOVED, "ended_at": now, "reason": reason.strip() or None}
    changed_rows(session, praised.values(values))


def remove_listings(session: Session, row: BreachRow, reason: str, *, now: datetime) -> None:
    """Take it off the list, also what is only proposed: it was put right, it never was, or whoever
    it is about has left (then without words)."""
    standing = update(Listing).where(
        Listing.district == row.district, Listing.breach_id == row.id, Listing.ended_at.is_(None)
    )
    values = {"state": ListingState.REMOVED, "ended_at": now, "reason": reason.strip() or None}
    changed_rows(session, standing.values(values))
