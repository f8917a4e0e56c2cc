"""The whole loop with everybody in it: reported, handled, sent back, handled again, counted."""

from datetime import timedelta

from portal.reports.rules.codes import State
from tests.journeys.town import HAPPY, MONDAY, PHONE, UNHAPPY, Town, report_by_phone
from tests.make.photos import exif, jpeg
from tests.pages import Page, words


def _figures(page: Page) -> dict[str, list[str]]:
    """Place → its cells in the table of a month."""
    rows = page.soup.select("tbody tr")
    return {words(row.select("th")[0]): [words(cell) for cell in row.select("td")] for row in rows}


def _check_words_and_photo(town: Town, number: str) -> None:
    """The desk reads the words, looks at the photo, and shows both."""
    page = town.open("desk", number).click("Check for the public page", status=200)
    form = page.form()
    choices = {name for name in form.values if name.startswith(("text_", "photo_"))}
    choices |= {str(r["name"]) for r in page.soup.select("input[type=radio][value=show]")}
    assert len(choices) == 3  # the words, the words about the place, the photo
    form.fill(**dict.fromkeys(choices, "show")).send("Save", status=200)


def test_a_report_goes_round_until_its_reporter_is_satisfied_and_is_counted(town: Town) -> None:
    photo = jpeg(exif=exif(place=((36, 42, 0), (119, 54, 0))))
    number = report_by_phone(town.resident(), photo=photo)
    public = f"/reports/{number}"
    # nobody but its reporter and the staff knows of it before it is accepted
    town.resident().get(public, status=404)
    assert town.templates(PHONE) == ["report.receipt"]

    _check_words_and_photo(town, number)
    town.later(hours=1)
    town.accept_and_dispatch(number)
    page = town.resident().get(public, status=200)
    assert "垃圾桶满了" in page.text
    assert page.soup.select("img[src*='/reports/photos/']")

    town.later(hours=3)
    town.handle(number, "已清运, 电话13800001299")
    page = town.open("verifier", number).click("Close the case")
    assert page.h1 == "Close the case"
    # whoever dispatched it may not verify it
    assert "Close the case" not in town.open("desk", number).text
    town.close(number)
    page = town.resident().get(public, status=200)
    assert "13800001299" not in page.html
    assert {words(caption) for caption in page.soup.select("figcaption")} == {"Before", "After"}

    _rate_unhappy(town, number)
    _see_it_sent_back_without_a_score(town, number)

    town.later(hours=4)
    town.handle(number, "这次真的清了")
    town.close(number)
    town.later(hours=1)
    page = town.resident().get(town.link(PHONE, "report.rate"), status=200)
    page = page.form().fill(**HAPPY, words="好了").send("Go on", status=200)
    assert page.h1 == "Thank you"
    assert town.row(number).state is State.CLOSED
    assert town.row(number).cycle == 2
    _the_month_counts_both_verdicts(town)


def _rate_unhappy(town: Town, number: str) -> None:
    town.later(hours=2)
    assert town.templates(PHONE)[-1] == "report.rate"
    resident = town.resident()
    page = resident.get(town.link(PHONE, "report.rate"), status=200)
    page = page.form().fill(**UNHAPPY, words="骂人的话").send("Go on", status=200)
    # told what follows before anything is sent
    assert page.h1 == "Before you send this"
    assert town.row(number).state is State.CLOSED
    form = page.form().fill(passed_on="桶后面还有三袋", pass_on=True)
    assert form.send("Send it back", status=200).h1 == "Thank you"


def _see_it_sent_back_without_a_score(town: Town, number: str) -> None:
    """The unit reads that it came back and the words passed on; no answer, no score."""
    assert town.row(number).state is State.REOPENED
    assert number in town.at("worker").get("/desk/", status=200).text
    page = town.open("worker", number)
    assert "Sent back: the work is not done yet" in page.text
    assert "桶后面还有三袋" in page.text
    for secret in ("骂人的话", "Dissatisfied", "satisfied", "rating", PHONE):
        assert secret not in page.text, secret


def _the_month_counts_both_verdicts(town: Town) -> None:
    tree = town.city.tree
    own, other = tree["370283001001"], tree["370283001002"]
    closed_at = MONDAY + timedelta(days=2)
    places = ((own, 40), (other, 24), (tree["370283001M2"], 24), (tree["370283002001"], 24))
    for place, count in places:
        town.plant_others(place, count, closed_at)
    assert town.close_months() == []
    assert "There is no month to show yet" in town.resident().get("/data/").text
    town.clock.move_to(MONDAY + timedelta(days=30))
    assert "2026-11" in town.close_months()
    page = (
        town.resident()
        .get("/data/", status=200)
        .click("What was done about reports, November 2026", status=200)
    )
    # what a hundred people said is known only with noise, and not where it would say too much
    assert "Withheld: too few people answered" in page.text
    page = page.click("东阁街道", status=200)
    figures = _figures(page)
    assert figures[own.name_zh_hans] == ["42", *["withheld"] * 4]
    assert figures[other.name_zh_hans] == ["24", *["withheld"] * 4]
    # the month is made once
    assert town.close_months() == []
