"""What people write may be unruly: a word of 300 letters, or signs that turn the line around.

Both are shown as they were written; nothing of it may spoil the words beside them.
"""

import re
from typing import Any, Final

from flask import Flask, Response

from portal.site import display

EVERY: Final = 10
# tags, and the elements whose text is not laid out as text
_TAG = re.compile(r"(<(title|textarea|option|script)\b.*?</\2\s*>|<!--.*?-->|<[^>]*>)", re.DOTALL)
# a reference like &amp; stays in one piece; Chinese breaks by itself
_RUN = re.compile(rf"[^\s&;<>\u2e80-\U0003ffff]{{{EVERY}}}")

# Unicode's signs of direction: what opens, and what closes it
_EMBEDDINGS: Final = "\u202a\u202b\u202d\u202e"
_ISOLATES: Final = "\u2066\u2067\u2068"
_POP: Final = "\u202c"
_POP_ISOLATE: Final = "\u2069"


def init_app(app: Flask) -> None:
    """Break long words in plain text mode; offer the filter for names."""
    app.add_template_filter(balanced)
    app.after_request(break_long_words)


def balanced(text: Any) -> Any:
    """A name that closes what it opens, and closes nothing else: ``<bdi>`` alone is not enough.

    An isolate left open inside ``<bdi>`` takes the end of the ``<bdi>`` for its own, and a stray
    end would end the ``<bdi>``.
    """
    if text is None or hasattr(text, "__html__"):
        return text
    kept: list[str] = []
    due: list[str] = []
    # counted, not looked for among what is due: that may be thousands deep
    isolates = 0
    for char in str(text):
        if char == _POP_ISOLATE and not isolates:
            continue
        isolates += (char in _ISOLATES) - (char == _POP_ISOLATE)
        kept.append(char)
        _follow(char, due)
    return "".join((*kept, *reversed(due)))


def _follow(char: str, due: list[str]) -> None:
    """Keep account of what is still to be closed."""
    if char in _EMBEDDINGS:
        due.append(_POP)
    elif char in _ISOLATES:
        due.append(_POP_ISOLATE)
    elif char == _POP and due and due[-1] == _POP:
        due.pop()
    elif char == _POP_ISOLATE:
        while due.pop() != _POP_ISOLATE:
            pass


def break_long_words(response: Response) -> Response:
    """Plain text has no style sheet that could break a word: ``<wbr>`` does."""
    written = response.mimetype == "text/html" and not response.is_streamed
    if written and display.is_on("plain"):
        response.set_data(breakable(response.get_data(as_text=True)))
    return response


def breakable(page: str) -> str:
    """The page with ``<wbr>`` inside its long words."""
    # of the pattern's two groups every third piece is text
    pieces = _TAG.split(page)
    pieces[::3] = [_RUN.sub(r"\g<0><wbr>", text) for text in pieces[::3]]
    del pieces[2::3]  # the inner group: the element's name
    return "".join(piece for piece in pieces if piece)
