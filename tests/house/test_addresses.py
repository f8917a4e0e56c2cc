"""The portals of the tests have their addresses in common, and what a test plants for itself."""

from flask import Flask

from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.site.app import create_app


def names(app: Flask) -> set[str]:
    return {str(rule.endpoint) for rule in app.url_map.iter_rules()}


def test_what_is_planted_in_one_portal_answers_in_no_other(
    instance: Instance, database: Database
) -> None:
    planted, other = create_app(instance, database), create_app(instance, database)
    assert planted.url_map is other.url_map
    planted.add_url_rule("/planted", "planted", lambda: "")
    assert names(planted) - names(other) == {"planted"}
    assert names(other) <= names(planted)
    assert other.test_client().get("/planted").status_code == 404
    assert create_app(instance, database).url_map is other.url_map
