"""The files of a frozen period, and the hash that is sealed."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from credit.rules.canonical import canonical
from portal.assessment.rules import recompute

RESULT: Final = "result.csv"
INPUTS: Final = "inputs.json"
METADATA: Final = "metadata.json"
PROGRAM: Final = "recompute.py"
FILES: Final = {
    RESULT: "text/csv",
    INPUTS: "application/json",
    METADATA: "application/json",
    PROGRAM: "text/x-python",
}


def files_of(document: Mapping[str, Any], table: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """All four. Canonical bytes: the same inputs are the same file (RFC 8785)."""
    made = {
        INPUTS: canonical(document).decode(),
        RESULT: recompute.csv_of(table).decode(),
        PROGRAM: Path(recompute.__file__).read_text("utf-8"),
    }
    return made | {METADATA: _description(document, made)}


def _description(document: Mapping[str, Any], files: Mapping[str, str]) -> str:
    hashes = {
        name: {"bytes": len(text.encode()), "sha256": sha256(text.encode()).hexdigest()}
        for name, text in files.items()
    }
    said = {
        "assessment": document["slug"], "period": document["period"], "files": hashes,
        "version": document["version"], "indicator_set": document["set"],
        "releases": document["releases"], "parts": document["parts"],
        "license": "CC-BY-4.0", "how": "python3 recompute.py > result.csv",
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def digest_of(files: Mapping[str, str]) -> bytes:
    """The hash of a frozen period: of its description, which holds those of the other files."""
    return sha256(files[METADATA].encode()).digest()
