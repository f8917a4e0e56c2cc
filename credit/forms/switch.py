"""What is brought to switch deductions on, and why they are switched off."""

from typing import Any, Final

from flask import request
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from credit.rules.switch import MOST_DOCUMENT, SwitchWish
from portal.kernel.forms import FileIn, Form
from portal.kernel.i18n import lazy_gettext as _l

# the fields beside the file, and the borders between them
MORE_THAN_THE_FILE: Final = 200_000


class SwitchForm(Form):
    """A wish to switch deductions on. What is missing is told by the service."""

    district = SelectField(_l("For which district"), validate_choice=True)
    basis = TextAreaField(_l("Basis: the convention or legal document, with its number and date"))
    responsible = StringField(_l("Responsible person"))
    post = StringField(_l("Post of the responsible person"))
    document = FileIn(_l("Choose the impact assessment"))
    document_public = BooleanField(_l("Everybody may read the assessment"), default=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        request.max_content_length = MOST_DOCUMENT + MORE_THAN_THE_FILE
        super().__init__(*args, **kwargs)

    @property
    def wish(self) -> SwitchWish:
        return SwitchWish(
            basis=self.basis.data or "",
            responsible=self.responsible.data or "",
            post=self.post.data or "",
            document=self._content(),
            document_public=bool(self.document_public.data),
        )

    def _content(self) -> bytes:
        """What came with the form, and no more than one byte too much of it."""
        if not getattr(self.document.data, "filename", None):
            return b""
        data: bytes = self.document.data.stream.read(MOST_DOCUMENT + 1)
        return data


class EndSwitchForm(Form):
    """Why deductions end. It is published."""

    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Please give the reason."))])
