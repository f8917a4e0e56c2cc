"""The ready-made checkers, each run on a tree; what they print is what is wrong."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.house.tree import PACKAGES, ROOT


def _run(root: Path, *command: str) -> list[str]:
    """The lines a tool printed when it was not content; none when it was."""
    done = subprocess.run(
        [sys.executable, *command], cwd=root, capture_output=True, text=True, check=False,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
    )  # fmt: skip
    if done.returncode == 0:
        return []
    return [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]


def ruff_check(root: Path) -> list[str]:
    return _run(root, "-m", "ruff", "check", "--quiet", "--output-format=concise", ".")


def ruff_format(root: Path) -> list[str]:
    return _run(root, "-m", "ruff", "format", "--quiet", "--diff", ".")


def mypy(root: Path) -> list[str]:
    return _run(root, "-m", "mypy", "--no-error-summary", "--config-file", "pyproject.toml")


def djlint(root: Path) -> list[str]:
    found = [name for name in PACKAGES if (root / name).exists()]
    return _run(root, "-m", "djlint", "--check", "--lint", "--quiet", *found)


def codespell(root: Path) -> list[str]:
    found = [name for name in _PROSE if (root / name).exists()]
    return _run(root, "-m", "codespell_lib", *found)


_PROSE = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs", *PACKAGES, "script", "tests")


def import_contracts(root: Path) -> list[str]:
    """What import-linter says below "Broken contracts": each import that may not be."""
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    report = _run(root, "-c", command, "--no-cache", "--no-logo")
    cut = next((at for at, line in enumerate(report) if line.startswith("Broken")), 0)
    return [line.strip() for line in report[cut:]]


def web_free(root: Path = ROOT) -> set[str]:
    """The kernel's modules that the contract "know no web" names."""
    text = (root / "pyproject.toml").read_text("utf-8")
    return set(re.findall(r'"(portal\.kernel\.\w+)"', text))
