"""The town of the tests of voluntary service."""

import pytest
from flask import Flask

from portal.kernel.db import Database
from tests.make.areas import small_tree
from tests.volunteers.planning import Town, town_of


@pytest.fixture
def town(app: Flask, database: Database) -> Town:
    with database.write() as session:
        tree = small_tree(session)
    return town_of(app, database, tree)
