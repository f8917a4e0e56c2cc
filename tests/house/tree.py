"""Reading a tree of sources, the real one or a planted copy."""

import ast
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("portal", "volunteers", "credit", "pledges")
CODE = (*PACKAGES, "migrations", "static", "tests", "script", "bench")
FOREIGN = {"vendor", "__pycache__", "data"}


def sources(root: Path, suffix: str, folders: Iterable[str] = PACKAGES) -> Iterator[Path]:
    """Our own files of a kind below some folders; not vendored ones, not data."""
    for folder in folders:
        for path in sorted((root / folder).rglob(f"*{suffix}")):
            if not FOREIGN & set(path.relative_to(root).parts):
                yield path


@dataclass(frozen=True)
class Module:
    """One parsed Python file; ``name`` is its path inside the tree, for people."""

    name: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """``views`` for ``portal/reports/views.py`` and for ``portal/reports/views/public.py``."""
        parts = Path(self.name).with_suffix("").parts
        return parts[2] if parts[0] == "portal" and len(parts) > 2 else parts[1]

    @property
    def package(self) -> str:
        """``portal.reports``, ``credit``: the floor a module stands on."""
        parts = Path(self.name).parts
        return ".".join(parts[:2]) if parts[0] == "portal" else parts[0]


def modules(root: Path, folders: Iterable[str] = PACKAGES) -> Iterator[Module]:
    """Every Python file below some folders, parsed."""
    for path in sources(root, ".py", folders):
        text = path.read_text("utf-8")
        yield Module(str(path.relative_to(root)), text, ast.parse(text))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def called_name(call: ast.Call) -> str:
    """``commit`` for ``session.commit()`` and for ``commit()``."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node


def plant(root: Path, files: Mapping[str, str], copied: Iterable[str] = ()) -> None:
    """Make a small copy of the house at ``root`` and put the given files into it."""
    for name in copied:
        source = ROOT / name
        if source.is_dir():
            skip = shutil.ignore_patterns("__pycache__", "*.html", "data", "*.mo")
            shutil.copytree(source, root / name, ignore=skip, dirs_exist_ok=True)
        else:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, root / name)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
