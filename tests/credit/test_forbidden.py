"""What must never be there: no room for it in tables and forms, no way to it in the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from credit.models import Account, AccountHolder, Consent, Entry
from credit.rules.kinds import TRANSFERS, Issuer, LedgerRefusal, Party
from credit.rules.leaf import Unit
from credit.rules.rulebook import MOST_LIFE_DAYS, RuleRefusal
from credit.service import give_consent, publish_rule
from credit.service.conduct import LONGEST_LIFE, post_deduction
from credit.service.due import settle_account
from credit.service.posting import Details
from portal.accounts.access import public
from portal.kernel.db import Database
from portal.kernel.errors import Refused
from portal.kernel.ids import new_id
from tests.credit.rulebook import shift_rule
from tests.credit.test_facts import DAY, publish
from tests.house import data_kept
from tests.house.crawl import Crawler
from tests.house.tree import ROOT, called_name, modules, plant
from tests.make.accounts import sign_in_as
from tests.make.areas import small_tree
from tests.make.credit import DISTRICT, NOW, account, adult, given, posted, standing, try_notice
from tests.make.intake import cases, ready, to_check
from tests.pages import Browser

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

# --- no room for it -------------------------------------------------------------------------------

FORBIDDEN = {
    "religion", "religious", "faith", "gene", "genes", "genetic", "dna", "fingerprint",
    "fingerprints", "blood", "illness", "disease", "diagnosis", "medical", "health", "income",
    "salary", "wage", "wages", "deposit", "deposits", "savings", "insurance", "property",
    "properties", "estate", "tax", "taxes",
}  # fmt: skip
MONEY = {
    "cash", "yuan", "rmb", "currency", "payment", "payments", "bank", "wallet", "fine", "fines",
    "penalty", "refund", "invoice",
}  # fmt: skip
# what a file or a list of cases hashes to: nobody's hand
OF_FILES = {"loaded_list.fingerprint", "audit_draw.fingerprint"}
# what an organiser took out for all who come (volunteer regulations, article 16): no person's
OF_ACTIVITIES = {"volunteer_activity.insurance", "ActivityForm.insurance"}
# a compound of houses with its five parties (requirement R136), of which no person's is kept
OF_COMPOUNDS = re.compile(r"community_estate(_party)?\.|community_owners_committee\.estate_id$")
FORBIDDEN_WORDS = re.compile("宗教|信仰|基因|指纹|血型|病史|收入|存款|保险|房产|财产|纳税")


def test_L4_no_table_and_no_form_has_room_for_what_may_not_be_asked() -> None:
    kept = {
        column
        for column in data_kept.speaking_of(FORBIDDEN, data_kept.columns())
        if not OF_COMPOUNDS.match(column)
    }
    assert kept - OF_FILES - OF_ACTIVITIES == set()
    typed = set(data_kept.speaking_of(FORBIDDEN, data_kept.fields()))
    assert typed - OF_ACTIVITIES == set()
    planted = ["person.blood_type", "PersonForm.income", "person.goods"]
    assert data_kept.speaking_of(FORBIDDEN, planted) == ["PersonForm.income", "person.blood_type"]
    assert len(list(data_kept.columns())) > 500
    assert len(list(data_kept.fields())) > 200


def test_L4_no_question_of_ours_asks_for_it(tmp_path: Path) -> None:
    def asked(root: Path) -> list[str]:
        files = [
            *root.glob("portal/reports/data/questions.tsv"),
            *root.glob("portal/reports/data/choices.tsv"),
            *root.glob("credit/data/**/*.*sv"),
        ]
        return [
            f"{path.name}: {found[0]}"
            for path in files
            for line in path.read_text("utf-8").splitlines()
            if (found := FORBIDDEN_WORDS.search(line))
        ]

    assert asked(ROOT) == []
    plant(tmp_path, {"credit/data/quiz.csv": "问题\n您家的收入是多少\n"})
    assert asked(tmp_path) == ["quiz.csv: 收入"]


def test_P7_N4_nothing_is_paid_or_fined_here(app: Flask) -> None:
    names = [*data_kept.columns(), *data_kept.fields()]
    assert data_kept.speaking_of(MONEY, names) == []
    assert data_kept.speaking_of(MONEY, ["case.fine_yuan"]) == ["case.fine_yuan"]
    headers = app.test_client().get("/help").headers
    assert "payment=()" in headers["Permissions-Policy"]
    assert "form-action 'self'" in headers["Content-Security-Policy"]


def test_N4_every_transfer_is_between_one_holder_and_an_issuer(database: Database) -> None:
    assert set(Party) == {Party.PERSON, Party.SHOP}
    assert not {party.value for party in Party} & {issuer.value for issuer in Issuer}
    with database.write() as session:
        one, two = account(session, points=5), account(session)
        outcome = given(session, one, 1)
    with database.read() as session:
        found = session.get_one(Entry, (DISTRICT, outcome.entry.id))
        holders = set(session.scalars(select(AccountHolder.account_id)))
        assert len({found.debit_id, found.credit_id} & holders) == 1
        assert {one, two} <= holders


# --- who is touched -------------------------------------------------------------------------------


def test_N2_a_deduction_touches_the_account_of_one_and_of_nobody_beside_her(
    database: Database,
) -> None:
    with database.write() as session:
        neighbours = [account(session, Unit.CONDUCT) for _ in range(3)]
        notice = posted(try_notice(session, neighbours[0], 3))
    with database.write() as session:
        post_deduction(
            session, district=DISTRICT, entry_id=new_id(), of=notice.entry.id,
            details=Details("decision:1"), now=NOW + 59 * DAY,
        )  # fmt: skip
        balances = [standing(session, each).balance for each in neighbours]
    assert balances == [-3, 0, 0]
    # a group, a household or a building has no account at all
    with pytest.raises(ValueError, match="household"):
        Party("household")


def test_N3_a_deduction_takes_nothing_that_was_earned_by_volunteering(database: Database) -> None:
    assert [kind for kind, nature in TRANSFERS.items() if "deduction" in kind.value
            and Unit.POINTS in nature.units] == []  # fmt: skip
    # hours are no unit of this ledger: nothing can move them
    assert set(Unit) == {Unit.POINTS, Unit.CONDUCT}
    with database.write() as session:
        who = adult(session).id
        points, conduct = (
            account(session, holder=who, points=8),
            account(session, Unit.CONDUCT, holder=who),
        )
        notice = posted(try_notice(session, conduct, 4))
    with database.write() as session:
        post_deduction(
            session, district=DISTRICT, entry_id=new_id(), of=notice.entry.id,
            details=Details("decision:1"), now=NOW + 59 * DAY,
        )  # fmt: skip
        assert standing(session, points).balance == 8
        assert standing(session, conduct).balance == -4
        refused = try_notice(session, points, 1)
        assert getattr(refused, "code", None) is LedgerRefusal.NO_ACCOUNT


def test_N5_what_has_no_announced_end_never_becomes_less(database: Database) -> None:
    with database.write() as session:
        lasting = account(session, points=7)
        ending = account(session)
        given(session, ending, 7, until=NOW + DAY)
    far = NOW + 3_000 * DAY
    with database.write() as session:
        for each in (lasting, ending):
            settle_account(session, DISTRICT, each, now=far)
        assert standing(session, lasting).balance == 7
        assert standing(session, ending).balance == 0


def test_N6_no_word_of_a_published_version_can_be_changed(database: Database) -> None:
    publish(database, shift_rule(NOW))
    rule = "credit_rule"
    for statement in (f"UPDATE {rule} SET points = 9", f"DELETE FROM {rule}"):
        with pytest.raises(Exception, match="only added to"), database.write() as session:
            session.connection().exec_driver_sql(statement)


# --- how long -------------------------------------------------------------------------------------


def test_L13_nothing_lasts_longer_than_five_years_whoever_asks_for_it(database: Database) -> None:
    assert MOST_LIFE_DAYS <= 5 * 365 + 1
    assert LONGEST_LIFE <= 90 * DAY
    wish = shift_rule(NOW, life_days=MOST_LIFE_DAYS + 1)
    with pytest.raises(Refused) as refused, database.write() as session:
        publish_rule(session, DISTRICT, wish, actor_id=None, now=NOW)
    assert refused.value.code is RuleRefusal.BAD_LIFE
    publish(database, shift_rule(NOW, life_days=MOST_LIFE_DAYS))
    # the database itself, if our code should ever ask for it
    copied = (
        "INSERT INTO credit_rule SELECT district, code, version + 1, fact, rule_class, points, {},"
        " title, source_text, evidence, proposers, valid_from, published_at, statement_id"
        " FROM credit_rule"
    )
    with pytest.raises(IntegrityError, match="life"), database.write() as session:
        session.connection().exec_driver_sql(copied.format(MOST_LIFE_DAYS + 1))


def test_L12_L13_a_deduction_lasts_three_months_at_most_whatever_is_asked(
    database: Database,
) -> None:
    with database.write() as session:
        mine = account(session, Unit.CONDUCT)
        notice = posted(try_notice(session, mine, 3))
    at = NOW + 59 * DAY
    with database.write() as session:
        post_deduction(
            session, district=DISTRICT, entry_id=new_id(), of=notice.entry.id,
            details=Details("decision:1"), now=at, life=4_000 * DAY,
        )  # fmt: skip
        settle_account(session, DISTRICT, mine, now=at + 90 * DAY)
        assert standing(session, mine).balance == 0


# --- who is shown, and to whom --------------------------------------------------------------------

NAME, POINTS = "积分最多的人", 976_321


def told_to_everybody(app: Flask, database: Database) -> Iterator[tuple[str, str]]:
    """Every public page that can be reached, as a passer-by gets it."""
    client = app.test_client()
    crawler = Crawler(app, client, {"code": [DISTRICT, "shift"], "month": ["2026-10"]})
    for rule in app.url_map.iter_rules():
        access = getattr(app.view_functions[rule.endpoint], "access", None)
        if access is None or not access.public or "GET" not in (rule.methods or ()):
            continue
        for url in crawler._addresses(rule):
            with client.get(url) as answer:
                if answer.status_code == 200 and (answer.mimetype or "").startswith("text/"):
                    yield url, answer.get_data(as_text=True)


def shown(app: Flask, database: Database, *needles: str) -> list[str]:
    # alone, not in the middle of a token that is chance
    said = re.compile("|".join(rf"(?<![\w-]){re.escape(one)}(?![\w-])" for one in needles))
    return [url for url, text in told_to_everybody(app, database) if said.search(text)]


@on_sqlite
def test_L6_N7_no_public_page_shows_anybody_s_points_or_who_has_most(
    app: Flask, database: Database
) -> None:
    on_the_board = []

    @public
    def board() -> Response:
        return Response("".join(on_the_board), mimetype="text/plain")

    app.add_url_rule("/credit/leaders", "board", board)
    publish(database, shift_rule(NOW))
    with database.write() as session:
        small_tree(session)
        who = adult(session)
        who.name = NAME
        give_consent(session, DISTRICT, who.id, now=NOW)
        mine = account(session, holder=who.id, points=POINTS)
        needles = [NAME, str(POINTS), f"{POINTS:,}", str(mine), str(who.id)]
    assert shown(app, database, *needles) == []
    on_the_board.append(f"{POINTS:,}")
    assert shown(app, database, *needles) == ["/credit/leaders"]


SCORES = {"balance", "points", "amount", "held"}


def ranked(root: Path) -> list[str]:
    """Where something is put in the order of what somebody has."""
    return [
        f"{module.name}:{node.lineno}"
        for module in modules(root)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and called_name(node) == "order_by"
        for argument in node.args
        for part in ast.walk(argument)
        if isinstance(part, ast.Attribute) and part.attr in SCORES
    ]


def test_N7_nothing_in_the_code_puts_people_in_the_order_of_their_points(tmp_path: Path) -> None:
    assert ranked(ROOT) == []
    plant(tmp_path, {"credit/queries/top.py": "x = select(A).order_by(\n    desc(A.balance))\n"})
    assert ranked(tmp_path) == ["credit/queries/top.py:1"]


# --- everything else works without it -------------------------------------------------------------

# what spends points or asks how many somebody has
PRICING = {"hold_points", "spend_held", "balance_of", "accounts_of", "standing"}


def priced(root: Path) -> list[str]:
    """Modules of other packages that ask the ledger for somebody's points."""
    return [
        module.name
        for module in modules(root, ("portal", "volunteers", "pledges"))
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").split(".")[0] == "credit"
        and PRICING & {name.name for name in node.names}
    ]


def test_N8_no_service_of_the_portal_asks_for_points(tmp_path: Path) -> None:
    assert priced(ROOT) == []
    plant(tmp_path, {"portal/reports/views.py": "from credit.service import hold_points\n"})
    assert priced(tmp_path) == ["portal/reports/views.py"]


@on_sqlite
def test_L5_N8_who_has_said_no_reports_follows_and_is_answered_in_full(
    app: Flask, database: Database
) -> None:
    """No rule, no consent, no account, nothing sealed: the ledger is as good as off."""
    ready(database)
    with database.write() as session:
        who = adult(session)
    reader = Browser(app).in_language("en")
    sign_in_as(reader, who)
    page = to_check(reader).form(button="Send").send("Send", status=200)
    assert page.path == "/reports/new/done"
    (case,) = cases(database)
    for address in (
        "/me",
        "/me/reports",
        f"/reports/{case.number}",
        f"/reports/{case.number}/urge",
    ):
        assert reader.get(address, status=200)
    with database.read() as session:
        for table in (Account, Consent, Entry):
            assert session.scalar(select(func.count()).select_from(table)) == 0
