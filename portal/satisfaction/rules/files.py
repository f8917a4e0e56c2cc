"""The files of a release: measurements, and their description as a Frictionless Data Package."""

import csv
import json
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from portal.satisfaction.rules import rebuild

DATA: Final = Path(__file__).parents[1] / "data"
LEVELS_FILE: Final = DATA / "release-levels.tsv"
COLUMNS_FILE: Final = DATA / "release-columns.tsv"
WORDS_FILE: Final = DATA / "release-words.tsv"
DATA_CSV: Final = "data.csv"
MEASUREMENTS: Final = "measurements.json"
METADATA: Final = "metadata.json"
REBUILD: Final = "rebuild.py"
FILES: Final = {
    DATA_CSV: "text/csv",
    MEASUREMENTS: "application/json",
    METADATA: "application/json",
    REBUILD: "text/x-python",
}
# the column of a release that holds each file
FILE_COLUMNS: Final = {
    DATA_CSV: "data_csv",
    MEASUREMENTS: "measurements_json",
    METADATA: "metadata_json",
    REBUILD: "rebuild_py",
}
LICENCE: Final = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0",
}


@cache
def rows_of(path: Path) -> tuple[Mapping[str, str], ...]:
    """The rows of a table of this package. Lines that begin with # are remarks."""
    lines = path.read_text("utf-8").splitlines()
    kept = [line for line in lines if line and not line.startswith("#")]
    return tuple(csv.DictReader(kept, delimiter="\t", quoting=csv.QUOTE_NONE))


def words(key: str) -> tuple[str, str]:
    """What a release says of itself, in Chinese and in English. Raises KeyError."""
    for row in rows_of(WORDS_FILE):
        if row["key"] == key:
            return row["words"], row["words_en"]
    raise KeyError(key)


def as_json(content: Any) -> str:
    """Bytes that never vary: keys in order, no spaces but new lines after each member."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def program() -> str:
    """``rebuild.py``, which is the portal's own way of making the table."""
    return Path(rebuild.__file__).read_text("utf-8")


def files_of(
    measured: Mapping[str, Any], table: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]
) -> dict[str, str]:
    """All four files of a release. ``facts``: what the description says of it."""
    made = {
        DATA_CSV: rebuild.csv_of(table).decode(),
        MEASUREMENTS: as_json(measured),
        REBUILD: program(),
    }
    return made | {METADATA: as_json(description(measured, facts, made))}


def files_in(columns: Mapping[str, str]) -> dict[str, str]:
    """The files of a release by name, of its columns."""
    return {name: columns[column] for name, column in FILE_COLUMNS.items()}


def digest_of(files: Mapping[str, str]) -> bytes:
    """The hash of a release: of its description, which holds those of the other files."""
    return sha256(files[METADATA].encode()).digest()


def description(
    measured: Mapping[str, Any], facts: Mapping[str, Any], files: Mapping[str, str]
) -> dict[str, Any]:
    """The Data Package: what the files are, what each column means, what was done to the counts."""
    month, kind = measured["period"], words(f"kind.{measured['kind']}")
    title = [text.format(month=month, kind=kind[at]) for at, text in enumerate(words("title"))]
    said = [words(key) for key in ("description", "unit", "negative", "rebuild")]
    return {
        "profile": "tabular-data-package",
        "name": f"satisfaction-{measured['release']}",
        "release": measured["release"],
        "title": title[0],
        "title_en": title[1],
        "description": "\n\n".join(text for text, _ in said),
        "description_en": "\n\n".join(text for _, text in said),
        "licenses": [LICENCE],
        "satisfied_levels": measured["satisfied_levels"],
        "epsilon": 1,
        "resources": [
            _resource(DATA_CSV, files[DATA_CSV], schema()),
            *(_resource(name, files[name]) for name in (MEASUREMENTS, REBUILD)),
        ],
        **facts,
    }


def _resource(name: str, content: str, table: Mapping[str, Any] | None = None) -> dict[str, Any]:
    raw = content.encode()
    said: dict[str, Any] = {
        "name": name.replace(".", "-"),
        "path": name,
        "mediatype": FILES[name],
        "encoding": "utf-8",
        "bytes": len(raw),
        "hash": f"sha256:{sha256(raw).hexdigest()}",
    }
    if table is None:
        return said
    dialect = {"delimiter": ",", "lineTerminator": "\r\n", "header": True}
    return said | {"profile": "tabular-data-resource", "dialect": dialect, "schema": table}


def schema() -> dict[str, Any]:
    """The Table Schema of data.csv, from the dictionary."""
    fields: list[dict[str, Any]] = [dict(row) for row in rows_of(COLUMNS_FILE)]
    for field in fields:
        if field["name"] == "published":
            field["constraints"] = {"required": True, "enum": ["yes", "no"]}
    keys = ["period", "span", "level", "code"]
    return {"fields": fields, "primaryKey": keys, "missingValues": [""]}


def measurements(
    facts: Mapping[str, Any], cells: Sequence[Mapping[str, Any]], noisy: Sequence[Sequence[int]]
) -> dict[str, Any]:
    """measurements.json: every cell with its ten noisy counts, published or not."""
    measured = [{**cell, "counts": list(counts)} for cell, counts in zip(cells, noisy, strict=True)]
    return {**facts, "bins": _bins(), "cells": measured}


def _bins() -> list[dict[str, Any]]:
    return [
        {"result_level": at // 2 + 1, "solved": at % 2 == 0} for at in range(2 * rebuild.LEVELS)
    ]
