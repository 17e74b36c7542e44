"""Tokens one after the other, as a parser reads them."""

from typing import Final

from diagflow.promql.durations import parse_duration
from diagflow.promql.errors import ParseError
from diagflow.promql.numbers import parse_number
from diagflow.promql.strings import unquote
from diagflow.promql.tokens import DURATION, END, NUMBER, STRING, Token, tokenize

MAX_NESTING: Final = 100
"""How many brackets may be open: more are no question of people."""
MAX_DEPTH: Final = 250
"""How deep a syntax tree may be; `a + b + c` is two deep."""


class Stream:
    """The tokens of one expression, and the errors that know their place in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = tokenize(text)
        self._at = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._at]

    def ahead(self, count: int = 1) -> Token:
        """Return a later token, or the last one."""
        return self._tokens[min(self._at + count, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Return the next token and go on."""
        token = self.token
        self._at += token.kind != END
        return token

    def accept(self, *words: str) -> Token | None:
        """Take the next token if it is one of these keywords or signs."""
        return self.take() if self.token.word in words else None

    def expect(self, word: str, context: str, expected: str = "") -> Token:
        """Take this keyword or sign.

        Raises:
            ParseError: something else comes.
        """
        return self.accept(word) or self._raise(self.unexpected(context, expected))

    def unexpected(self, context: str = "", expected: str = "") -> ParseError:
        """Return the error that the next token has no place here (`parser.unexpected`)."""
        return self.wrong(
            f"unexpected {self.token.described()}{context and f' in {context}'}{expected and f', expected {expected}'}"
        )

    def wrong(self, message: str, at: int | None = None) -> ParseError:
        """Return an error at the next token, or at a place."""
        return ParseError(message, self.token.start if at is None else at, self.text)

    def number(self) -> float:
        """Take a number or a duration, in seconds."""
        token = self.take()
        try:
            return parse_duration(token.text) / 1000 if token.kind == DURATION else parse_number(token.text)
        except ValueError as error:
            message = str(error) if token.kind == DURATION else f"error parsing number: {error}"
            raise self.wrong(message, token.start) from None

    def at_number(self) -> bool:
        """Return whether a number or a duration comes next."""
        return self.token.kind in (NUMBER, DURATION)

    def string(self) -> str:
        """Take a string."""
        token = self.take()
        if token.kind != STRING:
            raise self.wrong("a string is expected", token.start)
        try:
            return unquote(token.text)
        except ValueError as error:
            raise self.wrong(f"error unquoting string {token.text}: {error}", token.start) from None

    @staticmethod
    def _raise(error: ParseError) -> Token:
        raise error
