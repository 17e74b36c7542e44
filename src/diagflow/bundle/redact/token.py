"""What stands in the place of a secret.

A token has the shape of its secret: as many characters (at least 8), the same blanks and line ends at the same places,
ASCII where the secret is ASCII and as many bytes in UTF-8 where it is not. Equal secrets have equal tokens under one
key; without the key a token says nothing about its secret, and nobody can make one. It begins with `**`.
"""

import hashlib
import hmac
from typing import Final

MARK: Final = "*¤※🔒"
"""What the first two characters become, by the number of bytes in UTF-8."""

_SHORTEST: Final = 8
_DIGITS: Final = 24  # of 5 bits, that carry the digest: more would tell nothing more
_SMALLEST_MARKED: Final = 4  # characters: two marks and two that prove the key
_ALPHABETS: Final = (
    "abcdefghijklmnopqrstuvwxyz234567",
    "".join(chr(0x00E0 + i) for i in range(32)),
    "".join(chr(0x4E00 + i) for i in range(32)),
    "".join(chr(0x1F600 + i) for i in range(32)),
)
_FILLER: Final = 23


class Tokens:
    """Makes and recognises the tokens of one key."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, secret: str) -> str:
        """Return the token of a secret; blanks alone are no secret, and a token is its own token."""
        if not secret.strip() or self.made(secret):
            return secret
        layout = secret.ljust(_SHORTEST, "x")
        return _draw(layout, self._digits(secret, _visible(layout)))

    def made(self, text: str) -> bool:
        """True when `text` is a token that was made with this key."""
        shown = [c for c in text if not c.isspace()]
        if len(text) < _SHORTEST or not shown or any(c != MARK[_width(c)] for c in shown[:2]):
            return False
        if len(shown) < _SMALLEST_MARKED:
            return all(c == MARK[_width(c)] for c in shown)
        digits = [_ALPHABETS[_width(c)].find(c) for c in shown[2:]]
        return -1 not in digits and digits == self._completed(digits[: _carried(len(shown))], len(shown))

    def _digits(self, secret: str, count: int) -> list[int]:
        if count < _SMALLEST_MARKED:
            return []
        return self._completed(self._mac(b"token", secret.encode(errors="surrogatepass"), _carried(count)), count)

    def _completed(self, digits: list[int], count: int) -> list[int]:
        """Append what proves that `digits` were made with this key, and fill up."""
        proof = self._mac(b"proof", bytes(digits), 2)
        return [*digits, *proof, *[_FILLER] * (count - 4 - len(digits))]

    def _mac(self, purpose: bytes, message: bytes, count: int) -> list[int]:
        mac = hmac.digest(self._key, purpose + b"\0" + message, hashlib.sha256)
        return [byte & 31 for byte in mac[:count]]


def _visible(text: str) -> int:
    return sum(not c.isspace() for c in text)


def _carried(count: int) -> int:
    return min(count - _SMALLEST_MARKED, _DIGITS)


def _width(char: str) -> int:
    """Return the number of bytes in UTF-8, from 0."""
    code = ord(char)
    return (code > 0x7F) + (code > 0x7FF) + (code > 0xFFFF)  # noqa: PLR2004  # the limits of UTF-8


def _draw(layout: str, digits: list[int]) -> str:
    """Put marks, then digits, in the places that are no blanks."""
    values = iter(digits)
    seen = 0
    out = []
    for char in layout:
        if char.isspace():
            out.append(char)
            continue
        width = _width(char)
        out.append(MARK[width] if seen < 2 or not digits else _ALPHABETS[width][next(values)])  # noqa: PLR2004
        seen += 1
    return "".join(out)
