"""Copies of releases outside the database: what belongs to one, and what is damaged. Pure."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from portal.satisfaction.rules import SubjectKind, is_month
from portal.satisfaction.rules.files import METADATA
from portal.satisfaction.rules.release import slug_of

_SLUG: Final = re.compile(r"(\d{4}-\d{2})((?:-[a-z]+)*?)(?:-r([1-9]\d?))?", re.ASCII)


def is_slug(text: str) -> bool:
    """Whether a release can be called so; any other file in the folder is somebody else's."""
    found = _SLUG.fullmatch(text)
    if found is None or not is_month(found[1]):
        return False
    version = int(found[3] or 1)
    return any(slug_of(found[1], kind, version) == text for kind in SubjectKind)


def torn_file(files: Mapping[str, str]) -> str | None:
    """Which of a release's files is not the one that its description tells of; None: all are."""
    try:
        told = json.loads(files[METADATA])
        hashes = {one["path"]: one["hash"] for one in told["resources"]}
    except (KeyError, TypeError, ValueError):
        return METADATA
    for name, text in files.items():
        if name != METADATA and hashes.get(name) != f"sha256:{sha256(text.encode()).hexdigest()}":
            return name
    return None
