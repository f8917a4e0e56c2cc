"""Photos in forms: what was uploaded stays with the form, however often it comes back.

New files are cleaned and kept as pending uploads when they come from a page of ours, even if its
token ran out; the form then carries their tokens in hidden inputs, and hands ``KeptPhotos`` to the
service.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import request, session, url_for
from markupsafe import Markup
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.utils import unset_value
from wtforms.widgets import FileInput

from portal.kernel.clock import now
from portal.kernel.errors import Refused
from portal.kernel.forms import Form
from portal.kernel.i18n import lazy_gettext as _l
from portal.kernel.photos import (
    ACCEPTED_TYPES,
    MOST_BYTES,
    CleanPhoto,
    PhotoRefusal,
    clean_photo,
)
from portal.kernel.ratelimit import Limit, take
from portal.kernel.uploads import (
    LIFETIME,
    KeptPhotos,
    UploadRefusal,
    keep_upload,
    store_photo,
    uploads_of,
)
from portal.kernel.web import instance, keeping, may_keep, reading
from portal.kernel.words import Words, register, say

# room for a photo that is too big, so that it is refused with words and not with a broken line
MOST_POSTED = 3 * MOST_BYTES + 2 * 1024 * 1024

PER_ADDRESS = Limit("photos_address_hour", 200, 3600)

register(
    {
        PhotoRefusal.EMPTY: _l("This file is empty. Please choose the photo again."),
        PhotoRefusal.TOO_BIG: _l(
            "This photo is larger than 10 MB. Please send a smaller one, or a screenshot of it."
        ),
        PhotoRefusal.NOT_A_PHOTO: _l(
            "This is not a photo we can read. Please send a JPEG, PNG, WebP or HEIC picture."
        ),
        PhotoRefusal.DOCUMENT: _l(
            "This is a document (PDF or Word), not a photo. Please take a photo or a screenshot of "
            "the page and send that (JPEG); words can be copied out of it. What you typed stays."
        ),
        PhotoRefusal.TOO_MANY_PIXELS: _l(
            "This picture is too large (more than 25 million dots). Please send a screenshot of it."
        ),
        PhotoRefusal.TOO_SMALL: _l("This picture is too small to show anything."),
        PhotoRefusal.ANIMATED: _l("Moving pictures cannot be sent. Please take a still photo."),
        PhotoRefusal.BROKEN: _l(
            "This photo is damaged or was not sent completely. Please choose it again."
        ),
        PhotoRefusal.BUSY: _l(
            "Many photos are arriving just now. Please send yours again in a minute."
        ),
        PhotoRefusal.TOO_MANY: _l(
            "Too many photos came from this connection. Please try again in an hour, or go on "
            "without a photo."
        ),
        UploadRefusal.GONE: _l(
            "A photo was kept for too long and is gone. Please choose it again."
        ),
    }
)


class PhotoInput(FileInput):  # type: ignore[misc]  # wtforms has no types
    """A file input, with the tokens of what is kept already."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        kwargs["accept"] = ACCEPTED_TYPES
        return Markup("").join([super().__call__(field, **kwargs), field.hidden_tokens])


class PhotosField(Field):  # type: ignore[misc]  # wtforms has no types
    """Up to ``most`` photos. ``data`` is what a service takes."""

    widget = PhotoInput()
    takes_files = True
    errors: list[object]

    def __init__(
        self, label: Words, *, most: int = 3, required: Words | None = None, **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.most = most
        self.required_words = required
        self.owner = ""
        self.files: list[FileStorage] = []
        self.tokens: list[str] = []

    @property
    def kept_name(self) -> str:
        return f"{self.name}-kept"

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(formdata, data, extra_filters)
        if formdata is not None:
            self.files = [f for f in formdata.getlist(self.name) if _is_file(f)]
            self.tokens = list(dict.fromkeys(formdata.getlist(self.kept_name)))[: self.most]
        elif isinstance(self.data, KeptPhotos):
            self.tokens = list(self.data.tokens)
        self._settle()

    def _settle(self) -> None:
        self.data = KeptPhotos(self.owner, tuple(self.tokens))

    def bind_to(self, owner: str) -> None:
        """Say whose photos these are, before anything is kept or shown."""
        self.owner = owner
        self._settle()

    @property
    def hidden_tokens(self) -> Markup:
        """What keeps the photos in the form, also where there is no room for another."""
        hidden = Markup('<input type="hidden" name="{}" value="{}">')
        return Markup("").join(hidden.format(self.kept_name, token) for token in self.tokens)

    @property
    def urls(self) -> list[str]:
        """Where the kept photos can be seen, for the ``upload`` macro."""
        known = uploads_of(reading(), self.data, now())
        return [url_for("reports.pending_photo", token=token) for token in known]

    def keep_new(self, lifetime: timedelta) -> None:
        """Clean what was sent and keep it; what will not do becomes an error of this field."""
        photos = list(self._cleaned()) if self._may_send() else []
        self.forget_new()
        if photos:
            with keeping() as writer:
                for photo in photos:
                    token = keep_upload(
                        writer, photo, owner=self.owner, now=now(), lifetime=lifetime
                    )
                    self.tokens.append(token)
        self._settle()
        if self.required_words is not None and not self.tokens and not self.errors:
            self.errors = [self.required_words]

    def _may_send(self) -> bool:
        """Whether this address may send more photos now: decoding them costs us much."""
        if not self.files:
            return True
        with keeping() as writer:
            full = take(writer, [(PER_ADDRESS, request.remote_addr or "")], now=now()) is not None
        if full:
            self.errors = [*self.errors, say(PhotoRefusal.TOO_MANY)]
        return not full

    def forget_new(self) -> None:
        """Let go of the files: large ones lie on the disk until they are closed."""
        for file in self.files:
            file.close()
        self.files = []

    def _cleaned(self) -> Iterable[CleanPhoto]:
        """Decoded and on disk before the transaction begins: others need not wait for it."""
        room = self.most - len(self.tokens)
        if len(self.files) > room:
            message = _l("No more than %(count)s photos, please.", count=self.most)
            self.errors = [*self.errors, message]
        for file in self.files[:room]:
            try:
                photo = clean_photo(file.stream.read(MOST_BYTES + 1), instance().city.zone)
            except Refused as refusal:
                self.errors = [*self.errors, say(refusal.code)]
            else:
                store_photo(reading(), photo)
                yield photo


def _is_file(value: object) -> bool:
    # browsers send an empty part when nothing was chosen
    return isinstance(value, FileStorage) and bool(value.filename)


class PhotoForm(Form):
    """A form with photos. ``owner`` is the browser, unless a draft holds them."""

    photo_lifetime = LIFETIME

    def __init__(self, *args: Any, owner: str | None = None, **kwargs: Any) -> None:
        request.max_content_length = MOST_POSTED
        super().__init__(*args, **kwargs)
        for field in self._photo_fields():
            field.bind_to(owner or session["browser"])

    def _photo_fields(self) -> list[PhotosField]:
        return [field for field in self if isinstance(field, PhotosField)]

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        fields = self._photo_fields()
        for field in fields:
            if may_keep():
                field.keep_new(self.photo_lifetime)
            elif field.files:
                field.errors = [_l("Please choose the photo again.")]
                field.forget_new()
        return valid and not any(field.errors for field in fields)
