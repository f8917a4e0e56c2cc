"""How a page looks, and its tools as a reader presses them."""

from bs4 import Tag

from tests.pages import Page


def look(page: Page) -> list[str]:
    """The classes of ``<html>``: what the style sheets follow."""
    root = page.soup.find("html")
    assert isinstance(root, Tag)
    return str(root.get("class") and " ".join(root["class"])).split()


def tool(page: Page, name: str) -> Tag | None:
    """A tool of the bar, or of the tools' own page."""
    return page.soup.select_one(f"a.tool-{name}, a.option-{name}, a#turn-{name}")


def use(page: Page, name: str) -> Page:
    """Press a tool."""
    link = tool(page, name)
    assert link is not None, f"no tool {name} on {page.url}"
    return page.browser.get(str(link["href"]), status=200)
