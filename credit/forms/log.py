"""An old checkpoint, pasted or typed off a poster. Sent by GET: it changes nothing."""

from wtforms import Form, StringField, TextAreaField

from credit.rules.compare import BadOld, OldCheckpoint, read_pasted, read_typed
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.words import say


class CompareForm(Form):  # type: ignore[misc]  # wtforms has no types
    """Either a whole file, or a number and letters."""

    note = TextAreaField(_l("The text of a checkpoint"))
    size = StringField(_l("Number of entries"))
    root = StringField(_l("Letters of the root"))

    def old(self) -> OldCheckpoint | None:
        """What was typed, read; None when nothing was, or when an error is shown."""
        note, size, root = (str(field.data or "") for field in self)
        if not (note.strip() or size.strip() or root.strip()):
            return None
        try:
            return read_pasted(note) if note.strip() else read_typed(size, root)
        except BadOld as bad:
            field = self[bad.field]
            field.errors = [*field.errors, _sentence(bad, note)]
            return None

    def summary(self) -> list[tuple[str, str]]:
        """(anchor, sentence) for every error."""
        return [(field.id, str(message)) for field in self for message in field.errors]


def _sentence(bad: BadOld, note: str) -> str:
    if bad.line is None:
        return say(bad.fault)
    lines = note.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    words = lines[bad.line - 1].strip()[:60] if bad.line <= len(lines) else ""
    return say(bad.fault, line=bad.line, words=words)
