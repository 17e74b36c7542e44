r"""Characters that deceive or command, made visible before people see them.

Names, messages and log lines are written by whoever can create a pod. A terminal obeys escape sequences, a
bidirectional override turns a sentence around, an invisible character makes two names look alike: each is shown as
its number (`\x1b`, `\u202e`), never passed on.
"""

import re
from typing import Final

# Written as ranges, not by Unicode category: categories change with the version of Python, and output must not.
_BEYOND_ASCII: Final = (
    "\x7f-\x9f"  # DEL and C1: 0x9b alone begins an escape sequence
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0"  # invisible letters and joiners
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # zero width, line separators, bidirectional
    "\ufffe\uffff\U000e0000-\U000e0fff"  # no characters, tags
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_DECEIVING: Final = re.compile(f"[{_BEYOND_ASCII}]")
_UNSEEN: Final = re.compile(f"[\x00-\x1f{_BEYOND_ASCII}\ud800-\udfff]")
_NEWLINE: Final = " ↵ "


def one_line(text: str) -> str:
    """Return `text` as one line in which every character can be seen: line ends become `↵`, tabs blanks."""
    joined = _NEWLINE.join(part.strip("\t ") for part in text.strip().splitlines())
    return visible(joined.replace("\t", " "))


def visible(text: str) -> str:
    """Return `text` with every control, invisible and bidirectional character as its number."""
    return _UNSEEN.sub(_number, text)


def paragraphs(text: str) -> tuple[str, ...]:
    """Split `text` at line ends into its non-empty lines, each with all characters visible."""
    return tuple(visible(line.strip().replace("\t", " ")) for line in text.split("\n") if line.strip())


def command(text: str) -> str:
    """Return a command with every character visible, its own line ends kept."""
    return "\n".join(visible(line) for line in text.strip("\n").split("\n"))


def clip(text: str, limit: int, more: str) -> str:
    """Cut `text` after `limit` characters; `more` is a template that takes the number `{n}` of those left out."""
    left_out = len(text) - limit
    return text if left_out <= 0 else text[:limit].rstrip() + " " + more.format(n=f"{left_out:,}")


def well_formed(text: str) -> str:
    """Replace halves of surrogate pairs, which no encoding can write, by U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def deceives(text: str) -> bool:
    """True when `text` holds a character beyond ASCII that a reader cannot see or that reorders others."""
    return _DECEIVING.search(text) is not None


def escaped(document: str) -> str:
    r"""Write each deceiving character of a JSON document, or of a double-quoted YAML scalar, as `\uXXXX`.

    Such characters stand only inside of strings there, so the document says the same as before.
    """
    return _DECEIVING.sub(_json_escape, document)


def _json_escape(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def _number(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code <= 0xFF:  # noqa: PLR2004  # two hexadecimal digits
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  # four digits
