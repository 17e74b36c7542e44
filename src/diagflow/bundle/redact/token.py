"""What stands in the place of a secret.

A token has the shape of its secret: as many characters (at least 8), the same blanks and line ends at the same places,
ASCII where the secret is ASCII and as many bytes in UTF-8 where it is not. Equal secrets have equal tokens under one
key; without the key a token says nothing about its secret, and nobody can make one. It begins with `**`.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from typing import Final

MARK: Final = "*¤※🔒"
"""What the first two characters become, by the number of bytes in UTF-8."""

_SHORTEST: Final = 8
_DIGITS: Final = 24  # of 5 bits, that carry the digest: more would tell nothing more
_MARKS: Final = 2
_PROVES: Final = 2  # digits that prove the key ...
_PROVES_MORE: Final = 4  # ... of a token with at least as many characters:
_LONG: Final = 12
_SMALLEST_MARKED: Final = _MARKS + _PROVES
_ALPHABETS: Final = (
    "abcdefghijklmnopqrstuvwxyz234567",
    "".join(chr(0x00E0 + i) for i in range(32)),
    "".join(chr(0x4E00 + i) for i in range(32)),
    "".join(chr(0x1F600 + i) for i in range(32)),
)
_FILLER: Final = 23
_MOST: Final = _MARKS + _DIGITS + _PROVES_MORE  # characters; what follows are fillers
_MARKED: Final = re.compile(rf"[{MARK}]\s*[{MARK}]")


class Tokens:
    """Makes and recognises the tokens of one key."""

    __slots__ = ("_key", "_originals")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._originals: dict[str, str] = {}

    def of(self, secret: str) -> str:
        """Return the token of a secret; blanks alone are no secret, and a token is its own token."""
        if not secret.strip() or self.made(secret):
            return secret
        layout = secret.ljust(_SHORTEST, "x")
        token = _draw(layout, self._digits(secret, _visible(layout)))
        self._originals[token] = secret
        return token

    def restored(self, text: str) -> str:
        """Return a text with the secrets behind the tokens that this process has made: only for the live terminal."""
        for token in sorted(self._originals, key=len, reverse=True):
            text = text.replace(token, self._originals[token])
        return text

    def made(self, text: str) -> bool:
        """True when `text` is a token that was made with this key."""
        shown = [c for c in text if not c.isspace()]
        if len(text) < _SHORTEST or not shown or any(c != MARK[_width(c)] for c in shown[:_MARKS]):
            return False
        if len(shown) < _SMALLEST_MARKED:
            return all(c == MARK[_width(c)] for c in shown)
        return self._proven([_digit(c) for c in shown[_MARKS:]])

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where tokens of this key stand in a text."""
        position = 0
        while found := _MARKED.search(text, position):
            end = self._end(text, found.start())
            if end > 0:
                yield found.start(), end
            position = max(end, found.start() + 1)

    def _end(self, text: str, start: int) -> int:
        """Return where the token ends whose marks are at `start`; -1 if there is none."""
        shown = _digits_from(text, start)
        end = -1
        for i in range(_SHORTEST - _MARKS, len(shown) + 1):
            filled = i > _MOST - _MARKS  # then one more filler is all that may follow
            if filled and (end != shown[i - 2][0] or shown[i - 1][1] != _FILLER):
                break
            if filled or self._proven([d for _, d in shown[:i]]):
                end = shown[i - 1][0]
        return end

    def _proven(self, digits: list[int]) -> bool:
        count = len(digits) + _MARKS
        return -1 not in digits and digits == self._completed(digits[: _carried(count)], count)

    def _digits(self, secret: str, count: int) -> list[int]:
        if count < _SMALLEST_MARKED:
            return []
        return self._completed(self._mac(b"token", secret.encode(errors="surrogatepass"), _carried(count)), count)

    def _completed(self, digits: list[int], count: int) -> list[int]:
        """Append what proves that `digits` were made with this key, and fill up."""
        proof = self._mac(b"proof", bytes(digits), _proves(count))
        return [*digits, *proof, *[_FILLER] * (count - _MARKS - len(proof) - len(digits))]

    def _mac(self, purpose: bytes, message: bytes, count: int) -> list[int]:
        mac = hmac.digest(self._key, purpose + b"\0" + message, hashlib.sha256)
        return [byte & 31 for byte in mac[:count]]


def _visible(text: str) -> int:
    return sum(not c.isspace() for c in text)


def _proves(count: int) -> int:
    return _PROVES_MORE if count >= _LONG else _PROVES


def _carried(count: int) -> int:
    return min(count - _MARKS - _proves(count), _DIGITS)


def _digit(char: str) -> int:
    return _ALPHABETS[_width(char)].find(char)


def _digits_from(text: str, start: int) -> list[tuple[int, int]]:
    """Return the digits that follow the marks at `start`, each with where it ends."""
    digits: list[tuple[int, int]] = []
    marks = 0
    for i in range(start, len(text)):
        if text[i].isspace():
            continue
        digit = _digit(text[i])
        if marks < _MARKS and text[i] in MARK:
            marks += 1
        elif digit < 0:
            break
        else:
            digits.append((i + 1, digit))
    return digits


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
        out.append(MARK[width] if seen < _MARKS or not digits else _ALPHABETS[width][next(values)])
        seen += 1
    return "".join(out)
