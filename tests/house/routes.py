"""The addresses of the portal: who may come, and that none is taken away unnoticed.

``python -m tests.house.routes`` adds new routes to tests/route-list.txt. It removes none: an
address that was printed on a poster is a promise, so a line is deleted by hand, with a redirect in
its place or a decision in docs/decisions/.
"""

import tempfile
from pathlib import Path

from flask import Flask

from portal.kernel.blobs import BlobStore
from portal.kernel.city import load_city
from portal.kernel.config import DEFAULT_CITY, Config
from portal.kernel.instance import Instance
from portal.kernel.vault import Vault
from portal.site.app import create_app
from tests.house.tree import ROOT

LIST = ROOT / "tests/route-list.txt"
HOW = "new addresses are added by `.venv/bin/python -m tests.house.routes`"
ANYBODY = {"HEAD", "OPTIONS"}


def bare_app(folder: Path) -> Flask:
    """The portal without data: enough to read its map of addresses."""
    config = Config(
        instance=folder, database_url=f"sqlite:///{folder}/none.db", secret_key="made-up-" * 6,
        blobs=str(folder / "blobs"),
    )  # fmt: skip
    return create_app(
        Instance(config, load_city(DEFAULT_CITY), Vault(config.secret_key), BlobStore(config.blobs))
    )


def routes(app: Flask) -> set[str]:
    """Lines like ``GET POST /reports/new``; converters' names do not matter, only the address."""
    return {
        f"{' '.join(sorted((rule.methods or set()) - ANYBODY))} {rule.rule}"
        for rule in app.url_map.iter_rules()
    }


def undeclared(app: Flask) -> list[str]:
    """Routes that say neither ``@public`` nor ``@signed_in`` nor ``@requires(…)``."""
    return sorted(
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if not _is_static(rule.endpoint)
        and not hasattr(app.view_functions[rule.endpoint], "access")
    )


def _is_static(endpoint: str) -> bool:
    return endpoint == "static" or endpoint.endswith(".static")


def changes(listed: set[str], app: Flask) -> list[str]:
    """What the list and the map do not agree on."""
    served = routes(app)
    return [f"gone: {line}" for line in sorted(listed - served)] + [
        f"new: {line} ({HOW})" for line in sorted(served - listed)
    ]


def listed() -> set[str]:
    return set(LIST.read_text("utf-8").splitlines()) if LIST.exists() else set()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines = listed() | routes(bare_app(Path(folder)))
    LIST.write_text("".join(f"{line}\n" for line in sorted(lines, key=_by_address)), "utf-8")


def _by_address(line: str) -> str:
    return line.rpartition(" ")[2] + line


if __name__ == "__main__":
    main()
