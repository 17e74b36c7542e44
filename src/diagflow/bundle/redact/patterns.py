"""Where secrets stand in a text, by their own form or by what stands before them.

The patterns are RE2: they take linear time, whatever the text.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import re2

from diagflow.bundle.redact.names import SIGNS, is_dns_name, is_password_name, is_secret, is_version

Span = tuple[int, int]

_KEYS_IN_BASE64: Final = "BSU0EgUFJJVk|BQUklWQVRF|BFQyBQUklW|BPUEVOU1NI|BFTkNSWVBU|BEU0EgUFJJVk|BQR1AgUFJJVk"
_TOKENS: Final = (
    r"eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,3}",  # JWT, JWE
    r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}",  # AWS
    r"gh[pousr]_[A-Za-z0-9]{20,}",  # GitHub
    r"github_pat_[A-Za-z0-9_]{20,}",
    r"\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_.-]{16,}",  # GitLab
    r"xox[abeoprs]-[A-Za-z0-9-]{8,}",  # Slack
    r"xapp-[A-Za-z0-9-]{8,}",
    r"[spr]k_(?:live|test)_[A-Za-z0-9]{10,}",  # Stripe
    r"\bsk-[A-Za-z0-9_-]{20,}",
    r"AIza[A-Za-z0-9_-]{30,}",  # Google
    r"\bya29\.[A-Za-z0-9_-]{20,}",
    r"GOCSPX-[A-Za-z0-9_-]{20,}",
    r"\bnpm_[A-Za-z0-9]{30,}",
    r"\bpypi-[A-Za-z0-9_-]{40,}",
    r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",  # SendGrid
    r"\bdo[opr]_v1_[a-f0-9]{40,}",  # DigitalOcean
    r"\bhf_[A-Za-z0-9]{30,}",
    r"\bhv[sbr]\.[A-Za-z0-9_-]{20,}",  # Vault
    r"\bgl(?:sa|c)_[A-Za-z0-9_+/=]{20,}",  # Grafana
    r"dckr_pat_[A-Za-z0-9_-]{20,}",  # Docker
    r"AGE-SECRET-KEY-1[A-Z0-9]{40,}",
    r"\b[0-9]{8,10}:[A-Za-z0-9_-]{35}",  # Telegram
    r"\bSEC[a-f0-9]{60,}",  # DingTalk's signing secret
    rf"LS0tLS1CRUdJTi(?:{_KEYS_IN_BASE64})[A-Za-z0-9+/=_-]*",  # "-----BEGIN RSA PRIVATE KEY" in base64
    r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9/_-]+)",
    r"discord(?:app)?\.com/api/webhooks/([A-Za-z0-9/_-]+)",
    r"webhook\.office\.com/([A-Za-z0-9/@_-]+)",
)
_BREAKS: Final = r"(?:\s|\\[nr])*"
_CUT_OFF: Final = r"(?:\s|\\[nr]|[A-Za-z0-9+/=]{30,})*[A-Za-z0-9+/=]*"  # the rest of a key without its end
_QUOTE: Final = r"(?:\\?[\"'])?"
_PASSWORD_FOLLOWS: Final = (
    r"\bsshpass\s+-p\s*",
    r"\bmysql(?:dump|admin|show|import|check)?\b[^|;&\n]*?\s-p",
    r"\bmariadb[\w-]*\b[^|;&\n]*?\s-p",
    r"\bredis-cli\b[^|;&\n]*?\s-a\s+",
    r"\b(?:curl|wget)\b[^|;\n]*?\s(?:-u|--user)[\s=]*[\"']?[^\s:\"']+:",
    r"\b(?:requirepass|masterauth|identified\s+by|login\s+\S+\s+password)\s+",
    r"\bpassword\s+[\"']",
)
_BEFORE_PASSWORD: Final = "|".join(_PASSWORD_FOLLOWS)
_CONTEXTS: Final = (
    rf"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----{_BREAKS}(?:([\s\S]*?){_BREAKS}-----END|({_CUT_OFF}))",
    rf"(?i)\b(?:set-)?cookie{_QUOTE}\s*:\s*{_QUOTE}([^\"'\r\n]+)",
    r"\\?[\"'](?:auth|identitytoken|registrytoken)\\?[\"']\s*:\s*\\?[\"']([A-Za-z0-9+/=_.-]{4,})",  # of a registry
    r"[\w.-]+:(\S+)@(?:tcp|udp|unix)\(",  # user:password@tcp(host:3306)/db
    rf"(?i)(?:{_BEFORE_PASSWORD})[\"']?([^\s\"']+)",
)
_NAME: Final = rf"[a-z0-9_.\-]*(?:{SIGNS}|[a-z0-9_.-]pass|\bpass|\bsig|secret.?id)[a-z0-9_\-]*"
_NAMED: Final = re2.compile(
    rf"(?i)({_NAME})(\\?[\"']?[\s,]*\\?[\"']?\bvalue{_QUOTE}\s*[:=]\s*|{_QUOTE}\]?\s*(?:=>|:=|==|=|:)\s*|\s+)"
)
_LINE: Final = re2.compile(rf"(?im)^[\s#>-]*[\"']?({_NAME})[\"']?[ \t]*[:=][ \t]*[\"']?([^\r\n\"']+)")
_XML: Final = re2.compile(rf"(?i)<({_NAME})>([^<]+)")
_SCHEME: Final = re2.compile(
    rf"(?i)\bauthorization{_QUOTE}\s*[:=]\s*{_QUOTE}(?:basic|bearer|token|apikey|digest|negotiate|splunk)\s+([^\s\"'\\,]+)|"
    r"\b(?:bearer|basic)\s+([A-Za-z0-9+/=_.~-]{12,})"
)
_ONLY_SCHEME: Final = re2.compile(r"(?i)(?:basic|bearer|token|apikey|digest|negotiate|splunk)\s+")
_BARE: Final = re2.compile(r"[^\s\"']+")
_PARAMETER: Final = re2.compile(r"[A-Za-z_][\w.\-]*=")
_OPENED: Final = {")": "(", "]": "[", "}": "{"}
_LONG_ENOUGH: Final = 8  # characters of what looks random behind "token: "
_MIGHT: Final = re2.compile(
    rf"(?i){SIGNS}|pass|sig=|://|eyJ|AKIA|ASIA|ABIA|ACCA|gh[pousr]_|\bgl[a-z]+[-_]|xox|xapp-|[spr]k[_-]|AIza|github_pat|ya29|GOCSPX|"
    r"npm_|pypi-|SG\.|do[opr]_v1|hf_|hv[sbr]\.|dckr_|AGE-|[0-9]{8}:|SEC[a-f0-9]{8}|LS0tLS1C|PRIVATE KEY|hooks\.slack|"
    r"webhook|basic\s|auth|@(?:tcp|udp|unix)\(|curl|wget|sshpass|mysql|mariadb|redis-cli|identified|secret.?id"
)
_BY_FORM: Final = re2.compile("|".join(_TOKENS))
_BY_CONTEXT: Final = tuple(re2.compile(c) for c in _CONTEXTS)


def might_hold_secrets(text: str) -> bool:
    """Return False only when `secrets_in` would find nothing: a quick look."""
    return _MIGHT.search(text) is not None


def secrets_in(text: str, *, config: bool = False) -> list[Span]:
    """Return where secrets stand in a text, in order, without overlap.

    Args:
        text: any text.
        config: it is a configuration file: what follows a secret's name is the secret up to the end of the line.
    """
    if not might_hold_secrets(text):
        return []
    finders: list[Callable[[str], Iterator[Span]]] = [_by_form, _by_context, _by_scheme, _by_name, _in_xml, _in_urls]
    if config:
        finders.append(_by_line)
    return _apart([span for find in finders for span in find(text) if span[0] < span[1]])


def _apart(spans: list[Span]) -> list[Span]:
    """Return the spans without what is in an earlier or longer one already."""
    apart: list[Span] = []
    last = 0
    for start, end in sorted(spans, key=lambda s: (s[0], -s[1])):
        if end > last:
            apart.append((max(start, last), end))
            last = end
    return apart


def _secret_part(pattern: Any, found: Any) -> Span:
    """Return the span of the group that matched, of the whole match if the pattern has none."""
    for group in range(1, pattern.groups + 1):
        start, end = found.span(group)
        if start >= 0:
            return start, end
    start, end = found.span()
    return start, end


def _by_form(text: str) -> Iterator[Span]:
    """Yield what is a secret by its own form; names of Kubernetes objects, in lower case, may begin like one."""
    for found in _BY_FORM.finditer(text):
        if not is_dns_name(found.group()) or found.group().startswith("xox"):
            yield _secret_part(_BY_FORM, found)


def _by_context(text: str) -> Iterator[Span]:
    for pattern in _BY_CONTEXT:
        for found in pattern.finditer(text):
            yield _secret_part(pattern, found)


def _by_scheme(text: str) -> Iterator[Span]:
    """Yield what follows `Bearer` and `Basic`; not the words of a sentence about them."""
    for found in _SCHEME.finditer(text):
        start, end = _secret_part(_SCHEME, found)
        value = text[start:end].rstrip(".")
        if not value.isalpha() or not (value.islower() or value.istitle()):
            yield start, end


def _by_name(text: str) -> Iterator[Span]:
    """Yield the values of what is called like a secret: `password=...`, `"token": "..."`, `--api-key ...`."""
    for found in _NAMED.finditer(text):
        name, op = found.group(1), found.group(2)
        start, end, quoted = _value_at(text, found.end())
        start += scheme_before(text[start:end])
        if start < end and _is_value(name, op, text[start:end], quoted=quoted):
            yield start, end


def scheme_before(value: str) -> int:
    """Return how many characters of the value of a header only name the scheme: `Bearer `."""
    found = _ONLY_SCHEME.match(value)
    return int(found.end()) if found else 0


def _value_at(text: str, start: int) -> tuple[int, int, bool]:
    """Return where the value that begins at `start` stands, without its quotes."""
    for quote in ('\\"', "\\'", '"', "'"):
        if text.startswith(quote, start):
            return start + len(quote), _closing(text, quote, start + len(quote)), True
    if text.startswith("{{", start):
        return start, start, False  # a template: what is filled in is not here
    found = _BARE.match(text, start)
    return start, start + len(_bare(found.group())) if found else start, False


def _closing(text: str, quote: str, start: int) -> int:
    """Return where a quoted value ends: at the same quote, at the latest at the end of the text."""
    end = text.find(quote, start)
    while end > 0 and len(quote) == 1 and text[end - 1] == "\\" and end > start:
        end = text.find(quote, end + 1)
    return end if end >= 0 else len(text)


def _bare(value: str) -> str:
    """Cut where the next parameter begins, and the punctuation of the text around."""
    for i, char in enumerate(value):
        if char in "&;," and _PARAMETER.match(value, i + 1):
            return value[:i]
    value = value.rstrip(",;")
    while value[-1:] in _OPENED and value.count(_OPENED[value[-1]]) < value.count(value[-1]):
        value = value[:-1].rstrip(",;")
    return value


def _is_value(name: str, op: str, value: str, *, quoted: bool) -> bool:
    """Tell `token: 8f3a...` from a sentence such as `failed to fetch token: connection refused`."""
    sign = op.strip("\"'\\] \t\r\n")
    if not is_secret(name.lstrip("-"), value):
        return False
    if not sign:
        return name.startswith("-") and not value.startswith("-")
    if "=" in sign or "value" in sign or (quoted and op[:1] in ("'", '"', "\\")):
        return True
    return not _opens(value, quoted=quoted) and _follows_colon(name, value, spaced=op[-1:].isspace())


def _opens(value: str, *, quoted: bool) -> bool:
    """True where more names follow: `"secret":{"name": ...`."""
    return not quoted and value[:1] in ("{", "[")


def _follows_colon(name: str, value: str, *, spaced: bool) -> bool:
    """Judge an unquoted name, a colon and a value: a setting, the tag of an image, or prose."""
    if name.lower() == "pass" or _URL.match(value):
        return False
    if is_password_name(name):
        return True
    if not spaced:
        return not is_version(value) and not (is_dns_name(value) and value.isalpha())
    return len(value) >= _LONG_ENOUGH and any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


def _by_line(text: str) -> Iterator[Span]:
    for found in _LINE.finditer(text):
        value = found.group(2).rstrip()
        if is_secret(found.group(1), value):
            yield found.start(2), found.start(2) + len(value)


def _in_xml(text: str) -> Iterator[Span]:
    for found in _XML.finditer(text):
        if is_secret(found.group(1), found.group(2).strip()):
            yield found.span(2)


_URL: Final = re2.compile(r"(?i)\b[a-z][a-z0-9+.-]*://([^\s\"'<>`\\]+)")
_TOKEN_LIKE: Final = 16  # characters: longer than names of users, shorter than tokens


def _in_urls(text: str) -> Iterator[Span]:
    """Yield the password of each URL, or a user name that is long enough to be a token."""
    for found in _URL.finditer(text):
        start, user_info = found.start(1), user_info_of(found.group(1))
        name, colon, password = user_info.partition(":")
        if colon and password and is_secret("password", password):
            yield start + len(name) + 1, start + len(user_info)
        elif not colon and len(name) >= _TOKEN_LIKE:
            yield start, start + len(name)


def user_info_of(rest: str) -> str:
    """Return what stands before the `@` of a URL's host, also where the password was not encoded.

    Args:
        rest: what follows `://`.
    """
    ends = [i for i in (rest.find(c) for c in "/?#") if i >= 0]
    authority = rest[: min(ends)] if ends else rest
    at = authority.rfind("@")
    if at < 0 and not _is_host(authority):
        at = rest.rfind("@")
    return "" if at < 0 or rest.startswith(("sha256:", "sha512:"), at + 1) else rest[:at]


def _is_host(authority: str) -> bool:
    """True for `host`, `host:80` and `[::1]:80`, False for `user:password`."""
    name, colon, port = authority.rpartition(":")
    return not colon or port.isdigit() or authority.startswith("[") or not name or not port
