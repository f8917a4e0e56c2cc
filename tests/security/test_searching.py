"""What is typed into the search: no language of either engine is spoken there, and both agree."""

from time import process_time

import pytest
from flask import Flask

from portal.kernel.db import Database
from portal.kernel.tokens import fold, phrases, tokens
from tests.make import reports
from tests.make.areas import small_tree

SAID = {
    "lamp": "路灯坏了，3号楼前",
    "drain": "下水道堵塞 100% 满了",
    "tree": "NEAR the gate OR tree AND lamp_post",
    "tent": "账户已登陆",
}
# what is typed → what is found, on both engines
FOUND: dict[str, set[str]] = {
    "路灯": {"lamp"},
    "路燈": {"lamp"},
    '"路灯"': {"lamp"},
    "路灯 OR 下水": set(),
    "路灯 AND 3号": set(),
    "路灯 NOT 3号": set(),
    "near": {"tree"},
    "NEAR(gate tree, 5)": set(),
    "gate*": {"tree"},
    "gat": set(),
    "%": set(),
    "_": set(),
    "lamp_post": {"tree"},
    "lamp%post": {"tree"},
    "100%": {"drain"},
    "1__": set(),
    "words:路灯": set(),
    "cases_search_fts": set(),
    "{words}: 路灯": set(),
    "^路灯": {"lamp"},
    "~a370283001": set(),
    "~slisted": set(),
    "路灯' OR '1'='1": set(),
    "路灯\\": {"lamp"},
    "路\u200b灯": {"lamp"},
    "路灯\u202e": {"lamp"},
    "ｎｅａｒ": {"tree"},
    "帐户": {"tent"},
}


@pytest.fixture
def site(app: Flask, database: Database) -> Flask:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with database.write() as session:
        tree = small_tree(session)
        app.config["NUMBERS"] = {
            name: reports.listed(session, tree, words).number for name, words in SAID.items()
        }
    return app


def test_both_engines_find_the_same_whatever_is_typed(site: Flask) -> None:
    client, numbers, faults = site.test_client(), site.config["NUMBERS"], []
    for typed, expected in FOUND.items():
        answer = client.get("/reports/", query_string={"q": typed})
        main = answer.text.split("<main")[-1]
        found = {name for name, number in numbers.items() if number in main}
        if answer.status_code >= 500 or found != expected:
            faults.append(f"{typed!r}: {answer.status_code} {sorted(found)}")
    assert not faults, "\n".join(faults)


def test_the_map_and_its_data_find_what_the_list_finds(site: Flask) -> None:
    client = site.test_client()
    for typed, expected in FOUND.items():
        answer = client.get("/reports/map.geojson", query_string={"q": typed})
        assert answer.status_code in {200, 422}, typed
        if answer.status_code == 200:
            counts = [one["properties"]["count"] for one in answer.get_json()["features"]]
            assert sum(counts) == len(expected), typed


LONG = ("ﷺ" * 60, "\u0301" * 20_000, "中" * 20_000, '"' * 20_000, "a " * 20_000, "ß" * 20_000,
        "\U0002f800" * 5_000, "~" * 20_000, "𝒳" * 20_000)  # fmt: skip


def test_no_text_takes_long_to_be_cut_into_tokens() -> None:
    for text in LONG:
        # of the processor: a busy machine is no slow function
        started = process_time()
        tokens(text)
        phrases(text)
        assert process_time() - started < 2, text[:3]


def test_folding_makes_nothing_that_was_not_typed() -> None:
    """A facet begins with a tilde, a phrase ends at a space: no letter may fold to one of them."""
    for point in (*range(0x20, 0x3000), *range(0xA000, 0x11000), *range(0x1D400, 0x1F000)):
        char = chr(point)
        for token in tokens(f"a{char}b"):
            assert not set(token) & set("~\"|%_\\ '") or token == "|", hex(point)
        assert len(fold(char)) <= 20, hex(point)
