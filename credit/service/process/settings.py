"""The settings of the city's file that due process runs by, and its working time."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from credit.rules.ladder import LadderStep
from credit.rules.process import ProcessSettings, settings_from
from portal.kernel.calendars import calendars_of
from portal.kernel.city import City
from portal.kernel.clock import city_day
from portal.kernel.config import BadSetting
from portal.kernel.instance import instance_of
from portal.kernel.worktime import add_working_days

# what comes of a basis that is gone, at the latest (L10)
REVERSED_WITHIN_WORKING_DAYS = 3


def check_settings(city: City) -> None:
    """Stop the start when the city file goes beyond what the law allows."""
    try:
        settings_from(city.thresholds)
    except ValueError as error:
        raise BadSetting("GONGZHI_CITY", f"thresholds that can be meant: {error}") from error


def settings_of(session: Session) -> ProcessSettings:
    return settings_from(instance_of(session).city.thresholds)


def working_days_after(session: Session, start: datetime, days: int) -> datetime | None:
    """The end of so many working days; None when the calendar does not know the year."""
    zone = instance_of(session).city.zone
    return add_working_days(start, days, calendars_of(session).get(None), zone)


def days_after(session: Session, step: LadderStep, start: datetime, days: int) -> datetime | None:
    """The end of so many days as a step of the ladder counts them."""
    if step.working:
        return working_days_after(session, start, days)
    zone = instance_of(session).city.zone
    # a day of the law is over at midnight, not at the hour at which somebody asked
    first = datetime.combine(city_day(start, zone), datetime.min.time(), zone)
    return (first + timedelta(days=days + 1)).astimezone(UTC)
