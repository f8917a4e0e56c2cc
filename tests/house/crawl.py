"""Every page that can be reached by GET is fetched, while the writing engine is listened to."""

import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, has_request_context, request
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.routing import Rule

DOOR = "write_on_get"
# inside forms and lists of one kind the same page comes back with other arguments
PER_RULE = 3
_LINK = re.compile(r'(?:href|src)="(/[^"#]*)"')


@dataclass
class Listener:
    """Statements sent to the writing engine while a GET is answered."""

    forbidden: list[str] = field(default_factory=list)
    through_the_door: set[str] = field(default_factory=set)

    def hear(self, statement: str) -> None:
        if not has_request_context() or request.method != "GET":
            return
        if any(frame.function == DOOR for frame in inspect.stack(0)):
            self.through_the_door.add(str(request.endpoint))
        else:
            self.forbidden.append(f"GET {request.path}: {statement[:80]}")


@contextmanager
def listening(engine: Engine) -> Iterator[Listener]:
    listener = Listener()

    def hear(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        listener.hear(statement)

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield listener
    finally:
        event.remove(engine, "before_cursor_execute", hear)


@dataclass
class Crawler:
    """One person's walk over the whole portal."""

    app: Flask
    client: FlaskClient
    samples: dict[str, list[str]]
    answers: dict[str, int] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)

    def crawl(self) -> None:
        """Start at every address that can be made up, and follow every link."""
        waiting = [url for rule in self._rules() for url in self._addresses(rule)]
        while waiting:
            url = waiting.pop()
            if url not in self.answers and self._wanted(url):
                waiting += self._fetch(url)

    def _fetch(self, url: str) -> list[str]:
        with self.client.get(url) as response:
            self.answers[url] = response.status_code
            if response.location and response.location.startswith("/"):
                return [response.location]
            if response.mimetype != "text/html":
                return []
            return _LINK.findall(response.get_data(as_text=True).replace("&amp;", "&"))

    def _wanted(self, url: str) -> bool:
        """A few addresses of each rule: with links to pages of pages there is no end."""
        if "lang=" in url:  # the same page in other words
            return False
        try:
            endpoint, _ = self.app.url_map.bind("localhost").match(url.partition("?")[0], "GET")
        except Exception:  # not an address of ours, or a redirect to one
            return False
        self.reached[endpoint] = self.reached.get(endpoint, 0) + 1
        return self.reached[endpoint] <= PER_RULE and endpoint != "static"

    def _rules(self) -> list[Rule]:
        return [rule for rule in self.app.url_map.iter_rules() if "GET" in (rule.methods or ())]

    def _addresses(self, rule: Rule) -> list[str]:
        """The rule's address with known values in its places; unknown places get a made-up one."""
        urls = [rule.rule]
        for name in sorted(rule.arguments):
            place = re.compile(rf"<[^>]*\b{name}>")
            values = self.samples.get(name, ["unknown"])
            urls = [place.sub(value, url) for url in urls for value in values]
        return urls
