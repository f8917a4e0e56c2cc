"""What the demo's first resident follows: her community, and a kind of problem everywhere."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for
from portal.areas.queries import AreaRow
from portal.kernel.instance import instance_of
from portal.reports.rules.following import FollowWay, Subject
from portal.reports.service.following.asking import Asked, follow

# she has not looked for so long: there is news of it
SINCE: Final = timedelta(hours=20)
KIND: Final = "street_lamp"


def plant_following(
    session: Session, residents: Sequence[UUID], community: AreaRow, now: datetime
) -> None:
    """Follow through the service, as she did yesterday; on her page, so nothing is sent."""
    actor = actor_for(session, residents[0], now)
    language = instance_of(session).city.default_language
    for subject in (Subject(area=community.code), Subject(category=KIND)):
        asked = Asked(subject, {})
        follow(session, actor, asked, way=FollowWay.APP, language=language, now=now - SINCE)
