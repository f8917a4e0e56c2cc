"""Manners that no ready-made tool knows: read from the syntax tree of each file."""

import ast
import io
import re
import tokenize
from pathlib import Path

from tests.house.tree import Module, called_name, calls, functions, modules, sources

COMMITTER = "portal/kernel/db.py"
# a name of a language is written in that language, whatever the page's language is
OWN_SCRIPT = {"portal/kernel/i18n.py"}
# the two tables whose rows everybody speaks of
SHARED_TABLES = {("portal.accounts", "Person"), ("portal.areas", "Area")}
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")


def other_committers(root: Path) -> list[str]:
    """``commit()`` and ``begin()`` (which commits at its end) outside the one committer."""
    return [
        f"{module.name}:{call.lineno}: {called_name(call)}()"
        for module in modules(root)
        if module.name != COMMITTER
        for call in calls(module.tree)
        if called_name(call) in {"commit", "begin"}
    ]


def views_that_open_the_database(root: Path) -> list[str]:
    """A view reads through ``reading()`` and writes through ``answer`` or ``submit``."""
    return [
        f"{module.name}:{call.lineno}: {called_name(call)}()"
        for module in modules(root)
        if module.room == "views"
        for call in calls(module.tree)
        if isinstance(call.func, ast.Attribute)
        and called_name(call) in {"write", "open_reader", "open_for", "open_database"}
        and not call.args
    ]


def imports_inside_functions(root: Path) -> list[str]:
    return sorted(
        {
            f"{module.name}:{node.lineno}: import inside {function.name}"
            for module in modules(root)
            for function in functions(module.tree)
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
    )


def foreign_models(root: Path) -> list[str]:
    """Another package's tables, asked for by name (import-linter knows modules, not names)."""
    return [found for module in modules(root) for found in _foreign_models(module)]


def _foreign_models(module: Module) -> list[str]:
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [(node.module, alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [(alias.name, "") for alias in node.names]
        else:
            continue
        for source, name in names:
            package, dot, rest = f"{source}.{name}".partition(".models")
            foreign = dot and package != module.package and package.split(".")[0] in _OURS
            if foreign and (package, rest.rpartition(".")[2]) not in SHARED_TABLES:
                found.append(f"{module.name}:{node.lineno}: {package}.models{rest}".rstrip("."))
    return found


_OURS = {"portal", "volunteers", "credit", "pledges"}


def chinese_in_code(root: Path) -> list[str]:
    """Chinese in Python, outside comments and docstrings."""
    return [text for module in modules(root) for text in _chinese_in_module(module)]


def chinese_in_templates(root: Path) -> list[str]:
    """Chinese in templates, styles and scripts, outside comments."""
    found = []
    for suffix, comments in _COMMENTS.items():
        for path in sources(root, suffix, ("portal", "volunteers", "pledges", "static")):
            text = comments.sub(_blank, path.read_text("utf-8"))
            for number, line in enumerate(text.splitlines(), 1):
                found += [f"{path.relative_to(root)}:{number}: {m}" for m in HAN.findall(line)]
    return found


_IMPORT = re.compile(r'\{%-? from "[^"]+" import (.+?)(?: with context)? -?%\}')


def idle_imports_of_templates(root: Path) -> list[str]:
    """Parts that a template imports and never draws."""
    found = []
    for path in sources(root, ".html"):
        text = path.read_text("utf-8")
        drawn = _IMPORT.sub("", text)
        names = (name for names in _IMPORT.findall(text) for name in names.split(", "))
        found += [
            f"{path.relative_to(root)}: {name}"
            for name in names
            if not re.search(rf"\b{name.split(' as ')[-1]}\b", drawn)
        ]
    return found


_COMMENTS = {
    ".html": re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL),
    ".css": re.compile(r"/\*.*?\*/", re.DOTALL),
    ".js": re.compile(r"/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE),
}


def _blank(comment: re.Match[str]) -> str:
    return "\n" * comment.group().count("\n")


def _chinese_in_module(module: Module) -> list[str]:
    if module.name in OWN_SCRIPT:
        return []
    docstrings = {
        (node.body[0].lineno, node.body[0].col_offset)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and ast.get_docstring(node, clean=False) is not None
    }
    return [
        f"{module.name}:{token.start[0]}: {' '.join(HAN.findall(token.string))}"
        for token in tokenize.generate_tokens(io.StringIO(module.text).readline)
        if token.type != tokenize.COMMENT
        and token.start not in docstrings
        and HAN.search(token.string)
    ]


def twin_fields(root: Path) -> list[str]:
    """Kinds of form fields of one name in two modules: what one of them learns the other lacks."""
    first: dict[str, str] = {}
    return [
        f"{module.name}:{node.lineno}: {node.name} stands in {first[node.name]} too"
        for module in modules(root)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        and node.name.endswith("Field")
        and first.setdefault(node.name, module.name) != module.name
    ]


def get_writers(root: Path) -> dict[str, int]:
    """Where ``write_on_get`` is used, the one door through which a GET may write."""
    found: dict[str, int] = {}
    for module in modules(root):
        for call in calls(module.tree):
            if called_name(call) == "write_on_get":
                found[module.name] = found.get(module.name, 0) + 1
    return found


def kernel_modules(root: Path) -> set[str]:
    return {
        f"portal.kernel.{path.stem}"
        for path in (root / "portal/kernel").glob("*.py")
        if path.stem != "__init__"
    }
