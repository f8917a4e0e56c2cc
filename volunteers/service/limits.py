"""The limits of service that the city's file sets."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.kernel.city import City
from portal.kernel.config import BadSetting
from portal.kernel.instance import instance_of
from volunteers.rules.fitness import Clock
from volunteers.rules.limits import Limits, limits_from
from volunteers.rules.reminders import Messaging, messaging_from


def check_limits(city: City) -> None:
    """Stop the start when the city file says what cannot be meant."""
    try:
        limits_from(city.thresholds)
        messaging_from(city.thresholds, city.zone)
    except ValueError as error:
        raise BadSetting("GONGZHI_CITY", f"thresholds that can be meant: {error}") from error


def limits_of(session: Session) -> Limits:
    return limits_from(instance_of(session).city.thresholds)


def messaging_of(session: Session) -> Messaging:
    """When people are written to, and how often."""
    city = instance_of(session).city
    return messaging_from(city.thresholds, city.zone)


def clock_of(session: Session, now: datetime) -> Clock:
    """The moment as the rules ask about it: with the city's zone and limits."""
    return Clock(now, instance_of(session).city.zone, limits_of(session))
