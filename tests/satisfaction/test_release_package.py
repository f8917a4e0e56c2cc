"""The files of a release as others read them: a Data Package, and a second city's divisions."""

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from sqlalchemy import select

from portal.areas.models import Area
from portal.areas.service import load_city_places
from portal.kernel.city import load_city
from portal.kernel.config import DEFAULT_CITY
from portal.kernel.db import Database
from portal.kernel.instance import Instance
from portal.satisfaction.queries.releases import release_file
from portal.satisfaction.rules.files import FILES
from portal.satisfaction.rules.release import CATEGORY
from portal.satisfaction.service.demo import plant_ratings
from tests.make.releases import MONTH, NOVEMBER, rate_many, rating, release

XISHUANGBANNA = load_city(DEFAULT_CITY.with_name("xishuangbanna.toml"))
JINGHONG = "532801"

# Data Package and Table Schema, version 1, as far as a release uses them: what is named here is
# all there may be among their own properties
_NAME = {"type": "string", "pattern": "^[a-z0-9._-]+$"}
_FIELD = {
    "type": "object",
    "required": ["name", "type", "title", "description"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "type": {"enum": ["string", "number", "integer", "boolean", "date", "yearmonth"]},
        "constraints": {
            "type": "object",
            "properties": {"required": {"type": "boolean"}, "enum": {"type": "array"}},
            "additionalProperties": False,
        },
    },
}
PACKAGE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["profile", "name", "title", "licenses", "created", "resources"],
    "properties": {
        "profile": {"const": "tabular-data-package"},
        "name": _NAME,
        "created": {"type": "string", "format": "date-time"},
        "licenses": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "required": ["name", "path", "title"]},
        },
        "resources": {
            "type": "array",
            "minItems": 3,
            "items": {
                "type": "object",
                "required": ["name", "path", "bytes", "hash", "encoding", "mediatype"],
                "properties": {
                    "name": _NAME,
                    "path": {"enum": list(FILES)},
                    "bytes": {"type": "integer", "minimum": 1},
                    "hash": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
                    "schema": {
                        "type": "object",
                        "required": ["fields", "primaryKey", "missingValues"],
                        "properties": {"fields": {"type": "array", "items": _FIELD}},
                    },
                },
            },
        },
    },
}
# what a value of a type may look like in the table
FORMS = {
    "integer": r"-?[0-9]+", "number": r"-?[0-9]+(\.[0-9]+)?", "yearmonth": r"[0-9]{4}-[0-9]{2}",
    "string": r"(?s).+",
}  # fmt: skip


@pytest.fixture
def instance(instance: Instance) -> Instance:
    return replace(instance, city=XISHUANGBANNA)


@pytest.fixture
def files(database: Database) -> dict[str, str]:
    """October in Xishuangbanna: Jinghong rated, the rest of the prefecture hardly."""
    with database.write() as session:
        load_city_places(session, XISHUANGBANNA, NOVEMBER)
        rate_many(session, f"/5328/{JINGHONG}/", 900)
        plant_ratings(session, [rating("/5328/532822/")])
    release(database)
    with database.read() as session:
        return {name: release_file(session, MONTH, name) or "" for name in FILES}


def test_the_description_is_a_data_package_and_the_table_what_it_says(
    files: dict[str, str],
) -> None:
    described = json.loads(files["metadata.json"])
    jsonschema.Draft202012Validator(PACKAGE).validate(described)
    (table,) = [one for one in described["resources"] if "schema" in one]
    rows = list(csv.DictReader(io.StringIO(files["data.csv"].removeprefix("\ufeff"))))
    keys = [tuple(row[name] for name in table["schema"]["primaryKey"]) for row in rows]
    assert len(keys) == len(set(keys)) > 1
    assert list(rows[0]) == [field["name"] for field in table["schema"]["fields"]]
    for field in table["schema"]["fields"]:
        for row in rows:
            value = row[field["name"]]
            assert re.fullmatch(FORMS[field["type"]], value) or value == "", field["name"]
            allowed = field.get("constraints", {}).get("enum")
            assert allowed is None or value in allowed


def test_a_wrong_description_is_seen(files: dict[str, str]) -> None:
    described = json.loads(files["metadata.json"])
    described["resources"][0]["hash"] = "sha256:0"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(PACKAGE).validate(described)


def test_the_second_city_is_released_by_its_own_divisions(
    database: Database, files: dict[str, str]
) -> None:
    described = json.loads(files["metadata.json"])
    assert described["publisher"] == XISHUANGBANNA.names["zh_Hans"]
    assert described["division_edition"] == XISHUANGBANNA.raw["lists"]["since"].isoformat()
    measured = json.loads(files["measurements.json"])
    with database.read() as session:
        listed = {
            (area.level, area.code): area.name_zh_hans for area in session.scalars(select(Area))
        }
    shown = {
        (cell["level"], cell["code"]): cell["name"]
        for cell in measured["cells"]
        if cell["level"] != CATEGORY and not cell["code"].endswith("*")
    }
    levels = {level for level, _ in shown}
    # the whole first, and every place of a level that is released, whatever happened there
    assert measured["cells"][0]["code"] == "5328"
    assert shown == {key: name for key, name in listed.items() if key[0] in levels}
    assert len(levels) > 1
    assert all(code.startswith("5328") for _, code in shown)
