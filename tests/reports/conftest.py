"""A city that takes reports, and somebody who comes by."""

import pytest
from flask import Flask

from portal.kernel.db import Database
from tests.make.intake import ready, visitor
from tests.pages import Browser


@pytest.fixture
def city(database: Database) -> Database:
    """The small Pingdu with the shipped kinds of problems."""
    ready(database)
    return database


@pytest.fixture
def reader(app: Flask, city: Database) -> Browser:
    """A passer-by in that city, who reads English."""
    assert city
    return visitor(app)
