"""Lengths: what fits on a screen is read, what does not is skipped."""

import ast
from pathlib import Path

from tests.house.tree import CODE, functions, modules, sources

FILE, FUNCTION, VIEW = 400, 40, 15
ROUTING = {"get", "post", "put", "delete", "route"}


def long_files(root: Path) -> list[str]:
    return [
        f"{path.relative_to(root)}: {lines} lines"
        for suffix in (".py", ".html", ".css", ".js")
        for path in sources(root, suffix, CODE)
        if (lines := len(path.read_text("utf-8").splitlines())) > FILE
    ]


def long_functions(root: Path) -> list[str]:
    return [
        f"{module.name}: {function.name} has {lines} lines"
        for module in modules(root, CODE)
        for function in functions(module.tree)
        if (lines := _length(function)) > FUNCTION
    ]


def long_views(root: Path) -> list[str]:
    return [
        f"{module.name}: {function.name} has {lines} lines"
        for module in modules(root)
        for function in functions(module.tree)
        if any(_routes(decorator) for decorator in function.decorator_list)
        and (lines := _length(function)) > VIEW
    ]


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _routes(decorator: ast.expr) -> bool:
    """Whether a decorator is like ``@bp.get("/reports/")``."""
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in ROUTING
    )
