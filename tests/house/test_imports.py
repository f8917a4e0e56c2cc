"""The import contracts of pyproject.toml: kept by the house, and each one seen when broken."""

import re
from pathlib import Path

import pytest

from tests.house import manners, tools
from tests.house.tree import PACKAGES, ROOT, plant

# kernel modules that speak HTTP; all others are for services, and the contract "know no web"
# names them
WEB = {
    "portal.kernel.forms", "portal.kernel.i18n", "portal.kernel.messages", "portal.kernel.pages",
    "portal.kernel.photo_fields",
    "portal.kernel.uploads", "portal.kernel.web",
}  # fmt: skip
MODELS = re.compile(r'protected_modules = \["([\w.]+)"')
DOC = '"""A planted room."""\n'

# file → (its import, what import-linter says of it)
PLANTED = {
    "portal/satisfaction/service.py": (
        "import portal.reports.queries",
        "portal.satisfaction is not allowed to import portal.reports",
    ),
    "credit/service.py": ("import volunteers", "credit is not allowed to import volunteers"),
    "volunteers/__init__.py": ("import pledges", "volunteers is not allowed to import pledges"),
    "portal/areas/queries.py": (
        "def find():\n    import portal.site",
        "portal.areas is not allowed to import portal.site",
    ),
    "portal/lakes/__init__.py": ("", "- portal.lakes"),
    "portal/reports/helpers.py": ("", "- portal.reports.helpers"),
    "portal/organisations/rules.py": (
        "import portal.organisations.service",
        "portal.organisations.rules is not allowed to import portal.organisations.service",
    ),
    "portal/organisations/service.py": ("import flask", "portal.organisations.service -> flask"),
    "portal/accounts/service.py": (
        "import portal.kernel.pages",
        "portal.accounts.service -> portal.kernel.pages",
    ),
    "portal/kernel/clock.py": ("import werkzeug", "portal.kernel.clock -> werkzeug"),
    "portal/areas/views.py": ("import sqlalchemy", "portal.areas.views -> sqlalchemy"),
    "portal/areas/rules.py": ("import sqlalchemy.orm", "portal.areas.rules -> sqlalchemy"),
    "portal/reports/queries.py": ("", ""),
    "portal/kernel/ids.py": ("import portal.kernel.vault", ""),
    "portal/kernel/vault.py": (
        "import portal.kernel.ids",
        "No cycles are allowed in portal.kernel",
    ),
}


def _settings() -> str:
    return (ROOT / "pyproject.toml").read_text("utf-8")


def test_the_import_contracts_are_kept() -> None:
    assert tools.import_contracts(ROOT) == []


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says of a small house in which every contract is broken."""
    root = tmp_path_factory.mktemp("house")
    inits = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in ROOT.glob(f"{package}/__init__.py")
    ] + [str(path.relative_to(ROOT)) for path in ROOT.glob("portal/*/__init__.py")]
    tables = MODELS.findall(_settings())
    rooms = {f"{name.replace('.', '/')}.py": DOC for name in tables}
    thieves = "".join(f"import {name}\n" for name in tables)
    planted = {name: f"{DOC}{text}\n" for name, (text, _) in PLANTED.items()}
    planted["portal/site/thief.py"] = f"{DOC}{thieves}"
    plant(root, rooms | planted, ["pyproject.toml", "portal/kernel", *inits])
    return "\n".join(tools.import_contracts(root))


@pytest.mark.parametrize("name", [name for name, (_, seen) in PLANTED.items() if seen])
def test_a_planted_import_is_seen(name: str, report: str) -> None:
    _, seen = PLANTED[name]
    assert seen in report, report


def test_every_contract_was_broken_by_something_planted(report: str) -> None:
    contracts = re.findall(r'^id = .+\nname = "(.+)"$', _settings(), re.MULTILINE)
    missing = [name for name in contracts if name not in report]
    assert not missing, report


def test_every_models_module_is_protected() -> None:
    """One contract for each; Person and Area may be spoken of, so a test by name guards theirs."""
    shared = {"portal.accounts.models", "portal.areas.models"}
    found = {
        f"{'.'.join(path.relative_to(ROOT).parts[:-1])}.models"
        for package in PACKAGES
        for path in [*ROOT.glob(f"{package}/**/models.py"), *ROOT.glob(f"{package}/**/models")]
    }
    protected = set(MODELS.findall(_settings()))
    assert found - shared == protected


def test_every_kernel_module_is_either_for_the_web_or_free_of_it() -> None:
    """A new kernel module must take a side, or services could reach the web through it."""
    unclear = manners.kernel_modules(ROOT) - WEB - tools.web_free()
    assert not unclear, "name them in pyproject.toml (know no web), or here"
    assert not WEB & tools.web_free()


def test_every_package_with_rooms_is_a_container(tmp_path: Path) -> None:
    """A package joins the contract of the rooms with its first room."""
    text = _settings()
    rooms = text[text.index('id = "rooms"') :]
    containers = set(re.findall(r'"([\w.]+)"', rooms[: rooms.index("exhaustive")]))
    assert not _packages_with_rooms(ROOT) - containers
    plant(tmp_path, {"pledges/frontage/views.py": DOC})
    assert _packages_with_rooms(tmp_path) == {"pledges.frontage"}


def _packages_with_rooms(root: Path) -> set[str]:
    return {
        ".".join(path.relative_to(root).parts[:-1])
        for package in PACKAGES
        for room in ("views", "service", "models", "rules", "queries")
        for path in [*root.glob(f"{package}/**/{room}.py"), *root.glob(f"{package}/**/{room}/")]
    } - {"portal.site"}
