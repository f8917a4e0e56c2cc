"""A small city with a street desk, for the tests of the register."""

from collections.abc import Mapping

import pytest

from portal.accounts.models import Person
from portal.areas.models import Area
from portal.kernel.db import Database
from tests.make import pledges as make
from tests.make.accounts import staff
from tests.make.areas import small_tree
from tests.make.premises import STREET


@pytest.fixture
def tree(database: Database) -> Mapping[str, Area]:
    with database.write() as session:
        return small_tree(session)


@pytest.fixture
def desk(database: Database, tree: Mapping[str, Area]) -> Person:
    with database.write() as session:
        return staff(session, "street_desk", area=tree[STREET])


@pytest.fixture
def centre(database: Database, tree: Mapping[str, Area]) -> Person:
    with database.write() as session:
        return staff(session, "city_centre", area=tree["370283"])


@pytest.fixture
def three(database: Database, tree: Mapping[str, Area]) -> str:
    with database.write() as session:
        make.clauses(session, tree["370283"], "three")
    return "three"
