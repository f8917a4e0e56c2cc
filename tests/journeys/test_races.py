"""Two at once, over HTTP: one wins, the other is told and keeps what was typed."""

import threading
from collections.abc import Callable

from bs4 import BeautifulSoup
from werkzeug.test import TestResponse

from portal.reports.rules.codes import Event, State
from tests.journeys.town import HAPPY, PHONE, UNHAPPY, Town, report_by_phone
from tests.make.intake import to_check, to_place
from tests.make.photos import jpeg
from tests.pages import PageForm, _fresh


def _press(form: PageForm, button: str | None = None) -> Callable[[], TestResponse]:
    """Ready to send a form as its browser would, without following where it leads."""
    values = _fresh(form._with_button(button))
    browser = form.page.browser
    headers = {"Referer": form.page.url, "Origin": browser.origin}
    return lambda: browser.client.post(
        form.tag.get("action") or form.page.path, data=values, headers=headers, buffered=True
    )


def _at_once(*sends: Callable[[], TestResponse]) -> list[TestResponse]:
    """All together; the answers in order of their status."""
    barrier, found = threading.Barrier(len(sends)), list[TestResponse]()

    def run(send: Callable[[], TestResponse]) -> None:
        barrier.wait()
        found.append(send())

    threads = [threading.Thread(target=run, args=(send,)) for send in sends]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found, key=lambda answer: answer.status_code)


def _statuses(answers: list[TestResponse]) -> list[int]:
    return [answer.status_code for answer in answers]


def _typed(answer: TestResponse, name: str) -> str:
    tag = BeautifulSoup(answer.text, "html.parser").select_one(f"textarea[name={name}]")
    assert tag is not None, answer.text
    return tag.get_text().strip()


def test_two_officers_refuse_one_report_and_one_of_them_is_told(town: Town) -> None:
    number = report_by_phone(town.resident())
    written = {"desk": "窗口认为不清楚", "centre": "中心认为不清楚"}
    sends = []
    for who, words in written.items():
        page = town.at(who).get(f"/desk/cases/{number}/refuse", status=200)
        sends.append(_press(page.form().fill(reason="other", words=words)))
    answers = _at_once(*sends)
    assert _statuses(answers) == [303, 409]
    loser = answers[1]
    assert "Somebody else has just changed this case" in loser.text
    assert _typed(loser, "words") in written.values()
    assert town.city.events(number) == [Event.REPORT, Event.REFUSE]
    assert len([t for t in town.templates(PHONE) if t.startswith("report.not_accepted")]) == 1


def test_two_workers_show_one_result_and_the_photo_of_the_slower_is_kept(town: Town) -> None:
    number = report_by_phone(town.resident())
    town.accept_and_dispatch(number)
    first, second = town.at("worker"), town.city.browser(town.city.worker)
    sends = []
    for browser, words in ((first, "我清的"), (second, "我也清了")):
        page = browser.get(f"/desk/cases/{number}/handle", status=200)
        sends.append(_press(page.form().fill(words=words).attach("photos", jpeg())))
    answers = _at_once(*sends)
    assert _statuses(answers) == [303, 409]
    assert _typed(answers[1], "words") in {"我清的", "我也清了"}
    assert 'name="photos-kept"' in answers[1].text
    assert town.row(number).state is State.HANDLED
    assert town.city.events(number).count(Event.HANDLE) == 1


def test_a_double_click_on_the_last_button_makes_one_report(town: Town) -> None:
    form = to_check(town.resident()).form()
    answers = _at_once(*[_press(form, "Send the report") for _ in range(4)])
    assert _statuses(answers) == [303] * 4
    assert {answer.location for answer in answers} == {"/reports/new/done"}
    assert town.cases() == 1
    assert form.page.browser.get("/reports/new/done", status=200).h1 == "Your report was sent"


def test_one_draft_in_two_windows_takes_one_answer_and_keeps_the_other_typed(town: Town) -> None:
    browser = town.resident()
    to_place(browser)
    forms = [browser.get("/reports/new/details", status=200).form() for _ in range(2)]
    written = ("路灯坏了", "井盖坏了")
    sends = [
        _press(form.fill(words=words, place_words="北门"))
        for form, words in zip(forms, written, strict=True)
    ]
    answers = _at_once(*sends)
    assert _statuses(answers) == [303, 409]
    assert "in another window" in answers[1].text
    assert _typed(answers[1], "words") in written


def test_two_answers_of_one_reporter_leave_one_rating(town: Town) -> None:
    number = report_by_phone(town.resident())
    town.settle(number)
    link = town.link(PHONE, "report.rate")
    happy = town.resident().get(link, status=200).form().fill(**HAPPY, words="好")
    unhappy = town.resident().get(link, status=200).form().fill(**UNHAPPY, words="不好")
    unhappy = unhappy.send("Go on", status=200).form().fill(passed_on="再去一次", pass_on=True)
    answers = _at_once(_press(happy), _press(unhappy, "Send it back"))
    assert _statuses(answers) == [303, 409]
    kept = answers[1].text
    assert "好" in kept if "passed_on" not in kept else "再去一次" in kept
    assert town.row(number).state in {State.CLOSED, State.REOPENED}
