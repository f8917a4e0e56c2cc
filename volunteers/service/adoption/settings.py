"""What the city decides about adoption, and where it says so."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.kernel.city import City
from portal.kernel.clock import city_day
from portal.kernel.config import BadSetting
from portal.kernel.instance import instance_of
from volunteers.rules.adoption.thresholds import Thresholds, settings_from, sources_of


def check_settings(city: City) -> None:
    """Raises BadSetting when a threshold cannot be meant: at the start, not at an application."""
    try:
        settings_from(city.thresholds)
    except ValueError as error:
        raise BadSetting("GONGZHI_CITY", str(error)) from error


def settings_of(session: Session) -> Thresholds:
    """The thresholds of this city."""
    return settings_from(instance_of(session).city.thresholds)


def sources(session: Session) -> Mapping[str, str]:
    """Where each threshold comes from, as far as the city's file says."""
    return sources_of(instance_of(session).city.raw.get("sources", {}))


def today_of(session: Session, now: datetime) -> date:
    """The city's day."""
    return city_day(now, instance_of(session).city.zone)
