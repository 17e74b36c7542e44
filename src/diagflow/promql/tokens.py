"""PromQL as tokens (`promql/parser/lex.go`)."""

import re
from dataclasses import dataclass
from typing import Final

from diagflow.promql.errors import ParseError
from diagflow.promql.numberscan import Scan

NAME, METRIC, STRING, NUMBER, DURATION, KEYWORD, SIGN, END = (
    "identifier", "metric identifier", "string", "number", "duration", "keyword", "sign", "end of input",
)  # fmt: skip

AGGREGATORS: Final = frozenset(
    (
        "sum",
        "avg",
        "count",
        "min",
        "max",
        "group",
        "stddev",
        "stdvar",
        "topk",
        "bottomk",
        "count_values",
        "quantile",
        "limitk",
        "limit_ratio",
    )
)
_FILLS: Final = frozenset(("fill", "fill_left", "fill_right"))
KEYWORDS: Final = (
    AGGREGATORS
    | _FILLS
    | frozenset(
        (
            "and",
            "or",
            "unless",
            "atan2",
            "offset",
            "smoothed",
            "anchored",
            "by",
            "without",
            "on",
            "ignoring",
            "group_left",
            "group_right",
            "bool",
            "start",
            "end",
            "step",
            "range",
            "max_of",
            "min_of",
        )
    )
)

OPERATORS: Final = frozenset(
    (
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "</",
        ">/",
        "=~",
        "!~",
        "@",
        "and",
        "or",
        "unless",
        "atan2",
    )
)
_SHOWN: Final = 10
"""How much of a token a message shows."""
_BLANK: Final = re.compile(r"(?:[ \t\n\r]+|#[^\n\r]*)+")
_STRING: Final = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`]*`", re.DOTALL)
_WORD: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_PLAIN_WORD: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_SIGN: Final = re.compile(r"==|!=|<=|>=|</|>/|[-+*/%^<>=@,(){}\[\]]")
_IN_BRACES: Final = re.compile(r"=~|!~|!=|=|[,{}]")
_IN_BRACKETS: Final = re.compile(r"[-+*/%^:,()\[\]]")


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its kind, its text, and where it begins."""

    kind: str
    text: str
    start: int

    @property
    def word(self) -> str:
        """The text of a keyword or a sign in lower case, else nothing: what grammar rules compare."""
        return self.text.lower() if self.kind in (KEYWORD, SIGN) else ""

    def described(self) -> str:
        """Return how a message names this token (`Item.desc`)."""
        if self.kind == END:
            return END
        if self.word in AGGREGATORS:
            return f"<aggr:{self.text}>"
        if self.word in OPERATORS:
            return f"<op:{self.text}>"
        if self.kind == KEYWORD:
            return f"<{self.text}>"
        shown = go_quote(self.text[:_SHOWN]) + (
            "..." if len(self.text) > _SHOWN and self.kind not in (NAME, METRIC) else ""
        )
        if self.kind in (NAME, METRIC):
            shown = go_quote(self.text)
        return shown if self.kind == SIGN else f"{self.kind} {shown}"


def go_quote(text: str) -> str:
    """Return a text in double quotes as Go's `%q` does for printable characters."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def tokenize(text: str) -> list[Token]:
    """Return the tokens of an expression; the last one is its end.

    Raises:
        ParseError: a character has no place where it stands, or something is not closed.
    """
    return _Lexer(text).run()


class _Lexer:
    """Where we are: what braces, brackets and parentheses are open."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._braces = self._brackets = False
        self._tokens: list[Token] = []

    def run(self) -> list[Token]:
        while True:
            if blank := _BLANK.match(self._text, self._at):
                self._at = blank.end()
            if self._at == len(self._text):
                return self._end()
            self._step()

    def _end(self) -> list[Token]:
        if self._braces:
            raise self._wrong("unexpected end of input inside braces")
        if self._depth:
            raise self._wrong("unclosed left parenthesis")
        if self._brackets:
            raise self._wrong("unclosed left bracket")
        return [*self._tokens, Token(END, "", self._at)]

    def _step(self) -> None:
        if found := _STRING.match(self._text, self._at):
            return self._emit(STRING, found)
        if self._braces:
            return self._in_braces()
        scan = Scan(self._text, self._at)
        if scan.starts:
            return self._number(scan)
        word = _PLAIN_WORD if self._brackets else _WORD
        if found := word.match(self._text, self._at):
            return self._emit(self._kind_of_word(found), found)
        if found := (_IN_BRACKETS if self._brackets else _SIGN).match(self._text, self._at):
            self._count(found[0])
            return self._emit(SIGN, found)
        raise self._unexpected()

    def _number(self, scan: Scan) -> None:
        taken = self._text[self._at : scan.at]
        if not scan.number and not scan.duration:
            raise self._wrong(f"bad number or duration syntax: {go_quote(taken)}")
        self._tokens.append(Token(NUMBER if scan.number else DURATION, taken, self._at))
        self._at = scan.at

    def _in_braces(self) -> None:
        if found := _PLAIN_WORD.match(self._text, self._at):
            return self._emit(NAME, found)
        if found := _IN_BRACES.match(self._text, self._at):
            self._braces = found[0] != "}"
            return self._emit(SIGN, found)
        raise self._unexpected(" inside braces")

    def _kind_of_word(self, found: re.Match[str]) -> str:
        lower = found[0].lower()
        if lower in ("inf", "nan"):
            return NUMBER
        if lower in _FILLS and not re.compile(r"\s*\(").match(self._text, found.end()):
            return NAME
        if lower in KEYWORDS:
            return KEYWORD
        return METRIC if ":" in found[0] else NAME

    def _count(self, sign: str) -> None:
        self._depth += (sign == "(") - (sign == ")")
        if self._depth < 0:
            self._at += 1
            raise self._wrong("unexpected right parenthesis ')'")
        if sign == "]" and not self._brackets:
            raise self._wrong("unexpected right bracket ']'")
        if sign == "[" and self._brackets:
            raise self._wrong("unexpected left bracket '['")
        self._braces = sign == "{"
        self._brackets = sign == "[" or (self._brackets and sign != "]")

    def _emit(self, kind: str, found: re.Match[str]) -> None:
        self._tokens.append(Token(kind, found[0], self._at))
        self._at = found.end()

    def _unexpected(self, where: str = "") -> ParseError:
        here = self._text[self._at]
        if here in "\"'`":
            return self._wrong("unterminated raw string" if here == "`" else "unterminated quoted string")
        if here == "~" and self._text[self._at - 1 : self._at] == "=":
            self._at -= 1
            return self._wrong("unexpected character after '=': '~'")
        in_range = " in duration expression" if self._brackets else ""
        return self._wrong(f"unexpected character{where}{in_range}: {here!r}")

    def _wrong(self, message: str) -> ParseError:
        return ParseError(message, self._at, self._text)
