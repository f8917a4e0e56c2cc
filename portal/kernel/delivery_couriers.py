"""The ways out: files, the console of a loopback demo, SMTP, and a generic HTTP gateway for SMS."""

import json
import smtplib
import ssl
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Final, TextIO
from urllib.parse import parse_qs, quote_plus, unquote, urlsplit

from portal.kernel.config import Config, SmsGateway
from portal.kernel.delivery import Courier, DeliveryFailed, Letter
from portal.kernel.outbox import Channel

TIMEOUT: Final = 10.0
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class FileCourier:
    """Writes each letter as a JSON file: for tests and trials, and as a record beside a gateway."""

    folder: Path

    def send(self, letter: Letter) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{letter.at:%Y%m%dT%H%M%S%f}-{letter.id.hex}.json"
        content = {
            "channel": letter.channel.value,
            "to": letter.to,
            "template": letter.template,
            "text": letter.text,
            "at": letter.at.isoformat(),
        }
        # whoever watches the folder never sees half a file
        half = self.folder / f".{name}"
        half.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
        half.replace(self.folder / name)

    def forget(self, before: datetime) -> int:
        """Delete letters that were written before a moment; how many."""
        names = f"{before:%Y%m%dT%H%M%S%f}"
        old = [path for path in self.folder.glob("*.json") if path.name < names]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)


@dataclass(frozen=True)
class ConsoleCourier:
    """Shows letters where the server was started; only a portal that serves this machine has it."""

    stream: TextIO | None = None

    def send(self, letter: Letter) -> None:
        stream = self.stream or sys.stderr
        stream.write(f"[{letter.channel.value} → {letter.to}] {letter.text}\n")
        stream.flush()


@dataclass(frozen=True)
class SmsCourier:
    """POSTs to the configured gateway and follows no redirect: no other host is ever spoken to."""

    gateway: SmsGateway = field(repr=False)

    def send(self, letter: Letter) -> None:
        parts = urlsplit(self.gateway.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", path, self._body(letter), dict(self._headers()))
            answer = connection.getresponse()
            answer.read(65_536)
        except HTTPException as error:
            raise DeliveryFailed(f"the gateway broke off: {type(error).__name__}") from error
        finally:
            connection.close()
        if not 200 <= answer.status < 300:
            raise DeliveryFailed(f"the gateway answered {answer.status}")

    def _headers(self) -> Mapping[str, str]:
        given = {name.lower() for name in self.gateway.headers}
        own = {} if "content-type" in given else {"Content-Type": self._content_type()}
        return {**own, **self.gateway.headers}

    def _content_type(self) -> str:
        for name, value in self.gateway.headers.items():
            if name.lower() == "content-type":
                return value
        is_json = self.gateway.body.lstrip().startswith(("{", "["))
        return "application/json" if is_json else "application/x-www-form-urlencoded"

    def _body(self, letter: Letter) -> bytes:
        """The template filled; what is put in cannot break out of its JSON string or form field."""
        if "json" in self._content_type():
            to, text = json.dumps(letter.to)[1:-1], json.dumps(letter.text)[1:-1]
        else:
            to, text = quote_plus(letter.to), quote_plus(letter.text)
        # one pass over the template, so that braces inside the text stay text
        pieces = [piece.replace("{to}", to) for piece in self.gateway.body.split("{text}")]
        return text.join(pieces).encode()


@dataclass(frozen=True)
class MailCourier:
    """SMTP: smtps:// from the first byte, smtp:// with STARTTLS wherever a password is sent."""

    url: str = field(repr=False)
    subject: str

    def send(self, letter: Letter) -> None:
        parts = urlsplit(self.url)
        host, secure = parts.hostname or "", parts.scheme == "smtps"
        try:
            with _smtp(host, parts.port, secure=secure) as server:
                if not secure and host not in LOOPBACK:
                    server.starttls(context=ssl.create_default_context())
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(self._mail(letter))
        except smtplib.SMTPException as error:
            # the server's own words may quote the receiver's address
            raise DeliveryFailed(f"the mail server refused: {type(error).__name__}") from error

    def _mail(self, letter: Letter) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = parse_qs(urlsplit(self.url).query)["from"][0]
        mail["To"] = letter.to
        mail["Subject"] = self.subject
        mail["Message-ID"] = f"<{letter.id.hex}@gongzhi.invalid>"
        if letter.unsubscribe is not None:
            mail["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(letter.text)
        return mail


def _smtp(host: str, port: int | None, *, secure: bool) -> smtplib.SMTP:
    if secure:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(host, port or 25, timeout=TIMEOUT)


@dataclass(frozen=True)
class BothCouriers:
    """The real way first, then the record of it."""

    couriers: Sequence[Courier]

    def send(self, letter: Letter) -> None:
        for courier in self.couriers:
            courier.send(letter)


def couriers_for(config: Config, subject: str) -> Mapping[Channel, Courier]:
    """What the settings allow: gateways, files beside them, else the console of a local trial."""
    ways: dict[Channel, list[Courier]] = {channel: [] for channel in Channel}
    if config.sms is not None:
        ways[Channel.SMS].append(SmsCourier(config.sms))
    if config.smtp is not None:
        ways[Channel.MAIL].append(MailCourier(config.smtp, subject))
    for channel in Channel:
        if config.outbox is not None:
            ways[channel].append(FileCourier(config.outbox))
        elif not ways[channel] and urlsplit(config.origin).hostname in LOOPBACK:
            ways[channel].append(ConsoleCourier())
    return {channel: BothCouriers(found) for channel, found in ways.items() if found}
