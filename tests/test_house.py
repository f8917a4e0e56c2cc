"""The house rules as tests: each with its reason, each shown a planted breach that it sees."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.house import catalogues, docs, manners, sizes, tools
from tests.house.tree import ROOT, plant

PROJECT = ("pyproject.toml",)
PACKAGES = ("portal/__init__.py", "volunteers/__init__.py", "credit/__init__.py",
            "pledges/__init__.py")  # fmt: skip
MISSPELT = "rec" + "ieve"  # in two pieces, so that the rule does not find it here


@dataclass(frozen=True)
class Rule:
    """One rule: how breaches are found, why it stands, and a breach to plant."""

    name: str
    reason: str
    breaches: Callable[[Path], list[str]]
    planted: Mapping[str, str]
    seen: str | tuple[str, ...]
    copied: tuple[str, ...] = field(default=())


RULES = (
    Rule(
        "files stay short",
        "A file over 400 lines holds two things: make the room a folder, split by noun.",
        sizes.long_files,
        {
            "portal/areas/views.py": "x = 1\n" * 401,
            "portal/areas/templates/areas/show.html": "<p></p>\n" * 401,
        },
        ("portal/areas/views.py: 401 lines", "show.html: 401 lines"),
    ),
    Rule(
        "functions stay short",
        "A function over 40 lines does more than its name says.",
        sizes.long_functions,
        {"portal/areas/service.py": "def move_area():\n" + "    x = 1\n" * 40},
        "move_area has 41 lines",
    ),
    Rule(
        "views only hold the conversation",
        "A view over 15 lines decides something; what may happen stands in the service.",
        sizes.long_views,
        {"portal/areas/views.py": '@bp.get("/")\ndef show():\n' + "    x = 1\n" * 15},
        "show has 16 lines",
    ),
    Rule(
        "one committer",
        "An action is whole or did not happen: only portal/kernel/db.py ends a transaction.",
        manners.other_committers,
        {"portal/areas/service.py": "def add_area(session):\n    session.commit()\n"},
        "portal/areas/service.py:2: commit()",
    ),
    Rule(
        "views write through the page's door",
        "The door checks the form token and spends the key of the form.",
        manners.views_that_open_the_database,
        {"portal/areas/views/edit.py": "def edit():\n    with database().write():\n        pass\n"},
        "portal/areas/views/edit.py:2: write()",
    ),
    Rule(
        "a kind of form field has one home",
        "Of two classes with one name only one is mended when its words or its blanks are.",
        manners.twin_fields,
        {
            "portal/areas/forms.py": "class TimeOfDayField:\n    pass\n",
            "credit/forms/extra.py": "class TimeOfDayField:\n    pass\n",
        },
        "credit/forms/extra.py:1: TimeOfDayField stands in portal/areas/forms.py too",
    ),
    Rule(
        "imports stand at the top",
        "An import inside a function hides a cycle (indico has 506).",
        manners.imports_inside_functions,
        {"portal/areas/service.py": "def f():\n    from portal import site\n"},
        "portal/areas/service.py:2: import inside f",
    ),
    Rule(
        "other packages' tables are theirs",
        "Come through service, queries or rules; only Person and Area are spoken of by all.",
        manners.foreign_models,
        {
            "portal/reports/service.py": "from portal.accounts.models import Person, Session\n"
            "from portal.areas.models.shape import AreaShape\n"
        },
        ("portal.accounts.models.Session", "portal.areas.models.shape.AreaShape"),
    ),
    Rule(
        "no Chinese in code",
        "The source speaks English; other languages are in catalogues and data files.",
        manners.chinese_in_code,
        {"portal/areas/labels.py": '"""街道 may stand here."""\nNAME = "街道"  # 街道\n'},
        "portal/areas/labels.py:2: 街道",
    ),
    Rule(
        "no Chinese in templates",
        "A word written in a template is shown to readers of every language.",
        manners.chinese_in_templates,
        {"portal/areas/templates/areas/show.html": "{# 街道 #}\n<h1>街道</h1>\n"},
        "show.html:2: 街道",
    ),
    Rule(
        "templates import what they draw",
        "A part that is imported and not drawn makes a reader look for where it stands.",
        manners.idle_imports_of_templates,
        {
            "portal/areas/templates/areas/show.html": (
                '{% from "ui/field.html" import field, select with context %}\n{{ field(form) }}'
            )
        },
        "show.html: select",
    ),
    Rule(
        "ruff",
        "Naive datetimes, prints, dead code and tangled branches are found by a machine.",
        tools.ruff_check,
        {"portal/planted.py": "from datetime import datetime\n\nNOW = datetime.now()\n"},
        "DTZ005",
        PROJECT,
    ),
    Rule(
        "ruff format",
        "One shape of code, so that a change shows only what changed.",
        tools.ruff_format,
        {"portal/planted.py": "x = {  'a':1 }\n"},
        "planted.py",
        PROJECT,
    ),
    Rule(
        "mypy --strict",
        "Types are the part of the documentation that cannot lie.",
        tools.mypy,
        {"portal/planted.py": "def double(x):\n    return x * 2\n"},
        "planted.py:1: error: Function is missing a type annotation",
        (*PROJECT, *PACKAGES),
    ),
    Rule(
        "djlint",
        "Templates are code: balanced, indented, with labels and alternative texts.",
        tools.djlint,
        {"portal/areas/templates/areas/show.html": '<img src="/x.png">\n<div>\n<p>x</p></div>\n'},
        "H013",
        PROJECT,
    ),
    Rule(
        "codespell",
        "A misspelt word in a name is found by nobody who searches for it.",
        tools.codespell,
        {"docs/x.md": f"We {MISSPELT} reports.\n"},
        MISSPELT,
        PROJECT,
    ),
    Rule(
        "the catalogues are complete",
        "A page half in English tells a resident that it was not made for her.",
        catalogues.breaches,
        {
            "portal/areas/labels.py": '_("Street")\n_("%(count)s places")\n_("Old")\n',
            "translations/zh_Hans/LC_MESSAGES/messages.po": catalogues.HEADER
            + 'msgid "%(count)s places"\nmsgstr "%(number)s"\n\n'
            + '#, fuzzy\nmsgid "Old"\nmsgstr "O"\n',
            "translations/zh_Hant/LC_MESSAGES/messages.po": catalogues.HEADER,
        },
        (
            "zh_Hans: no words for 'Street'",
            "zh_Hans: other places to fill in '%(count)s places'",
            "zh_Hans: fuzzy words for 'Old'",
            "zh_Hant: no words for 'Street'",
        ),
        ("babel.cfg",),
    ),
    Rule(
        "every setting has its heading",
        "A setting that is not described is found by reading the source, so by nobody.",
        docs.settings_without_heading,
        {"portal/kernel/config.py": 'KNOWN = {"GONGZHI_MOON"}\n', "docs/operate.md": "# Operate\n"},
        "GONGZHI_MOON",
    ),
    Rule(
        "every command in the docs exists",
        "What a page tells people to type must work.",
        docs.unknown_commands,
        {"docs/x.md": "Run `gongzhi fly --high` now.\n"},
        "docs/x.md: gongzhi fly",
    ),
    Rule(
        "links between our pages lead somewhere",
        "Docs rot first at their links.",
        docs.dead_links,
        {"docs/x.md": "See [there](gone.md) and [here](#nowhere).\n"},
        "docs/x.md: gone.md",
    ),
)
by_name = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@by_name
def test_the_house_keeps_its_rule(rule: Rule) -> None:
    found = rule.breaches(ROOT)
    assert not found, f"{rule.reason}\n" + "\n".join(found)


@by_name
def test_a_planted_breach_is_seen(rule: Rule, tmp_path: Path) -> None:
    plant(tmp_path, rule.planted, rule.copied)
    found = "\n".join(rule.breaches(tmp_path))
    for seen in (rule.seen,) if isinstance(rule.seen, str) else rule.seen:
        assert seen in found
