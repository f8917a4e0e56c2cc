"""Finding a saved map: one that is shipped by its name, or somebody's own file by its path."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from portal.kernel.errors import Refused
from portal.reports.rules.exchange import Canned, ExchangeRefusal, canned
from portal.reports.rules.layouts import Layout, read_layout

DATA: Final = Path(__file__).parents[2] / "data"
MAPS: Final = DATA / "maps"


@cache
def shipped_maps() -> tuple[str, ...]:
    """The names of the maps that come along."""
    return tuple(sorted(path.stem for path in MAPS.glob("*.toml")))


def load_map(name: str, *, files: bool = True) -> Layout:
    """A map by its name, or (``files``) by a path that ends in .toml. Raises Refused."""
    path = MAPS / f"{name}.toml"
    if name not in shipped_maps():
        path = Path(name)
        if not files or path.suffix != ".toml" or not path.is_file():
            raise Refused(
                ExchangeRefusal.NO_MAP,
                field="layout",
                facts={"name": name, "known": ", ".join(shipped_maps())},
            )
    try:
        return read_layout(path.stem, tomllib.loads(path.read_text("utf-8")))
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise Refused(
            ExchangeRefusal.BAD_MAP, field="layout", facts={"name": path.name, "why": str(error)}
        ) from error


@cache
def map_names() -> Mapping[str, Mapping[str, str]]:
    """What each shipped map is called, by language."""
    return {code: load_map(code, files=False).names for code in shipped_maps()}


@cache
def canned_replies() -> Canned:
    """The replies that are no answer, from their lists."""
    return canned(_lines("canned-greetings.txt"), _lines("canned-replies.txt"))


def _lines(name: str) -> list[str]:
    return (DATA / name).read_text("utf-8").splitlines()
