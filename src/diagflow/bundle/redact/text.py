"""Redacting one string."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import re2

from diagflow.bundle.redact.names import is_password_name, is_secret
from diagflow.bundle.redact.patterns import might_hold_secrets, scheme_before, secrets_in, user_info_of
from diagflow.bundle.redact.token import Tokens

_REMEMBERED: Final = 20_000  # strings; messages repeat
_LONGEST: Final = 2_000  # characters of what is worth remembering
_OPTION: Final = re2.compile(r"-{0,2}[\w.-]+")


class Texts:
    """Redacts strings with the tokens of one key; the same string always becomes the same."""

    __slots__ = ("_known", "_tokens")

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._known: dict[str, str] = {}

    def text(self, value: str, *, config: bool = False) -> str:
        """Replace the secrets in a text."""
        if config:
            return self._replaced(_encodable(value), config=True)
        known = self._known.get(value)
        if known is None:
            known = self._replaced(_encodable(value), config=False)
            if len(value) <= _LONGEST and len(self._known) < _REMEMBERED:
                self._known[value] = known
        return known

    def named(self, name: str, value: str) -> str:
        """Replace a value that is a secret as a whole, as its name says; of a URL scheme, host and port stay."""
        head = 0 if is_password_name(name) else _to_host(value)
        if not head:
            start = scheme_before(value)
            return value[:start] + self._tokens.of(value[start:])
        scheme, slashes, authority = value[:head].partition("://")
        user_info = user_info_of(authority)
        return scheme + slashes + self._user(user_info) + authority[len(user_info) :] + self._tokens.of(value[head:])

    def arguments(self, values: Sequence[Any]) -> list[Any]:
        """Replace the secrets in the arguments of a program, also those that follow an option of their own."""
        out: list[Any] = []
        option = ""
        for value in values:
            out.append(self._argument(option, value) if isinstance(value, str) else value)
            option = value if isinstance(value, str) and value.startswith("-") else ""
        return out

    def _argument(self, option: str, value: str) -> str:
        if option and not value.startswith("-") and is_secret(option, value):
            return self.named(option, value)
        if option in ("-u", "--user") and ":" in value and "://" not in value:
            return self._user(value)
        name, equals, rest = value.partition("=")
        if equals and _OPTION.fullmatch(name) and is_secret(name, rest):
            return f"{name}={self.named(name, rest)}"
        return self.text(value)

    def _user(self, user_info: str) -> str:
        """Replace the password of `user:password`; without one the name is the secret."""
        name, colon, password = user_info.partition(":")
        return name + colon + self._tokens.of(password) if colon else self._tokens.of(name)

    def _replaced(self, value: str, *, config: bool) -> str:
        if not might_hold_secrets(value):
            return value
        made = list(self._tokens.spans(value))
        out, last = [], 0
        for start, end in secrets_in(value, config=config):
            if any(start < b and a < end for a, b in made):
                continue  # it was redacted before
            out += [value[last:start], self._tokens.of(value[start:end])]
            last = end
        return "".join([*out, value[last:]])


def _encodable(value: str) -> str:
    """Return the text without halves of surrogate pairs, which no file can hold."""
    return value if value.isascii() else value.encode(errors="replace").decode()


def _to_host(value: str) -> int:
    """Return how many characters of a URL go up to its host and port; 0 if it is none."""
    try:
        parts = urlsplit(value)
        is_url = "://" in value and parts.scheme and parts.hostname and parts.port != 0 and not value.split()[1:]
    except ValueError:
        return 0
    return len(parts.scheme) + 3 + len(parts.netloc) if is_url else 0
