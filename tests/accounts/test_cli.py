"""``gongzhi people`` and ``gongzhi privacy``."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
import zxingcpp
from click.testing import CliRunner, Result
from flask import Flask
from PIL import Image

from portal.accounts import service
from portal.accounts.cli import people, privacy
from portal.accounts.models import Person
from portal.accounts.queries import actor_for, person_by_phone
from portal.accounts.rules import Permission, Refusal
from portal.kernel.config import CHECKOUT
from portal.kernel.db import Database
from portal.kernel.errors import Missing, Refused
from portal.kernel.instance import Instance
from tests.make.accounts import person, staff
from tests.make.areas import small_tree
from tests.make.organisations import unit
from tests.pages import Browser


@dataclass
class Tools:
    database: Database
    instance: Instance
    app: Flask


@pytest.fixture
def tools(database: Database, instance: Instance, app: Flask) -> Tools:
    return Tools(database, instance, app)


def run(tools: Tools, group: click.Command, *words: str, text: str | None = None) -> Result:
    result = CliRunner().invoke(group, list(words), obj=tools, input=text)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_people_add_prints_a_link_that_signs_in_once(tools: Tools) -> None:
    with tools.database.write() as session:
        small_tree(session)
    words = ["add", "138 0000 1299", "--role", "street_desk", "--area", "370283001"]
    result = run(tools, people, *words, "--name", "孙新")
    link = result.output.strip()
    assert link.startswith("http://127.0.0.1:8000/sign-in/link?token=")
    browser = Browser(tools.app)
    page = browser.get(link.removeprefix("http://127.0.0.1:8000")).form().send(status=200)
    # a role of the staff: the second step is asked for at once
    assert page.path == "/me/second-step"
    with tools.database.read() as session:
        found = person_by_phone(session, "+8613800001299")
        assert found is not None
        assert found.display_name == "孙新"
        actor = actor_for(session, found.id, datetime.now(UTC), second_factor=True)
    assert actor.may(Permission.REPORT_DISPATCH, place_path="/370283/370283001/")
    assert not actor.may(Permission.REPORT_DISPATCH, place_path="/370283/370283002/")


def test_people_add_gives_a_second_role_to_the_same_account(tools: Tools) -> None:
    with tools.database.write() as session:
        small_tree(session)
        unit(session, "U1")
        somebody = person(session, phone="+8613800001299")
    run(tools, people, "add", "13800001299", "--role", "verifier", "--area", "370283002")
    run(tools, people, "add", "13800001299", "--role", "handling_unit", "--organisation", "U1")
    with tools.database.read() as session:
        held = actor_for(session, somebody.id, datetime.now(UTC)).roles
    assert held == {"resident", "verifier", "handling_unit"}


def test_people_add_without_a_phone_prints_a_card(tools: Tools) -> None:
    with tools.database.write() as session:
        small_tree(session)
    result = run(tools, people, "add", "--role", "resident", "--name", "王奶奶")
    lines = result.output.splitlines()
    address = next(line for line in lines if line.startswith("http"))
    pin = next(line for line in lines if line.startswith("PIN")).split()[1]
    assert read_terminal_qr(lines) == address
    browser = Browser(tools.app)
    form = browser.get(address.removeprefix("http://127.0.0.1:8000")).form()
    assert "王奶奶" in form.fill(pin=pin).send(status=200).text


def read_terminal_qr(lines: list[str]) -> str:
    """What a phone reads from the half blocks on a dark terminal."""
    art = [line for line in lines if set(line) & set("█▀▄")]
    width = max(len(line) for line in art)
    picture = Image.new("L", (width, len(art) * 2), 0)
    for row, line in enumerate(art):
        for column, char in enumerate(line):
            upper, lower = char in "█▀", char in "█▄"
            picture.putpixel((column, row * 2), 255 if upper else 0)
            picture.putpixel((column, row * 2 + 1), 255 if lower else 0)
    large = picture.resize((width * 8, len(art) * 16), Image.Resampling.NEAREST)
    return str(zxingcpp.read_barcodes(large)[0].text)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["add", "12345", "--role", "verifier", "--area", "370283"], Refusal.BAD_PHONE),
        (["add", "13800001299", "--role", "verifier"], Refusal.ROLE_NEEDS_AREA),
        (["add", "13800001299", "--role", "verifier", "--area", "9"], Refusal.UNKNOWN_AREA),
        (
            ["add", "13800001299", "--role", "handling_unit", "--organisation", "9"],
            Refusal.UNKNOWN_ORGANISATION,
        ),
    ],
)
def test_people_add_refuses_and_leaves_nothing_half_done(
    tools: Tools, words: list[str], why: Refusal
) -> None:
    with tools.database.write() as session:
        small_tree(session)
    with pytest.raises(Refused) as caught:
        run(tools, people, *words)
    assert caught.value.code is why
    with tools.database.read() as session:
        assert session.query(Person).count() == 0


def test_an_unknown_role_is_named_with_those_that_exist(tools: Tools) -> None:
    result = run(tools, people, "add", "--role", "mayor")
    assert result.exit_code == 2
    assert "street_desk" in result.stderr


def test_people_list_and_end(tools: Tools) -> None:
    with tools.database.write() as session:
        tree = small_tree(session)
        east = staff(session, "verifier", area=tree["370283001"])
        staff(session, "verifier", area=tree["370283002"])
        staff(session, "auditor")
        person(session, "不在名单")
    listed = run(tools, people, "list", "--role", "verifier", "--area", "370283001").output
    lines = listed.splitlines()
    assert len(lines) == 1
    fields = lines[0].split("\t")
    assert fields[:4] == [east.number, "李同志", "verifier", "370283001"]
    assert "不在名单" not in run(tools, people, "list").output
    run(tools, people, "end", fields[-1])
    assert run(tools, people, "list", "--role", "verifier").output.count("verifier") == 1


def test_privacy_export_and_erase(tools: Tools) -> None:
    with tools.database.write() as session:
        somebody = person(session, "王小明", "+8613800001299")
    found = json.loads(run(tools, privacy, "export", "138 0000 1299").output)
    assert found["records"]["person"][0]["display_name"] == "王小明"
    result = run(tools, privacy, "erase", somebody.number, text="n\n")
    assert result.exit_code == 1
    run(tools, privacy, "export", somebody.number)
    run(tools, privacy, "erase", somebody.number, text="y\n")
    with pytest.raises(Missing):
        run(tools, privacy, "export", "138 0000 1299")
    # written outside the database at once, for the day of a restore
    with tools.database.read() as session:
        hashes = set(service.erasures(session))
    listed = (tools.instance.config.instance / "erasures.txt").read_text()
    assert hashes == {line.split()[0] for line in listed.splitlines()}


def test_privacy_reapply_erases_again(tools: Tools) -> None:
    with tools.database.write() as session:
        somebody = person(session, "王小明")
    run(tools, privacy, "erase", somebody.number, "--yes")
    with tools.database.write() as session:
        row = session.get_one(Person, somebody.id)
        row.erased_at, row.display_name = None, "王小明"
    assert run(tools, privacy, "reapply").output == "Erased again: 1.\n"
    assert run(tools, privacy, "reapply").output == "Erased again: 0.\n"


@pytest.mark.parametrize("command", [*people.commands.values(), *privacy.commands.values()])
def test_every_command_shows_an_example(command: click.Command) -> None:
    assert "Example" in (command.help or "")


def test_the_document_of_permissions_is_current(tools: Tools) -> None:
    written = Path(CHECKOUT / "docs" / "permissions.md").read_text("utf-8")
    made = run(tools, people, "permissions").output
    assert made == written, "run: gongzhi people permissions > docs/permissions.md"


def test_people_age_shows_and_keeps_what_was_confirmed(tools: Tools) -> None:
    with tools.database.write() as session:
        who = person(session, phone="+8613800001288")
        number = who.number
    assert run(tools, people, "age", number).output == f"{number}\tunknown\n"
    with pytest.raises(Refused) as caught:
        run(tools, people, "age", number, "--to", "under_14", "--seen", "household_book")
    assert caught.value.code is Refusal.GUARDIAN_NEEDED
    words = ["age", "138 0000 1288", "--to", "adult", "--seen", "identity_card"]
    first, second = run(tools, people, *words).output.splitlines()
    assert first == f"{number}\tadult"
    assert second.endswith("\tadult\tidentity_card")
    assert run(tools, people, "age", number, "--to", "adult").exit_code == 2
    with pytest.raises(Refused) as caught:
        run(tools, people, "age", "138 0000 1289", "--to", "adult", "--seen", "identity_card")
    assert caught.value.code is Refusal.UNKNOWN_PERSON
