"""Rules that every page keeps, whatever it is about: each fault is one sentence."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

from portal.site.context import one_way

if TYPE_CHECKING:
    from tests.pages import Page

# words that show where a value or a translation is missing
LEFTOVERS = re.compile(r"\bNone\b|%\(\w+\)[sd]|\{\{|\}\}|\{%|\bUndefined\b|<Lazy|datetime\.|UUID\(")


def words(tag: Tag) -> str:
    """A tag's visible words, spaces folded."""
    return " ".join(tag.get_text(" ").split())


def faults_of(page: "Page") -> Iterable[str]:
    soup = page.soup
    yield from _syntax(page.html)
    headings = soup("h1")
    if len(headings) != 1:
        yield f"{len(headings)} h1 instead of one: {[words(h) for h in headings]}"
    title = words(soup.title) if soup.title else ""
    # a title has no markup that could keep letters of another direction in their place
    if not page.h1 or not title.startswith(one_way(page.h1)):
        yield f"the title {title!r} does not begin with the h1 {page.h1!r}"
    root = soup.find("html")
    if not isinstance(root, Tag) or root.get("lang") not in {"zh-Hans", "zh-Hant", "en"}:
        yield "html has no language of ours"
    # one walk for all questions: a selector would walk again for each
    every: list[Tag] = soup.find_all(True)
    # what a script may bring in later has its words then
    later = {id(tag) for template in soup("template") for tag in template(True)}
    tags = [tag for tag in every if id(tag) not in later]
    yield from _ids(tags)
    yield from _labels(tags)
    yield from _inline(every)
    yield from _addresses(page, tags)
    yield from _leftovers(soup, tags)
    yield from _way(page)


def _way(page: "Page") -> Iterable[str]:
    """R104: every page but the first says where one is, and ends with itself."""
    steps = page.soup.select("nav.breadcrumb li")
    if page.path != "/" and not steps:
        yield "nothing says where one is (您现在的位置)"
    elif steps and not all(words(step) for step in steps):
        yield "a step without words in what says where one is"


def _syntax(html: str) -> Iterable[str]:
    skeleton = _skeleton(html)
    if skeleton in _CLEAN:
        return
    parser = html5lib.HTMLParser()
    parser.parse(html)
    for (line, _column), code, details in parser.errors[:5]:
        source = html.splitlines()[line - 1].strip()[:120]
        yield f"not HTML at line {line}: {code} {details or ''} in {source!r}"
    if not parser.errors:
        _CLEAN.add(skeleton)


# skeletons without a fault: to the parser, pages that differ in words and values are the same
_CLEAN: set[int] = set()
_FILLING = re.compile(r'(?<=>)[^<]*|(?<==")[^"]*(?=")')


def _skeleton(html: str) -> int:
    """What of a page its syntax depends on: tags, names of attributes, and every ampersand."""
    return hash(_FILLING.sub(lambda found: "&".join(_AMPERSANDS.findall(found[0])), html))


_AMPERSANDS = re.compile(r"&#?\w*;?")


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
    target = urlsplit(urljoin(page.url, address))
    if target.scheme not in {"http", "https"} or not urljoin(page.url, address).startswith(
        page.browser.origin
    ):
        return method == "GET"
    known: Mapping[str, Any] = page.browser.app.view_functions
    try:
        endpoint, _ = page.browser.app.url_map.bind("localhost").match(target.path, method)
    except RequestRedirect:
        return True
    except (MethodNotAllowed, HTTPException):
        return False
    return endpoint in known


def _leftovers(soup: BeautifulSoup, tags: Sequence[Tag]) -> Iterable[str]:
    for text in soup.find_all(string=LEFTOVERS):
        if text.find_parent(["script", "style", "textarea"]) is None:
            yield f"left over: {' '.join(str(text).split())[:100]!r}"
    for tag in tags:
        for name in ("alt", "title", "aria-label", "placeholder"):
            if LEFTOVERS.search(str(tag.get(name, ""))):
                yield f"left over in {name}: {tag[name]!r}"
