"""The day that is meant by "today": that of the city, not of the server."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.kernel.clock import city_day
from portal.kernel.instance import instance_of


def today_of(session: Session, now: datetime) -> date:
    """The city's day."""
    return city_day(now, instance_of(session).city.zone)
