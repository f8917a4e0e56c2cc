"""A browser for tests: follows redirects, keeps cookies, fills forms, and checks every page.

>>> page = browser.get("/reports/new")
>>> page = page.form().fill(words="…").send("Send")        # by the button's text, or the only one
>>> page.status, page.path, page.h1, "7K3M9" in page.text
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from portal.kernel.i18n import COOKIE
from tests.faults import faults_of, words


class PageFault(AssertionError):
    """A page breaks a rule that every page keeps."""


@dataclass
class Browser:
    """One person's browser. ``origin`` https sends what a browser sends over TLS."""

    app: Flask
    origin: str = "http://localhost"
    check: bool = True
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.here = f"{self.origin}/"

    def get(self, url: str, *, status: int | None = None, **options: Any) -> "Page":
        """Open an address and follow its redirects. ``status`` asserts the final one."""
        return self._answer("GET", url, status, **options)

    def post(self, url: str, data: Any = None, *, status: int | None = None) -> "Page":
        """A bare POST, for what no form would send."""
        return self._answer("POST", url, status, data=data)

    def in_language(self, code: str) -> "Browser":
        """The same browser with the cookie of its reader's language, as the link for it sets it."""
        self.client.set_cookie(COOKIE, code, domain=urlsplit(self.origin).hostname or "localhost")
        return self

    def cookie(self, name: str) -> str | None:
        found = self.client.get_cookie(name, domain=urlsplit(self.origin).hostname or "localhost")
        return found.value if found else None

    def _answer(self, method: str, url: str, status: int | None, **options: Any) -> "Page":
        response = self._send(method, url, **options)
        hops = 0
        while response.status_code in {301, 302, 303, 307, 308}:
            hops += 1
            assert hops < 10, f"redirects without end at {self.here}"
            url = response.headers["Location"]
            assert url.startswith(("/", "?", self.origin)), f"redirect to elsewhere: {url}"
            kept = response.status_code in {307, 308}
            response = self._send(method if kept else "GET", url, **(options if kept else {}))
        page = Page(self, urlsplit(self.here).path, self.here, response)
        if status is not None:
            assert page.status == status, f"{method} {url}: {page.status}, not {status}: {page.h1}"
        if self.check:
            page.check()
        return page

    def _send(self, method: str, url: str, **options: Any) -> TestResponse:
        target = urljoin(self.here, url)
        headers = {"Referer": self.here, **self.headers, **options.pop("headers", {})}
        if method == "POST":
            headers |= {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}
        parts = urlsplit(target)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        self.here = target.split("#")[0]
        return self.client.open(
            path, method=method, base_url=self.origin, headers=headers, buffered=True, **options
        )


@dataclass
class Page:
    """One answer."""

    browser: Browser
    path: str
    url: str
    response: TestResponse

    def __post_init__(self) -> None:
        self.status = self.response.status_code
        self.html = self.response.get_data(as_text=True) if self._is_text() else ""
        self.soup = BeautifulSoup(self.html, "html.parser")

    def _is_text(self) -> bool:
        kind = self.response.mimetype or ""
        return kind.startswith("text/") or kind.endswith(("json", "xml"))

    @property
    def is_html(self) -> bool:
        return self.response.mimetype == "text/html"

    @property
    def h1(self) -> str:
        heading = self.soup.find("h1")
        return words(heading) if isinstance(heading, Tag) else ""

    @property
    def text(self) -> str:
        """The visible words of the content, spaces folded."""
        main = self.soup.find("main")
        return words(main if isinstance(main, Tag) else self.soup)

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        return [words(item) for item in self.soup.select(".error-summary li")]

    @property
    def notices(self) -> list[str]:
        return [words(item) for item in self.soup.select(".notice")]

    def links(self) -> list[str]:
        return [str(link["href"]) for link in self.soup.select("main a[href]")]

    def click(self, text: str, *, status: int | None = None) -> "Page":
        """Follow the link with these words."""
        found = [a for a in self.soup.select("a[href]") if text in words(a)]
        assert found, f"no link {text!r} on {self.path}: {[words(a) for a in self.soup('a')]}"
        return self.browser.get(urljoin(self.url, str(found[0]["href"])), status=status)

    def form(self, action: str | None = None, *, button: str | None = None) -> "PageForm":
        """The page's form: the only one in its content, or chosen by address or by button."""
        forms = list(self.soup.select("main form"))
        if action is not None:
            forms = [f for f in forms if action in str(f.get("action", ""))]
        if button is not None:
            exact = [f for f in forms if any(button == words(b) for b in f("button"))]
            forms = exact or [f for f in forms if any(button in words(b) for b in f("button"))]
        if len(forms) > 1:
            forms = [f for f in forms if str(f.get("method", "")).lower() == "post"] or forms
        assert len(forms) == 1, f"{len(forms)} forms on {self.path} ({self.status}): {self.text}"
        return PageForm(self, forms[0])

    def check(self) -> None:
        """Every page keeps these rules; says which one is broken and where."""
        if self.status == 204 or not self.is_html:
            return
        faults = list(faults_of(self))
        if faults:
            listed = "\n  ".join(faults)
            raise PageFault(f"{self.url} ({self.status}):\n  {listed}")


