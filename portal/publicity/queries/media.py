"""The news of a day for newspapers and broadcasters (R158, R283): what was published, no more."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.conventions.queries.published_on import PublishedThen, versions_between
from portal.publicity.queries.articles import ListedArticle, articles_between
from portal.satisfaction.queries.releases import ReleaseLine, releases


@dataclass(frozen=True)
class MediaDay:
    """What was published on a day of the city and still stands."""

    articles: list[ListedArticle]
    conventions: list[PublishedThen]
    releases: list[ReleaseLine]


def media_day(session: Session, day: date, zone: ZoneInfo) -> MediaDay:
    """Three queries, whatever there was."""
    since = datetime(day.year, day.month, day.day, tzinfo=zone)
    # by the calendar, not by 24 hours: clocks may change
    after = day + timedelta(days=1)
    until = datetime(after.year, after.month, after.day, tzinfo=zone)
    return MediaDay(
        articles_between(session, since, until),
        versions_between(session, since, until),
        [one for one in releases(session) if one.newest and since <= one.released_at < until],
    )
