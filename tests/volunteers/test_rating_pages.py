"""Rating a shift and reading a word of the organiser, in the browser."""

from datetime import timedelta

import time_machine

from portal.accounts.models import Person
from portal.areas.queries import area_by_code
from portal.satisfaction.rules import Settings
from tests.make import volunteers as make
from tests.make.accounts import person, staff
from tests.make.credit import DISTRICT
from tests.pages import Browser
from tests.reports.test_queries_per_page import counted
from tests.volunteers.test_hours_pages import HOUR, SHY, Town, town
from volunteers.models import ServiceHours

__all__ = ["town"]


def test_who_served_rates_the_shift_from_her_page_of_hours(town: Town) -> None:
    town.confirm()
    page = (
        town.browser(town.people[0]).get("/volunteers/hours", status=200).click("Rate this shift")
    )
    refused = page.form(button="Send").send()
    assert refused.status == 422
    assert "Please say whether it was as announced." in refused.text
    done = page.form(button="Send").fill(solved="yes", result="2", service="1").send()
    assert "Your answer is kept" in str(done.soup)
    again = done.click("Rate this shift")
    chosen = again.soup.select("main input[type=radio][checked]")
    assert [box["value"] for box in chosen] == ["yes", "2", "1"]
    with time_machine.travel(town.now + timedelta(days=Settings().window_days + 1), tick=False):
        late = town.browser(town.people[0])
        assert "Rate this shift" not in late.get("/volunteers/hours", status=200).text
        over = late.get(f"/volunteers/shifts/{town.number}/rate", status=200)
        assert "was over on" in over.text


def test_who_did_not_serve_is_told_so(town: Town) -> None:
    page = town.browser(town.people[0]).get(f"/volunteers/shifts/{town.number}/rate")
    assert (page.status, "Only those who served" in page.text) == (422, True)
    assert town.browser(town.people[0]).get("/volunteers/shifts/7K3M9-QX2HD/rate").status == 404


def test_a_word_goes_from_the_organiser_to_one_who_reads_and_erases_it(town: Town) -> None:
    town.confirm()
    desk = town.browser(town.organiser).get(f"/desk/volunteers/shifts/{town.number}/hours")
    page = desk.click("Write to one volunteer")
    empty = page.form(button="Send").send()
    assert (empty.status, "Choose to whom you write." in empty.text) == (422, True)
    values = {str(box["id"]): str(box["value"]) for box in page.soup.select("[name=sign_up]")}
    label = next(one for one in page.soup.select("label") if SHY in one.get_text())
    chosen = values[str(label["for"])]
    sent = page.form(button="Send").fill(sign_up=chosen, kind="advice", words="下次请带水。").send()
    assert "Only this volunteer can read it." in str(sent.soup)
    # the organiser cannot read it again, and the other one never sees it
    assert "下次请带水。" not in sent.text
    assert SHY not in sent.soup.select_one("main form").get_text()
    other = town.browser(town.people[0])
    assert "No organiser has written to you." in other.get("/volunteers/feedback").text
    mine = town.browser(town.people[1]).get("/volunteers/feedback", status=200)
    assert "下次请带水。" in mine.text
    number = mine.soup.select_one("main section h2")["id"].removeprefix("feedback-")
    assert other.get(f"/volunteers/feedback/{number}/erase").status == 404
    gone = mine.click("Erase").form(button="Erase").send()
    assert "No organiser has written to you." in gone.text


def test_the_page_of_words_sends_as_many_queries_for_many_as_for_one(town: Town) -> None:
    browser = town.browser(town.people[0])
    browser.get("/volunteers/feedback", status=200)
    with counted(town.database) as few:
        browser.get("/volunteers/feedback", status=200)
    town.confirm()
    path = f"/desk/volunteers/shifts/{town.number}/feedback"
    page = town.browser(town.organiser).get(path, status=200)
    value = str(page.soup.select("[name=sign_up]")[0]["value"])
    page.form(button="Send").fill(sign_up=value, kind="thanks", words="谢谢。").send()
    with counted(town.database) as many:
        browser.get("/volunteers/feedback", status=200)
    assert len(few) == len(many)


def _plant_others(town: Town) -> tuple[Person, Person, Person, Person]:
    """A stranger who left the team, a mate of it, a colleague of another shift, and an organiser
    of another street."""
    with town.database.write() as session:
        place = area_by_code(session, DISTRICT)
        assert place is not None
        other = area_by_code(session, "370283002")
        stranger, mate, colleague = (person(session, name) for name in "甲乙丙")
        mine = make.team(session, place)
        for who in (town.people[0], mate):
            session.add(make.TeamMember(team_id=mine.id, person_id=who.id, joined_at=town.now))
        # a former member is a stranger again
        session.add(
            make.TeamMember(
                team_id=mine.id, person_id=stranger.id, joined_at=town.now - 3 * HOUR,
                left_at=town.now - HOUR,
            )
        )  # fmt: skip
        elsewhere = make.activity(session, place, title_zh_hans="值守")
        shift = make.shift(session, elsewhere, starts_at=town.now - 50 * HOUR)
        taken = make.sign_up(session, shift, colleague.id)
        session.add(
            ServiceHours(
                person_id=colleague.id, sign_up_id=taken.id, shift_id=shift.id,
                place_path=place.path, title_zh_hans="值守", starts_at=shift.starts_at,
                ends_at=shift.ends_at, minutes=120, source="attendance", confirmed_at=town.now,
                confirmed_by=town.organiser.id,
            )
        )  # fmt: skip
        return stranger, mate, colleague, staff(session, "volunteer_organiser", area=other)


def test_the_notice_is_open_to_the_unit_and_the_teams_concerned_only(town: Town) -> None:
    town.confirm()
    stranger, mate, colleague, outside = _plant_others(town)

    def read(who: object) -> str:
        return town.browser(who).get("/volunteers/hours/notice", status=200).text

    nothing = "Nothing is on notice now."
    assert nothing in read(stranger)
    assert read(mate).count("文明劝导") == 1
    # both served in the same activity: each sees the other's line
    assert read(town.people[1]).count("文明劝导") == 2
    assert (read(colleague).count("值守"), "文明劝导" in read(colleague)) == (1, False)
    assert read(town.organiser).count("文明劝导") == 2
    assert nothing in read(outside)
    assert Browser(town.app).get("/volunteers/hours/notice").path == "/sign-in"
