"""A rating that its giver lets the unit see: on the page of the matter alone, until taken back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from time_machine import travel

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.db import Database
from portal.kernel.errors import Conflict
from portal.organisations.models import Organisation
from portal.reports import jobs
from portal.reports.queries.case import events_of, reporters_of
from portal.reports.queries.showing import offers_tick, ratings_for
from portal.reports.rules.codes import LinkPurpose, State, Target
from portal.reports.rules.rating import WORDS_DAYS
from portal.reports.rules.showing import as_shown, in_no_order_of_time
from portal.reports.service.links import mint_link
from portal.reports.service.personal import ReportsOfAPerson
from portal.reports.service.rating import Verdict, rate_outcome
from portal.reports.service.retention import remove_identities
from portal.satisfaction.models import RatingShown
from portal.satisfaction.rules import SHOWN_WORDS, Answers, Level, Reason
from portal.satisfaction.service import export_ratings, hide_ratings
from tests.make import accounts
from tests.make import reports as make
from tests.make.areas import area
from tests.make.organisations import unit
from tests.make.ratings import HAPPY, ratings_on
from tests.make.rows import case_row
from tests.make.together import at_once
from tests.pages import Browser

PHONES = ("+8613800001295", "+8613800001296")
RATED_AT = make.NOW + timedelta(days=1)
WORDS = "很快就清走了"
SAID = Answers(True, Level.SATISFIED, Level.DISSATISFIED, frozenset({Reason.ATTITUDE}), WORDS)
TICK = "Show my rating and my words to the unit that handled it"


@dataclass
class Scene:
    """A closed case of a unit, two of its reporters, and people at the desk."""

    database: Database
    number: str
    street: Area
    people: dict[str, Person]

    def rate(
        self, answers: Answers = SAID, *, by: int = 0, seen: int = 0, shown: bool = True,
        days: int = 0,
    ) -> None:  # fmt: skip
        with self.database.write() as session:
            case = case_row(session, self.number)
            verdict = Verdict(answers, seen=seen, shown=shown)
            reporter = reporters_of(session, case)[by]
            rate_outcome(session, case, reporter, verdict, now=RATED_AT + timedelta(days=days))

    def hide(self, *, by: int = 0) -> int:
        with self.database.write() as session:
            return hide_ratings(session, [self.reporter_id(by)])

    def reporter_id(self, by: int = 0) -> Any:
        with self.database.read() as session:
            return reporters_of(session, case_row(session, self.number))[by].id

    def read_by(self, who: str = "worker") -> list[tuple[int, int, str]]:
        """What somebody reads at the desk: result, service, words."""
        with self.database.read() as session:
            case = case_row(session, self.number)
            found = ratings_for(
                session, case, events_of(session, case), accounts.actor(session, self.people[who])
            )
        return [
            (int(one.answers.result), int(one.answers.service), one.answers.words) for one in found
        ]


@pytest.fixture
def scene(database: Database) -> Scene:
    return scene_in(database)


def scene_in(database: Database, **options: Any) -> Scene:
    with database.write() as session:
        city = area(session, "370283", "city", "平度市")
        street = area(session, "370283001", "street", "东阁街道", city)
        ratings_on(session, city)
        owner = unit(session)
        other = unit(session, "OTHER", "另一家", area=street)
        people = {
            "worker": accounts.staff(session, "handling_unit", organisation=owner),
            "other": accounts.staff(session, "handling_unit", organisation=other),
            "street_desk": accounts.staff(session, "street_desk", area=street),
            "verifier": accounts.staff(session, "verifier", area=street),
            "city_centre": accounts.staff(session, "city_centre", area=city),
        }
        options = {"phone": PHONES[0], **options}
        made = make.case(session, street, state=State.CLOSED, unit=owner, **options)
        make.reporter(session, made, phone=PHONES[1])
        number = made.number
    return Scene(database, number, street, people)


def test_a_ticked_rating_is_read_by_the_unit_that_handled_it_and_by_nobody_else(
    scene: Scene,
) -> None:
    scene.rate()
    assert scene.read_by() == [(2, 4, WORDS)]
    assert [scene.read_by(who) for who in scene.people if who != "worker"] == [[]] * 4
    with scene.database.read() as session:
        assert session.scalars(select(RatingShown.words_version)).all() == [SHOWN_WORDS]


def test_without_the_tick_nobody_reads_it_also_beside_one_that_was_ticked(scene: Scene) -> None:
    scene.rate(shown=False)
    assert scene.read_by() == []
    scene.rate(HAPPY, by=1)
    assert scene.read_by() == [(2, 1, "")]


def test_the_order_of_what_is_read_says_nothing_of_who_was_first(scene: Scene) -> None:
    scene.rate(replace(SAID, result=Level.FAIRLY_SATISFIED))
    scene.rate(HAPPY, by=1)
    assert [result for result, _service, _words in scene.read_by()] == [2, 3]
    two = [as_shown(HAPPY), as_shown(SAID)]
    assert in_no_order_of_time(two) == in_no_order_of_time(two[::-1])


def test_what_is_taken_back_is_read_no_more_and_can_be_ticked_again(scene: Scene) -> None:
    scene.rate()
    scene.rate(HAPPY, by=1)
    assert scene.hide() == 1
    assert scene.read_by() == [(2, 1, "")]
    assert scene.hide() == 0
    with scene.database.read() as session:
        (row,) = export_ratings(session, [scene.reporter_id()])
        assert row["shown_since"] is None
    scene.rate(seen=3)
    assert len(scene.read_by()) == 2


def test_a_form_from_before_the_withdrawal_shows_nothing_again(scene: Scene) -> None:
    scene.rate()
    scene.hide()
    with pytest.raises(Conflict):
        scene.rate(HAPPY, seen=1)
    assert scene.read_by() == []


def test_of_a_withdrawal_and_a_form_with_the_tick_at_once_the_withdrawal_holds(
    scene: Scene,
) -> None:
    scene.rate()

    def change(seen: int) -> bool:
        try:
            scene.rate(HAPPY, seen=seen)
        except Conflict:
            return False
        return True

    def withdraw() -> bool:
        return scene.hide() > 0

    version = 1
    for _ in range(6):
        before = version
        changed, hidden = at_once(lambda seen=before: change(seen), withdraw)
        # whichever was first: after both nothing is shown
        assert (hidden, scene.read_by()) == (True, [])
        version += 1 + changed
        scene.rate(seen=version)
        version += 1


def test_a_rating_of_work_by_an_earlier_unit_is_not_read_by_the_next(scene: Scene) -> None:
    scene.rate()
    with scene.database.write() as session:
        made = session.scalars(select(make.Case).where(make.Case.number == scene.number)).one()
        other = session.scalars(select(Organisation).where(Organisation.code == "OTHER")).one()
        made.state, made.cycle, made.unit_id = State.REOPENED, 2, other.id
    assert scene.read_by("other") == []
    assert scene.read_by("worker") == [(2, 4, WORDS)]


@pytest.mark.parametrize("how", ["sealed", "person"])
def test_P5_a_protected_matter_offers_no_tick_and_shows_nothing(
    database: Database, how: str
) -> None:
    if how == "person":
        with database.write() as session:
            make.category(session, "noise", target=Target.PERSON_OR_SHOP, name="噪声")
    options = {"sealed": True} if how == "sealed" else {"category_code": "noise"}
    scene = scene_in(database, **options)
    scene.rate()
    assert scene.read_by() == []
    with database.read() as session:
        assert offers_tick(session, case_row(session, scene.number)) is False
        assert session.scalar(select(func.count()).select_from(RatingShown)) == 0


def test_a_matter_that_becomes_protected_shows_nothing_any_more(scene: Scene) -> None:
    scene.rate()
    with scene.database.write() as session:
        made = session.scalars(select(make.Case).where(make.Case.number == scene.number)).one()
        made.sealed = True
    assert scene.read_by() == []


@pytest.mark.parametrize("words", ["打13800001297找我", "我是王建国先生", "车牌鲁B12345"])
def test_P5_words_that_lead_to_a_person_stay_inside(scene: Scene, words: str) -> None:
    scene.rate(replace(SAID, words=words))
    assert scene.read_by() == [(2, 4, "")]
    assert as_shown(replace(SAID, words=words)).kept_back
    assert not as_shown(SAID).kept_back


def test_P2_the_tick_goes_along_with_what_she_takes_and_ends_with_her_erasure(
    database: Database,
) -> None:
    with database.write() as session:
        person = accounts.person(session)
    scene = scene_in(database, phone=None, reporter=person)
    scene.rate()
    provider = ReportsOfAPerson()
    with database.read() as session:
        (row,) = [r for r in provider.export(session, person.id) if r["table"] == "rating"]
    assert row["shown_since"] == RATED_AT.isoformat()
    with database.write() as session:
        provider.erase(session, person.id, RATED_AT)
    assert scene.read_by() == []


def test_what_nobody_can_take_back_any_more_is_not_shown(scene: Scene) -> None:
    scene.rate()
    with scene.database.write() as session:
        assert remove_identities(session, make.NOW + timedelta(days=400)) == 2
    assert scene.read_by() == []


def test_after_a_year_a_tick_shows_nothing(scene: Scene) -> None:
    scene.rate()
    for days, left in ((WORDS_DAYS - 1, 1), (WORDS_DAYS + 1, 0)):
        jobs.forget_old(scene.database, RATED_AT + timedelta(days=days))
        assert len(scene.read_by()) == left


# --- the pages ------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Iterator[None]:
    with travel(RATED_AT):
        yield


def by_link(app: Flask, scene: Scene, language: str = "en") -> Browser:
    """The browser of the first reporter, by the link she was sent."""
    with scene.database.write() as session:
        reporter = reporters_of(session, case_row(session, scene.number))[0]
        link = mint_link(session, reporter, LinkPurpose.RATE, now=RATED_AT)
    browser = Browser(app).in_language(language)
    browser.get(link.removeprefix(app.extensions["gongzhi_instance"].config.origin))
    return browser


def at_desk(app: Flask, scene: Scene, who: str = "worker") -> str:
    browser = Browser(app).in_language("en")
    accounts.sign_in_as(browser, scene.people[who])
    return browser.get(f"/desk/cases/{scene.number}", status=200).text


HAPPY_FORM = {"solved": "yes", "result": "2", "service": "4", "reasons": ["attitude"]}


@pytest.mark.usefixtures("clock")
def test_the_tick_is_off_shows_the_rating_to_the_unit_and_is_taken_back(
    app: Flask, scene: Scene
) -> None:
    browser, address = by_link(app, scene), f"/reports/{scene.number}/rate"
    form = browser.get(address, status=200).form()
    assert "shown" not in form.values
    form.fill(**HAPPY_FORM, words=WORDS).send("Go on", status=200)
    assert WORDS not in at_desk(app, scene)
    page = browser.get(address, status=200).form().fill(shown=True).send("Go on", status=200)
    assert "sees your rating and your words" in page.text
    desk = at_desk(app, scene)
    assert all(said in desk for said in (WORDS, "Poor attitude", "ratings shown to you"))
    assert WORDS not in at_desk(app, scene, "street_desk")
    # what she ticked is ticked when she comes back
    page = browser.get(address, status=200)
    assert page.form(button="Go on").values["shown"]
    page = page.form(button="Stop showing it to the unit").send(status=200)
    assert "It may have been read before." in page.html
    assert "shown" not in page.form().values
    assert WORDS not in at_desk(app, scene)
    assert "ratings shown to you" not in at_desk(app, scene)


@pytest.mark.usefixtures("clock")
def test_the_tick_goes_through_the_page_of_an_unhappy_answer(app: Flask, scene: Scene) -> None:
    browser, address = by_link(app, scene), f"/reports/{scene.number}/rate"
    form = browser.get(address, status=200).form()
    check = form.fill(solved="no", result="5", service="4", shown=True, words=WORDS).send("Go on")
    assert "You ticked that the unit sees your answers" in check.text
    back = check.form().send("Change my answers", status=200)
    assert back.form().values["shown"]
    page = back.form().send("Go on").form().send("Send it back", status=200)
    assert page.h1 == "Thank you"
    assert WORDS in at_desk(app, scene)
    # also while the matter is with the unit again
    page = browser.get(address, status=200)
    assert page.h1 == "Rating is not possible now"
    page.form(button="Stop showing it to the unit").send(status=200)
    assert WORDS not in at_desk(app, scene)


@pytest.mark.usefixtures("clock")
def test_a_protected_matter_has_no_tick_on_its_page(app: Flask, database: Database) -> None:
    scene = scene_in(database, sealed=True)
    browser, address = by_link(app, scene), f"/reports/{scene.number}/rate"
    page = browser.get(address, status=200)
    assert TICK not in page.text
    forged = page.form().fill(**HAPPY_FORM)
    forged.values.setlist("shown", ["y"])
    forged.send("Go on", status=200)
    assert "ratings shown to you" not in at_desk(app, scene)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("language", "said"),
    [("en", TICK), ("zh_Hans", "让承办单位看到我的评价"), ("zh_Hant", "讓承辦單位看到我的評價")],
)
def test_the_tick_is_there_in_three_languages(
    app: Flask, scene: Scene, language: str, said: str
) -> None:
    page = by_link(app, scene, language).get(f"/reports/{scene.number}/rate", status=200)
    assert said in page.text


@pytest.mark.usefixtures("clock")
def test_a_stranger_takes_nothing_back(app: Flask, scene: Scene) -> None:
    scene.rate()
    browser = by_link(app, scene)
    page = browser.get(f"/reports/{scene.number}/rate", status=200)
    token = page.form(button="Go on").values["csrf_token"]
    stranger = Browser(app)
    stranger.post(f"/reports/{scene.number}/rated/hide", {"csrf_token": token}, status=404)
    # nor does her own browser without the token of the form
    browser.post(f"/reports/{scene.number}/rated/hide", {})
    assert scene.read_by() == [(2, 4, WORDS)]
