"""One element of an XML document, and an Atom feed made of them."""

import re
from collections.abc import Iterable
from typing import Final

from markupsafe import Markup, escape

DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'
ATOM: Final = "application/atom+xml"
_NAMESPACE: Final = "http://www.w3.org/2005/Atom"
# XML 1.0 has no way to write these, not even escaped
UNWRITABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(name: str, text: str | Markup = "", /, **attributes: str | None) -> Markup:
    """One element; whatever XML cannot hold is left out."""
    some = Markup("").join(
        Markup(' {}="{}"').format(key, UNWRITABLE.sub("", value))
        for key, value in attributes.items()
        if value is not None
    )
    inside = text if isinstance(text, Markup) else escape(UNWRITABLE.sub("", text))
    return Markup("<{0}{1}>{2}</{0}>").format(name, some, inside)


def atom_feed(language: str, parts: Iterable[Markup]) -> str:
    """A whole feed of its elements, in a language (BCP 47)."""
    about = {"xmlns": _NAMESPACE, "xml:lang": language}
    whole = element("feed", Markup("\n").join(parts), **about)
    return f"{DECLARATION}{whole}\n"
