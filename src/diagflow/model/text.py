"""Words for people, in English and Simplified Chinese, as templates."""

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_PLACEHOLDERS = re.compile(r"\{[a-z][a-z0-9_]*\}(\s*\{[a-z][a-z0-9_]*\})*")
_LEFT_OUT = re.compile(r"\s*[:：]\s*…$")


@dataclass(frozen=True, slots=True)
class Text:
    """A text in two languages; `{name}` stands for an argument.

    Attributes:
        en: English; always there.
        zh: Simplified Chinese; empty where nobody has translated it, then English is shown.
    """

    en: str
    zh: str = ""

    def placeholders(self) -> frozenset[str]:
        """Return the names that `fill` needs, of both languages."""
        return frozenset(_PLACEHOLDER.findall(self.en)) | frozenset(_PLACEHOLDER.findall(self.zh))

    def fill(self, args: Mapping[str, Any]) -> "Text":
        """Replace each `{name}` by its argument; an unknown name stays as it is."""
        return Text(_fill(self.en, args, str), _fill(self.zh, args, str))

    def unfilled(self) -> "Text":
        """Return the text with `…` for each argument, without what a colon at its end would bring."""
        return Text(*(_LEFT_OUT.sub("", _PLACEHOLDERS.sub("…", text)) for text in (self.en, self.zh)))

    def fill_command(self, args: Mapping[str, Any]) -> "Text":
        """Replace each `{name}` by its argument, quoted for a POSIX shell: no text of data becomes a command."""
        return Text(_fill(self.en, args, _quoted), _fill(self.zh, args, _quoted))

    def lang(self, lang: str) -> str:
        """Return the text in `lang` ("en" or "zh")."""
        return self.zh if lang == "zh" and self.zh else self.en


def _quoted(value: Any) -> str:
    return shlex.quote(str(value))


def _fill(template: str, args: Mapping[str, Any], show: Callable[[Any], str]) -> str:
    def one(match: re.Match[str]) -> str:
        name = match.group(1)
        return show(args[name]) if name in args else match.group(0)

    return _PLACEHOLDER.sub(one, template)
