"""Rules that every page keeps, whatever it is about: each fault is one sentence."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit
from weakref import WeakKeyDictionary

from bs4 import BeautifulSoup, Tag
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, RequestRedirect

from portal.site.context import one_way
from tests.syntax import syntax_faults

if TYPE_CHECKING:
    from tests.pages import Page

# words that show where a value or a translation is missing
LEFTOVERS = re.compile(r"\bNone\b|%\(\w+\)[sd]|\{\{|\}\}|\{%|\bUndefined\b|<Lazy|datetime\.|UUID\(")


def words(tag: Tag) -> str:
    """A tag's visible words, spaces folded."""
    return " ".join(tag.get_text(" ").split())


def faults_of(page: "Page") -> Iterable[str]:
    soup = page.soup
    # one walk for all questions: a selector would walk again for each
    every: list[Tag] = soup.find_all(True)
    yield from syntax_faults(page.html)
    yield from _names(soup, every)
    # what a script may bring in later has its words then
    templates = [tag for tag in every if tag.name == "template"]
    later = {id(tag) for template in templates for tag in template(True)}
    tags = [tag for tag in every if id(tag) not in later]
    yield from _ids(tags)
    yield from _labels(tags)
    yield from _inline(every)
    yield from _addresses(page, tags)
    # what is left over in a text or a value stands in the source too: most pages need no walk
    if LEFTOVERS.search(unescape(page.html)):
        yield from _leftovers(soup, tags)
    yield from _way(page, tags)


def _names(soup: BeautifulSoup, every: Sequence[Tag]) -> Iterable[str]:
    headings = [words(tag) for tag in every if tag.name == "h1"]
    if len(headings) != 1:
        yield f"{len(headings)} h1 instead of one: {headings}"
    heading = headings[0] if headings else ""
    title = words(soup.title) if soup.title else ""
    # a title has no markup that could keep letters of another direction in their place
    if not heading or not title.startswith(one_way(heading)):
        yield f"the title {title!r} does not begin with the h1 {heading!r}"
    roots = [tag for tag in every if tag.name == "html"]
    if not roots or roots[0].get("lang") not in {"zh-Hans", "zh-Hant", "en"}:
        yield "html has no language of ours"


def _way(page: "Page", tags: Sequence[Tag]) -> Iterable[str]:
    """R104: every page but the first says where one is, and ends with itself."""
    ways = [tag for tag in tags if tag.name == "nav" and "breadcrumb" in tag.get("class", ())]
    steps = [step for way in ways for step in way("li")]
    if page.path != "/" and not steps:
        yield "nothing says where one is (您现在的位置)"
    elif steps and not all(words(step) for step in steps):
        yield "a step without words in what says where one is"


def _ids(tags: Sequence[Tag]) -> Iterable[str]:
    ids = Counter(str(tag["id"]) for tag in tags if tag.has_attr("id"))
    for double in sorted(i for i, times in ids.items() if times > 1):
        yield f"id {double!r} twice"
    for name in ("for", "aria-describedby", "aria-labelledby"):
        for tag in tags:
            for target in str(tag.get(name, "")).split():
                if target not in ids:
                    yield f"{name}={target!r} points nowhere"
    for link in tags:
        href = str(link.get("href", ""))
        if link.name == "a" and href.startswith("#") and href[1:] not in ids:
            yield f"the link {href} points nowhere"


def _labels(tags: Sequence[Tag]) -> Iterable[str]:
    labels = [tag for tag in tags if tag.name == "label" and tag.has_attr("for")]
    labelled = {str(label["for"]) for label in labels if words(label)}
    for control in tags:
        if not _is_control(control):
            continue
        named = control.get("aria-label") or control.get("aria-labelledby")
        if not named and control.get("id") not in labelled and control.find_parent("label") is None:
            yield f"no label for {control.get('name') or control}"
    for tag in tags:
        if tag.name == "img" and not tag.has_attr("alt"):
            yield f"no alt for {tag.get('src')}"
        pressed = tag.name == "button" or (tag.name == "a" and tag.has_attr("href"))
        if pressed and not (words(tag) or tag.get("aria-label") or _pictured(tag)):
            yield f"a link or button without words: {str(tag)[:100]}"


def _is_control(tag: Tag) -> bool:
    kind = str(tag.get("type", "")).lower()
    if tag.name == "input":
        return kind not in {"hidden", "submit"}
    return tag.name in {"select", "textarea"}


def _pictured(tag: Tag) -> bool:
    return any(picture.get("alt") for picture in tag("img"))


def _inline(tags: Sequence[Tag]) -> Iterable[str]:
    for tag in tags:
        found = [name for name in tag.attrs if name == "style" or name.startswith("on")]
        if found:
            yield f"inline {found[0]} on <{tag.name}>"
        if tag.name == "script" and not tag.get("src") and tag.get("type") != "application/json":
            yield "an inline script"


def _addresses(page: "Page", tags: Sequence[Tag]) -> Iterable[str]:
    for form in (tag for tag in tags if tag.name == "form"):
        method = str(form.get("method", "get")).upper()
        action = str(form.get("action") or page.url)
        if not _answers(page, action, method):
            yield f"a form would {method} to {action}, where nothing answers"
        given = {str(field.get("name")) for field in form("input")}
        if method == "POST" and "csrf_token" not in given:
            yield f"the form for {action} has no token"
        if method == "POST" and "idempotency_key" not in given:
            yield f"the form for {action} has no idempotency key"
    asked = [tag.get(name) for tag in tags for name in _LEADS.get(tag.name, ())]
    for address in {str(one) for one in asked if one is not None}:
        if not address.startswith("#") and not _answers(page, address, "GET"):
            yield f"a dead address: {address}"


_LEADS = {"a": ("href",), "link": ("href",), "img": ("src",), "script": ("src",)}


def _answers(page: "Page", address: str, method: str) -> bool:
    whole = urljoin(page.url, address)
    target = urlsplit(whole)
    if target.scheme not in {"http", "https"} or not whole.startswith(page.browser.origin):
        return method == "GET"
    url_map = page.browser.app.url_map
    met = _MET.setdefault(url_map, set())
    if (target.path, method) in met:
        return True
    try:
        endpoint, _ = url_map.bind("localhost").match(target.path, method)
    except RequestRedirect:
        return True
    except (MethodNotAllowed, HTTPException):
        return False
    known: Mapping[str, Any] = page.browser.app.view_functions
    if endpoint in known:
        met.add((target.path, method))
    return endpoint in known


# what answers in a map of addresses: the next page has the same head and foot
_MET: WeakKeyDictionary[Map, set[tuple[str, str]]] = WeakKeyDictionary()


def _leftovers(soup: BeautifulSoup, tags: Sequence[Tag]) -> Iterable[str]:
    for text in soup.find_all(string=LEFTOVERS):
        if text.find_parent(["script", "style", "textarea"]) is None:
            yield f"left over: {' '.join(str(text).split())[:100]!r}"
    for tag in tags:
        for name in ("alt", "title", "aria-label", "placeholder"):
            if LEFTOVERS.search(str(tag.get(name, ""))):
                yield f"left over in {name}: {tag[name]!r}"
