"""Journeys of different people: with an account, sealed, about a shop, refused, without a phone."""

from datetime import timedelta

from portal.reports.rules.codes import State
from tests.journeys.town import HAPPY, PHONE, Town, code_of, receipt, report_by_phone, send
from tests.make.intake import COMMUNITY, to_check, to_place
from tests.make.photos import jpeg
from tests.pages import Browser, Page


def _sign_in(town: Town, browser: Browser, phone: str, path: str = "/sign-in") -> Page:
    """By the code that was sent to a phone."""
    browser.get(path, status=200).form().fill(phone=phone).send("Send code", status=200)
    page = browser.get(f"/sign-in/code?next={path.partition('next=')[2]}", status=200)
    return page.form().fill(code=code_of(town, phone)).send("Sign in", status=200)


def _send_as_account(page: Page, **values: object) -> str:
    """From the contact page, with the account."""
    form = page.form().fill(contact="account", **values)
    return send(form.send("Continue", status=200))


def _say_it_is(browser: Browser, kind: str) -> Page:
    page = browser.get("/reports/new/what", status=200)
    return page.form(button=kind).send(kind, status=200)


def test_a_draft_begun_before_signing_in_is_still_there_afterwards(town: Town) -> None:
    browser = town.resident()
    to_check(browser, jpeg())
    page = browser.get("/reports/new/contact", status=200)
    link = next(a for a in page.soup.select("main a[href^='/sign-in']"))
    page = _sign_in(town, browser, PHONE, str(link["href"]))
    assert page.path == "/reports/new/contact"
    form = page.form().fill(contact="account", publish="show")
    page = form.send("Continue", status=200)
    assert "垃圾桶满了" in page.text
    assert "北门" in page.text
    assert page.soup.select("img[src*='/reports/new/photo/']")
    number = send(page)

    # on another device: the account knows the report, the receipt is not needed
    elsewhere = town.resident()
    elsewhere.get("/me/reports", status=200)
    town.later(minutes=2)
    _sign_in(town, elsewhere, PHONE)
    assert number in elsewhere.get("/me/reports", status=200).text
    assert "This is your report" in elsewhere.get(f"/reports/{number}", status=200).text

    town.settle(number)
    page = elsewhere.get(f"/reports/{number}", status=200).click("Rate it", status=200)
    assert page.form().fill(**HAPPY).send("Go on", status=200).h1 == "Thank you"
    assert town.templates(PHONE)[-1] == "report.rate"
    _reads_all_that_is_kept(elsewhere, number)


def _reads_all_that_is_kept(browser: Browser, number: str) -> None:
    """In words, not in codes (P2)."""
    browser.get("/reports/new", status=200).form().send("Skip: no photo", status=200)
    page = browser.get("/me/data", status=200)
    said = (number, "Rubbish not cleared", "垃圾桶满了", "Photos you sent", "Very satisfied")
    for words in (*said, "Reports you have not sent yet"):
        assert words in page.text, words
    for code in ("litter", "approved", "pending", "/370283/", "result_level", "{"):
        assert code not in page.text, code


def test_a_sealed_reporter_is_hidden_from_the_unit_and_sees_every_look(town: Town) -> None:
    reporter = town.resident()
    to_check(reporter)
    _sign_in(town, reporter, PHONE)
    reporter.get("/me/details").form().fill(name="赵秘密").send("Save", status=200)
    page = reporter.get("/reports/new/contact", status=200)
    number = _send_as_account(page, sealed=True, publish="keep")
    town.accept_and_dispatch(number)

    for who in ("worker", "desk", "verifier"):
        page = town.open(who, number)
        for secret in (PHONE, "赵秘密", "See who reported it"):
            assert secret not in page.html, (who, secret)
        town.at(who).get(f"/desk/cases/{number}/identity", status=403)

    page = town.open("centre", number).click("See who reported it", status=200)
    assert PHONE not in page.html
    page = page.form().send("See who reported it", status=422)
    page = page.form().fill(words="需要核实门牌").send("See who reported it", status=200)
    assert PHONE in page.html
    assert "赵秘密" in page.text

    audit = town.hire("auditor").get("/audit/", status=200)
    assert "需要核实门牌" in audit.text
    assert number in audit.text
    looks = reporter.get("/me/looks", status=200)
    assert "需要核实门牌" in looks.text
    # ten minutes later the name is covered again
    town.later(minutes=11)
    assert PHONE not in town.open("centre", number).html


def test_P5_nothing_of_a_matter_aimed_at_a_shop_leaks_on_its_way_round(town: Town) -> None:
    reporter = town.resident()
    to_place(reporter, jpeg())
    page = reporter.get("/reports/new/place/point", status=200)
    page = page.form().fill(point="119.87123, 36.67321", system="wgs84").send("Continue")
    page = _say_it_is(reporter, "Shop trading outside its door")
    secrets = ("王记火锅", "三号门脸", "119.871", "36.673")
    page = page.form().fill(words="王记火锅每晚摆到路上", place_words="三号门脸").send("Continue")
    assert "about a person or a shop" in page.text
    page = page.form().fill(contact="phone", phone=PHONE, consent=True).send("Continue")
    number = send(page)

    town.accept_and_dispatch(number)
    _nothing_leaks(town, number, secrets)
    town.handle(number, "王记火锅已收回桌椅")
    town.close(number)
    _nothing_leaks(town, number, secrets)
    # the unit works with the words but not with the reporter
    page = town.open("worker", number)
    assert "王记火锅每晚摆到路上" in page.text
    assert PHONE not in page.html
    # and the desk is never asked to make them public
    assert "Check for the public page" not in town.open("desk", number).text


