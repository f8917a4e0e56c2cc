"""The addresses of a portal, laid out once: every test makes a portal, all with the same ones.

To lay out a thousand addresses took longer than most tests, and to sort them before the first page.
The layout knows nothing of its portal: which function answers, each portal keeps for itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Map

from portal.site import packages

Names = list[tuple[str, str]]


class Addresses:
    """What the first portal laid out, for all that begin with the same few addresses."""

    def __init__(self, register: Callable[[Flask], None]) -> None:
        self._register = register
        self._kept: dict[tuple[tuple[str, str], ...], tuple[Map, Names]] = {}

    def register(self, app: Flask) -> None:
        """In the place of ``packages.init_app``."""
        begun = tuple((rule.rule, str(rule.endpoint)) for rule in app.url_map.iter_rules())
        if begun in self._kept:
            shared, names = self._kept[begun]
            said: Names = []
            app.add_url_rule = partial(_answer, app, said)  # type: ignore[method-assign]
            self._register(app)
            assert said == names, "two portals with other addresses"
            app.url_map = shared
        else:
            said = []
            app.add_url_rule = partial(_lay_out, app, said)  # type: ignore[method-assign]
            self._register(app)
            self._kept[begun] = app.url_map, said
        app.add_url_rule = partial(_add_to_own, app)  # type: ignore[method-assign]


def _lay_out(
    app: Flask, said: Names, rule: str, endpoint: str, *given: Any, **options: Any
) -> None:
    said.append((rule, endpoint))
    Flask.add_url_rule(app, rule, endpoint, *given, **options)


def _answer(
    app: Flask, said: Names, rule: str, endpoint: str, view_func: Any, **_options: Any
) -> None:
    said.append((rule, endpoint))
    app.view_functions[endpoint] = view_func


def _add_to_own(app: Flask, *given: Any, **options: Any) -> None:
    """A test plants an address: its portal gets a layout of its own."""
    del app.add_url_rule
    own = app.url_map_class()
    for rule in app.url_map.iter_rules():
        copy: Any = rule.empty()
        copy.provide_automatic_options = rule.provide_automatic_options  # type: ignore[attr-defined]
        own.add(copy)
    app.url_map = own
    app.add_url_rule(*given, **options)


@contextmanager
def laid_out_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packages, "init_app", Addresses(packages.init_app).register)
        yield
