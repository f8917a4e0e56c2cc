"""The public page of a community: what may be read there, and what not."""

from datetime import timedelta

from portal.conventions.rules.meetings import MeetingState
from portal.kernel import clock
from portal.kernel.db import Database
from tests.make import meetings
from tests.make.areas import small_tree
from tests.make.conventions import COMMUNITY
from tests.pages import Browser

DAY = timedelta(days=1)


def test_a_meeting_is_on_the_page_of_its_place_when_people_are_invited(
    browser: Browser, database: Database
) -> None:
    with database.write() as session:
        area = small_tree(session)[COMMUNITY]

        def at(days: int, title: str, **changes: object) -> None:
            starts = clock.now() + days * DAY
            times = {"starts_at": starts, "ends_at": starts + meetings.HOUR}
            meetings.meeting(session, area, title=title, **times, **changes)

        at(2, "还没通知的会", state=MeetingState.PLANNED, invited_at=None)
        at(3, "因雨取消的会", state=MeetingState.CALLED_OFF, called_off_why="下雨")
        at(1, "明天的会")
        for days in range(1, 6):
            at(-days, f"{days}天前的会")
    text = browser.in_language("en").get(f"/communities/{COMMUNITY}", status=200).text
    assert "还没通知的会" not in text
    shown = ["明天的会", "因雨取消的会", "1天前的会", "2天前的会", "3天前的会"]
    assert [text.index(title) for title in shown] == sorted(text.index(title) for title in shown)
    assert "called off" in text
    assert "4天前的会" not in text
