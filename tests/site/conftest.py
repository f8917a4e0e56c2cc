"""For pages that do not care which engine is beneath."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.make.demo import Demo, small_demo
from tests.make.visitors import Visitors


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty, ready SQLite database."""
    path = tmp_path / "test.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def demo(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo city in small, for those who only look at its pages."""
    with small_demo(tmp_path_factory.mktemp("demo"), sqlite_template) as demo:
        yield demo


@pytest.fixture(scope="session")
def visitors(demo: Demo) -> Visitors:
    """Those who look at it; some of them do a step first, which is done once."""
    return Visitors(demo)
