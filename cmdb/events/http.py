"""One event to one HTTP endpoint: what counts as taken, what as refused, and what is worth another try."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from ipaddress import ip_address
from typing import Literal
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from cmdb.events.event import CONTENT_TYPE, Event
from cmdb.model.problem import CmdbError
from cmdb.model.secrets import mask

TOKEN = "CMDB_EMIT_TOKEN"
"""The environment variable with a bearer token for the endpoint."""
Outcome = Literal["taken", "refused", "later", "closed"]
"""`refused`: the event itself is unwelcome, and would be again; `later`: worth another try; `closed`: the endpoint does
not let us, which somebody has to mend."""
_REFUSED = frozenset({400, 413, 415, 422})
_LATER = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of sending; `wait` are the seconds that the endpoint wants to be left alone."""

    outcome: Outcome
    reason: str = ""
    wait: float = 0.0


class _NoRedirect(HTTPRedirectHandler):
    """A redirected POST would become a GET without its body: taken by nobody, and answered with 200."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def post(url: str, event: Event, timeout: float, environment: Mapping[str, str] | None = None) -> Reply:
    """Sends an event in structured mode. Raises `CmdbError` where it must not be sent at all."""
    request = Request(url, data=event.body, headers=_headers(url, os.environ if environment is None else environment))
    try:
        with build_opener(_NoRedirect).open(request, timeout=timeout) as reply:
            reply.read(1)
            return Reply("taken") if 200 <= reply.status < 300 else Reply("closed", f"HTTP {reply.status}")
    except HTTPError as error:
        with error:
            return _refusal(error.code, error.headers)
    except (URLError, HTTPException, OSError, ValueError) as error:
        cause = getattr(error, "reason", None) or error
        certain = isinstance(cause, ssl.SSLCertVerificationError)
        return Reply("closed" if certain else "later", mask(" ".join(str(cause).split())) or type(cause).__name__)


def shown(url: str) -> str:
    """A URL for people, without a password and without its query."""
    return mask(url.partition("?")[0])


def _refusal(status: int, headers: Message) -> Reply:
    reason = f"HTTP {status}"
    if status in _REFUSED:
        return Reply("refused", reason)
    if status in _LATER or status >= 500:
        return Reply("later", reason, _seconds(headers.get("Retry-After", "")))
    return Reply("closed", reason)


def _seconds(written: str) -> float:
    return float(written) if written.isascii() and written.isdigit() and len(written) < 6 else 0.0


def _headers(url: str, environment: Mapping[str, str]) -> dict[str, str]:
    headers = {"Content-Type": CONTENT_TYPE, "User-Agent": "cmdb"}
    token = environment.get(TOKEN, "")
    if not token:
        return headers
    if not token.isprintable() or not token.isascii():
        raise CmdbError(f"{TOKEN} holds no token", hint="a token is printable text on one line")
    if not _private(url):
        hint = f"use https, or unset {TOKEN}"
        raise CmdbError(f"the token would go to {shown(url)} for anyone to read", hint=hint)
    return {**headers, "Authorization": f"Bearer {token}"}


def _private(url: str) -> bool:
    """Whether nobody else reads what is sent there: it is encrypted, or stays on this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return True
    try:
        return parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