def _nothing_leaks(town: Town, number: str, secrets: tuple[str, ...]) -> None:
    stranger = town.resident()
    addresses = (
        f"/reports/{number}",
        f"/reports/{number}/print",
        "/reports/",
        "/reports/map",
        "/reports/map.geojson",
        f"/reports/?area={COMMUNITY}",
        f"/places/{COMMUNITY}",
        "/",
    )
    for address in addresses:
        page = stranger.get(address, status=200)
        for secret in secrets:
            assert secret not in page.html, (address, secret)
        assert not page.soup.select("main img[src*='/reports/photos/']"), address
    for word in secrets[:2]:
        assert number not in stranger.get("/reports/", query_string={"q": word}).html


def test_a_refused_report_tells_its_reporter_why(town: Town) -> None:
    number = report_by_phone(town.resident())
    page = town.open("desk", number).click("Do not accept", status=200)
    page = page.form().send("Do not accept", status=422)
    assert page.errors == ["Choose a reason."]
    page = page.form().fill(reason="other").send("Do not accept", status=422)
    assert page.errors == ["Write in a few words what happened."]
    page.form().fill(reason="not_clear").send("Do not accept", status=200)
    letter = town.letters(PHONE)[-1]
    assert "We cannot tell what or where it is" in letter["text"]
    page = town.resident().get(town.link(PHONE, letter["template"]), status=200)
    assert "We cannot tell what or where it is" in page.text
    # there is nothing to rate, and nothing to urge
    assert not page.soup.select("main a[href$='/rate'], main a[href$='/urge']")
    town.resident().get(f"/reports/{number}", status=404)


def test_a_returned_case_comes_back_to_the_desk_and_goes_to_the_right_unit(town: Town) -> None:
    number = report_by_phone(town.resident())
    town.accept_and_dispatch(number)
    page = town.step("worker", number, "Return the case", reason="not_ours")
    # it is no longer hers to see
    assert page.path == "/desk/"
    town.at("worker").get(f"/desk/cases/{number}", status=404)
    assert number in town.at("desk").get("/desk/", status=200).text
    page = town.open("desk", number)
    assert "It is not our responsibility" in page.text
    town.step("desk", number, "Dispatch to a unit", unit=str(town.city.unit.id))
    town.open("worker", number)
    # the public does not read who pushed it to whom
    assert "not our responsibility" not in town.resident().get(f"/reports/{number}").text


def test_an_anonymous_reporter_urges_adds_a_photo_and_withdraws_with_her_receipt(
    town: Town,
) -> None:
    here = town.resident()
    page = to_check(here).form().send("Send the report", status=200)
    number, code = receipt(page)
    browser = town.resident()
    page = browser.get("/track", status=200)
    form = page.form().fill(number=number.lower(), code=f" {code[:4].lower()} {code[4:]}")
    page = form.send(status=200)
    assert "This is your report" in page.text

    page = page.click("Chase", status=200).form().send("Chase now", status=200)
    page = page.click("Chase", status=200).form().send("Chase now", status=422)
    assert page.errors == ["You have already chased it today. You can chase it again tomorrow."]
    town.later(days=1)
    browser.get("/track").form().fill(number=number, code=code).send(status=200)
    page = browser.get(f"/reports/{number}/urge").form().send("Chase now", status=200)
    assert "Urged: 2" in town.at("desk").get("/desk/", status=200).text

    page = page.click("Add a photo", status=200)
    page = page.form().attach("photos", jpeg()).send("Send", status=200)
    assert "being checked" in page.text
    page = page.click("Withdraw", status=200).form().send("Withdraw it", status=200)
    assert town.row(number).state is State.WITHDRAWN
    assert "Chase" not in page.text
    town.resident().get(f"/reports/{number}", status=404)


def test_somebody_without_a_phone_reports_with_a_printed_card(town: Town) -> None:
    desk = town.hire("community_committee", place=town.city.tree["370283001001"])
    page = desk.get("/me", status=200).click("Printed cards").click("Print a new card")
    page = page.form().fill(name="孙奶奶").send("Open account and print card", status=200)
    number, pin = (tag.get_text() for tag in page.soup.select(".print-card strong")[1:])
    assert pin not in desk.get("/desk/cards", status=200).text

    browser = town.resident()
    page = browser.get("/sign-in", status=200).click("With a printed card", status=200)
    page = page.form().fill(card=number, pin="000000x").send("Sign in", status=422)
    assert page.form().values["card"] == number
    page = page.form().fill(pin=pin).send("Sign in", status=200)
    assert page.path == "/me"
    to_check(browser)
    case = _send_as_account(browser.get("/reports/new/contact"), publish="show")
    assert case in browser.get("/me/reports", status=200).text
    town.settle(case)
    # nobody can send her a message: her page asks her
    town.later(hours=1)
    page = browser.get("/me/reports", status=200).click("Rubbish not cleared", status=200)
    page = page.click("Rate it", status=200).form().fill(**HAPPY).send("Go on", status=200)
    assert page.h1 == "Thank you"
    town.clock.shift(timedelta(days=15))
    assert "Change my answers" not in browser.get(f"/reports/{case}/rated", status=200).text
