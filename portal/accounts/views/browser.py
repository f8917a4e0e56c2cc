"""The browser that asks, as services may know it, and the cookie after a sign-in."""

import re

from flask import Response, request, session
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, is_local, remember
from portal.accounts.service import Browser, session_token
from portal.kernel.forms import Form, spent_key
from portal.kernel.i18n import current_language
from portal.kernel.web import instance

_PROGRAMS = (("WeChat", "MicroMessenger"), ("Edge", "Edg"), ("Firefox", "Firefox"),
             ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_DEVICES = (("HarmonyOS", "HarmonyOS|OpenHarmony"), ("Android", "Android"), ("iPhone", "iPhone"),
            ("iPad", "iPad"), ("Windows", "Windows"), ("Mac", "Macintosh"),
            ("Linux", "Linux"))  # fmt: skip


def this_browser(form: Form) -> Browser:
    """The requesting browser, bound to one form."""
    return Browser(
        key=str(session.get("browser", "")),
        address=request.remote_addr or "",
        form_key=spent_key(form),
        local=is_local(),
        device=device_of(request.user_agent.string),
        language=current_language(),
        replaces=current_actor().session_id,
    )


def device_of(agent: str) -> str:
    """``WeChat, Android``: enough to know one's own devices in the list of sessions."""
    found = [
        next((name for name, mark in table if re.search(mark, agent)), "")
        for table in (_PROGRAMS, _DEVICES)
    ]
    return ", ".join(name for name in found if name)


def welcomed(form: Form, response: ResponseReturnValue) -> ResponseReturnValue:
    """Put the new session into the cookie when a sign-in form led on.

    A double click's second response is a repeat and sets the very same cookie.
    """
    if isinstance(response, Response) and response.status_code == 303:
        remember(session_token(instance().vault, spent_key(form)))
    return response
