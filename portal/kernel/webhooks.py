"""Calls to other systems: configured hosts only, over TLS, never to a private address.

The host's addresses are looked up and checked, and the call goes to the very address that was
checked: a name that answers differently a moment later leads nowhere else. Redirects are not
followed. What is sent is signed with its time, so that a receiver can refuse what is old or forged.
"""

import hashlib
import hmac
import json
import socket
import ssl
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from portal.kernel.delivery import DeliveryFailed

TIMEOUT: Final = 10.0
LONGEST_ANSWER: Final = 65_536
PORT: Final = 443
Resolve = Callable[[str, int], Collection[str]]
# host, checked address, port → a connection that is not open yet
Dial = Callable[[str, str, int], HTTPConnection]


def allowed_url(url: str, hosts: Collection[str]) -> SplitResult | None:
    """The parts of an address we may call, or None. Names only: no address as a number, no
    password in it, no other port."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORT
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    good = parts.scheme == "https" and port == PORT and not parts.username and not parts.fragment
    return parts if good and host in hosts else None


def is_public(address: str) -> bool:
    """Whether an address leads out into the world, and not into our own house."""
    try:
        found = ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if inner is not None:
        return is_public(str(inner))
    # fec0::/10 counts as global, though it was made for one house
    inside = found.is_multicast or found.is_reserved or getattr(found, "is_site_local", False)
    return found.is_global and not inside


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _Pinned(HTTPSConnection):
    """TLS for a name, spoken to one address that was checked."""

    def __init__(self, host: str, address: str, port: int) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=TIMEOUT, context=self._tls)
        self._address = address

    def connect(self) -> None:
        line = socket.create_connection((self._address, self.port), TIMEOUT)
        self.sock = self._tls.wrap_socket(line, server_hostname=self.host)


@dataclass(frozen=True)
class Call:
    """What is sent to whom. ``secret`` None: not signed (the receiver's address is its key)."""

    url: str
    body: bytes
    at: datetime
    secret: str | None = None
    id: str = ""


def signature(secret: str, at: datetime, body: bytes) -> str:
    """HMAC-SHA256 over the time and the body, as the receiver computes it."""
    stamp = str(int(at.timestamp())).encode()
    return hmac.new(secret.encode(), stamp + b"." + body, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Caller:
    """Makes calls. Tests give it other ways to look up and to dial."""

    hosts: frozenset[str]
    resolve: Resolve = resolve
    dial: Dial = _Pinned

    def send(self, call: Call) -> bytes:
        """Send, and give back the beginning of the answer. Raises DeliveryFailed."""
        parts = allowed_url(call.url, self.hosts)
        if parts is None or parts.hostname is None:
            raise DeliveryFailed("the host is not among the configured ones")
        host = parts.hostname.lower()
        connection = self.dial(host, self._address(host), PORT)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", path, call.body, _headers(call))
            answer = connection.getresponse()
            content = answer.read(LONGEST_ANSWER)
        except HTTPException as error:
            raise DeliveryFailed(f"the receiver broke off: {type(error).__name__}") from error
        finally:
            connection.close()
        if not 200 <= answer.status < 300:
            raise DeliveryFailed(f"the receiver answered {answer.status}")
        return content

    def _address(self, host: str) -> str:
        """One address of the host, if all of them are public."""
        try:
            found = list(self.resolve(host, PORT))
        except OSError as error:
            raise DeliveryFailed("the host cannot be found") from error
        if not found or not all(is_public(address) for address in found):
            raise DeliveryFailed("the host has a private address")
        return found[0]


def _headers(call: Call) -> Mapping[str, str]:
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "gongzhi"}
    if call.secret is not None:
        headers["Gongzhi-Timestamp"] = str(int(call.at.timestamp()))
        headers["Gongzhi-Signature"] = f"sha256={signature(call.secret, call.at, call.body)}"
        headers["Gongzhi-Delivery"] = call.id
    return headers


def wecom_body(markdown: str) -> bytes:
    """A message for a group robot of 企业微信."""
    message = {"msgtype": "markdown", "markdown": {"content": markdown[:2000]}}
    return json.dumps(message, ensure_ascii=False).encode()


def check_wecom(answer: bytes) -> None:
    """The robot answers 200 whatever happened, and says in its words whether it took the message.

    Raises DeliveryFailed.
    """
    try:
        said: Any = json.loads(answer)
        code = int(said["errcode"])
    except (ValueError, KeyError, TypeError) as error:
        raise DeliveryFailed("the robot's answer cannot be read") from error
    if code != 0:
        raise DeliveryFailed(f"the robot refused: {code}")