@dataclass
class PageForm:
    """A form as its page holds it: hidden fields, typed values and choices included."""

    page: Page
    tag: Tag

    def __post_init__(self) -> None:
        self.values: MultiDict[str, Any] = MultiDict(_values(self.tag))

    def fill(self, **values: Any) -> "PageForm":
        """Type values by field name. A list chooses several; None leaves the field out."""
        for name, value in values.items():
            assert self._has(name), f"no field {name!r} in the form of {self.page.path}"
            if value is None or value is False:
                self.values.poplist(name)
            elif isinstance(value, list | tuple | set):
                self.values.setlist(name, [str(item) for item in value])
            else:
                self.values.setlist(name, ["y" if value is True else value])
        return self

    def attach(self, name: str, content: bytes, filename: str = "photo.jpg",
               kind: str = "image/jpeg") -> "PageForm":  # fmt: skip
        """Choose a file."""
        assert self.tag.get("enctype") == "multipart/form-data", "the form cannot carry files"
        assert self._has(name), f"no field {name!r}"
        kept = [v for v in self.values.getlist(name) if isinstance(v, tuple) and v[0].getvalue()]
        self.values.setlist(name, [*kept, (BytesIO(content), filename, kind)])
        return self

    def send(self, button: str | None = None, *, status: int | None = None) -> "Page":
        """Press a button (by its words) and follow where it leads."""
        method = str(self.tag.get("method", "get")).upper()
        values = self._with_button(button)
        action = urljoin(self.page.url, str(self.tag.get("action") or self.page.url))
        if method == "GET":
            pairs = {name: values.getlist(name) for name in values}
            return self.page.browser.get(action.split("?")[0], status=status, query_string=pairs)
        browser = self.page.browser
        return browser._answer("POST", action, status, data=_fresh(values))

    def send_twice(self, button: str | None = None) -> tuple["Page", "Page"]:
        """A double click: the same form, the same keys, two requests."""
        return self.send(button), self.send(button)

    def _has(self, name: str) -> bool:
        return any(c.get("name") == name for c in self.tag(["input", "select", "textarea"]))

    def _with_button(self, button: str | None) -> MultiDict[str, Any]:
        values = self.values.copy()
        buttons = self.tag.select("button, input[type=submit]")
        if button is not None:
            buttons = [b for b in buttons if button in (words(b) or str(b.get("value", "")))]
            assert buttons, f"no button {button!r} in the form of {self.page.path}"
        if buttons and buttons[0].get("name"):
            values.add(str(buttons[0]["name"]), str(buttons[0].get("value", "")))
        return values


def _fresh(values: MultiDict[str, Any]) -> dict[str, list[Any]]:
    """Copies of the files, because a client reads and closes what it sends."""
    return {
        name: [
            (BytesIO(v[0].getvalue()), *v[1:]) if isinstance(v, tuple) else v
            for v in values.getlist(name)
        ]
        for name in values
    }


def _values(form: Tag) -> Iterable[tuple[str, Any]]:
    for control in form(["input", "select", "textarea"]):
        name = str(control.get("name", ""))
        if not name or control.has_attr("disabled"):
            continue
        for value in _control_values(control):
            yield name, value


def _control_values(control: Tag) -> Iterable[Any]:
    kind = str(control.get("type", "text")).lower()
    if control.name == "select":
        options = control("option")
        marked = [o for o in options if o.has_attr("selected")]
        if not marked and not control.has_attr("multiple"):
            marked = options[:1]
        return [str(o.get("value", words(o))) for o in marked]
    if control.name == "textarea":
        return [control.get_text().removeprefix("\n")]
    if kind in {"checkbox", "radio"}:
        return [str(control.get("value", "on"))] if control.has_attr("checked") else []
    if kind == "file":
        return [(BytesIO(b""), "", "application/octet-stream")]
    return [] if kind in {"submit", "button"} else [str(control.get("value", ""))]
