"""The town of the journeys, on both engines, on a Monday morning."""

from collections.abc import Iterator

import pytest
from flask import Flask
from time_machine import travel

from portal.kernel.db import Database
from tests.journeys.town import MONDAY, Town, small_town


@pytest.fixture
def town(app: Flask, database: Database) -> Iterator[Town]:
    with travel(MONDAY) as clock:
        yield small_town(app, database, clock)
