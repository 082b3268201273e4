"""What a secret looks like: shapes that are hardly ever anything else, and names of fields that hold nothing else.

Nothing here judges by randomness, so digests, identifiers and serial numbers never alarm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

HIDDEN = "***"
"""Stands in text for a secret that was taken out."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """`needle` is text that every such secret contains; the pattern's only group is the part to hide."""

    called: str
    needle: str
    pattern: re.Pattern[str]


def is_reference(value: str) -> bool:
    """Whether the value says where the secret is kept, instead of giving it."""
    return bool(_REFERENCE.fullmatch(value))


def looks_secret(value: str, name: str = "") -> str | None:
    """What the value looks like (`a private key`), or None. `name` is the field's own name, where it has one: a text
    in `admin_password` is a password, whatever it looks like."""
    for shape in () if unsuspicious(value) else _SHAPES:
        if shape.needle in value and any(not _harmless(found[1]) for found in shape.pattern.finditer(value)):
            return shape.called
    if name and names_secret(name) and _BARE_WORD.fullmatch(value) and not (_harmless(value) or _is_version(value)):
        return "a password"
    return None


@lru_cache(4096)
def names_secret(name: str) -> bool:
    """Whether a field of this name holds nothing but secrets."""
    return bool(_SECRET_NAME.search(_HUMP.sub("_", name)))


def mask(text: str) -> str:
    """The text with `***` in place of everything that looks like a secret."""
    for shape in () if unsuspicious(text) else _SHAPES:
        if shape.needle in text:
            text = shape.pattern.sub(_hide, text)
    return text


def unsuspicious(text: str) -> bool:
    """Whether a text plainly holds no secret, as most do: tokens are longer, other shapes have one of these signs."""
    return len(text) < _SHORTEST_TOKEN and "=" not in text and "@" not in text


def _hide(found: re.Match[str]) -> str:
    if _harmless(found[1]):
        return found[0]
    start, end = found.span(1)
    return found[0][: start - found.start()] + HIDDEN + found[0][end - found.start() :]


def _harmless(word: str) -> bool:
    return bool(_PLACEHOLDER.fullmatch(word)) or is_reference(word)


def _is_version(word: str) -> bool:
    """Packages are called `passwd` and `base-passwd`; what stands beside their names is a version."""
    return bool(_VERSION.fullmatch(word))


_SHORTEST_TOKEN = 20
_REFERENCE = re.compile(r"(?:vault|env|sops):\S+")
_VERSION = re.compile(r"(?:[0-9]+:)?[0-9]+(?:\.[0-9]+)+[A-Za-z0-9.+~:_-]*")
_BARE_WORD = re.compile(r"[^\s/]\S*")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SECRET_NAME = re.compile(
    r"(?i)(?:^|[_. -])(?:password|passwd|passphrase|pwd|api[_-]?key|secret[_-]?key|access[_-]?token|auth[_-]?token|"
    r"client[_-]?secret)$"
)
_PLACEHOLDER = re.compile(
    r"(?i)[*x.•]+|<.*>|\[.*\]|\$\w+|\$\{.*|\$\(.*|\{.*\}|%\w+%|%s|%\(.*|!+|redacted|masked|hidden|encrypted|true|false|"
    r"yes|no|none|null|nil|n/a|set|unset|locked|unlocked|required|optional|enabled|disabled|expired|prompt|ask"
)


def _shape(called: str, needle: str, pattern: str) -> _Shape:
    return _Shape(called, needle, re.compile(pattern))


def _token(called: str, needle: str, pattern: str) -> _Shape:
    """A shape that begins where a word begins, which also keeps the search linear."""
    return _shape(called, needle, rf"(?<![A-Za-z0-9_-])({pattern})")


_SHAPES = (
    _shape(
        "a private key",
        "PRIVATE KEY",
        r"(-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----))*(?:-----END[^-]*-----)?)",
    ),
    _token("a private key of PuTTY", "PuTTY-User-Key-File-", r"PuTTY-User-Key-File-\d[\s\S]*"),
    _token("a private key of age", "AGE-SECRET-KEY-", r"AGE-SECRET-KEY-1[0-9A-Z]{20,}"),
    _token("an AWS access key", "AKIA", r"AKIA[A-Z0-9]{16}(?![A-Za-z0-9])"),
    _token("an AWS access key", "ASIA", r"ASIA(?=[A-Z]*[2-7])[A-Z2-7]{16}(?![A-Za-z0-9])"),
    _shape("an AWS secret key", "secret_access_key", r"aws_secret_access_key[\"']?\s*[=:]\s*[\"']?([A-Za-z0-9/+]{40})"),
    _token("a GitHub token", "gh", r"gh[pousr]_[A-Za-z0-9]{36,}"),
    _token("a GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9_]{36,}"),
    _token("a GitLab token", "gl", r"gl(?:pat|ptt|dt|rt|soat|ft|cbt|agent|imt|oas)-[A-Za-z0-9_.-]{20,}"),
    _token("a Slack token", "xox", r"xox[abeoprs]-[A-Za-z0-9-]{15,}"),
    _token("a Slack token", "xapp-", r"xapp-\d-[A-Za-z0-9-]{15,}"),
    _shape("a Slack webhook", "hooks.slack.com/", r"hooks\.slack\.com/(?:services|workflows)/([A-Za-z0-9/_-]{20,})"),
    _token("a JSON Web Token", "eyJ", r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    _token("a Google API key", "AIza", r"AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    _token("a Stripe key", "k_live_", r"[sr]k_live_[A-Za-z0-9]{16,}"),
    _token("an npm token", "npm_", r"npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
    _token("a PyPI token", "pypi-AgEI", r"pypi-AgEI[A-Za-z0-9_-]{50,}"),
    _token("a SendGrid key", "SG.", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    _token("a HashiCorp Vault token", "hv", r"hv[sbr]\.[A-Za-z0-9_-]{24,}"),
    _token("an Anthropic key", "sk-ant-", r"sk-ant-[A-Za-z0-9_-]{20,}"),
    _token("an OpenAI key", "sk-", r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}"),
    _token("a DigitalOcean token", "do", r"do[opr]_v1_[a-f0-9]{64}"),
    _shape("a shared key of Azure", "Key=", r"(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{40,}={0,2})"),
    _shape(
        "an HTTP credential", "uthorization", r"[Aa]uthorization[\"':= ]{1,5}(?:Basic|Bearer) ([A-Za-z0-9+/=._~-]{8,})"
    ),
    _shape("a URL with a password", "://", r"://[^\s/:@?#\"'<>]{0,200}:([^\s/@?#\"']{1,500})@"),
    _shape(
        "a connection string with a password",
        "@",
        r"(?<![^\s\"'=])[A-Za-z0-9_.-]{1,100}:([^\s:@/]{1,500})@(?:tcp|unix)\(",
    ),
    _shape(
        "a connection string with a password",
        "=",
        r"(?i)(?<![A-Za-z0-9_.$%-])(?:password|passwd|(?<=;)\s{0,4}pwd|client_secret|api_?key|access_token)"
        r"\s{0,4}=\s{0,4}[\"']?([^\s;&\"',)]{1,500})",
    ),
    _shape("a password of a network device", "7 ", r"\b(?:password|key|md5) 7 ((?:[0-9A-F]{2}){7,})\b"),
)
