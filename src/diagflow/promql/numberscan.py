"""Where a number or a duration ends in an expression (`lexNumberOrDuration`, `scanNumber` in Prometheus' lexer)."""

import re
from typing import Final

_STARTS: Final = re.compile(r"\.?[0-9]")
_HEX: Final = re.compile(r"0[xX]_?")
_WORD: Final = re.compile(r"[0-9A-Za-z_]")
_DIGITS: Final = "0123456789"
_HEX_DIGITS: Final = _DIGITS + "abcdefABCDEF"


class Scan:
    """What stands at a place: a number, a duration, or neither, up to `at`."""

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self.at = start
        self.starts = bool(_STARTS.match(text, start))
        """Whether it begins like a number."""
        self.number = self.starts and self._number()
        self.duration = self.starts and not self.number and self._duration()

    def _number(self) -> bool:
        digits = _DIGITS
        if found := _HEX.match(self._text, self.at):
            digits, self.at = _HEX_DIGITS, found.end()
        self._takes(".")
        self._takes(digits)
        seen: set[str] = set()
        while one := self._next(digits + "._eE"):
            kind = one if one in "._" else "e" if one in "eE" else ""
            if not kind:
                self._run(digits)
            elif not self._mark(kind, seen, digits):
                return False
        return not self._word_follows()

    def _mark(self, kind: str, seen: set[str], digits: str) -> bool:
        """Take a dot, an exponent or an underscore, and say whether a number may go on after it."""
        self.at += 1
        if kind in seen:
            return False
        if kind == ".":
            seen.add(kind)
            return not self._takes("_.") and digits is _DIGITS
        if kind == "e":
            seen.add(kind)
            self._takes("+-")
        return not self._takes("._eE") and self.at < len(self._text)

    def _duration(self) -> bool:
        if not self._takes("smhdwy"):
            return False
        self._takes("s")
        while self._run(_DIGITS):
            if not self._takes("smhdw"):
                return False
            self._takes("s")
        if self._word_follows():
            self.at += 1
            return False
        return True

    def _word_follows(self) -> bool:
        return bool(_WORD.match(self._text, self.at))

    def _next(self, among: str) -> str:
        one = self._text[self.at : self.at + 1]
        return one if one and one in among else ""

    def _run(self, among: str) -> bool:
        start = self.at
        while self._next(among):
            self.at += 1
        return self.at > start

    def _takes(self, among: str) -> bool:
        found = bool(self._next(among))
        self.at += found
        return found
