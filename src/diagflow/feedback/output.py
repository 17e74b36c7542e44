"""One door for all formats: `render` gives a string, `print_diagnosis` puts it where people or programs read it."""

import codecs
import locale
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final

from diagflow.feedback.visible import well_formed
from diagflow.feedback.words import LANGUAGES
from diagflow.model import BadInput
from diagflow.model.diagnosis import Diagnosis

if TYPE_CHECKING:
    from diagflow.feedback.changes import Told
    from diagflow.feedback.lines import Line

DATA: Final = ("json", "yaml")
"""Formats for programs: English unless somebody says otherwise."""

_LANG_CHINESE: Final = 0x04  # primary language id of Windows
_READABLE: Final = "diagflow-readable"
_PAINTED: Final = ("FORCE_COLOR", "TTY_COMPATIBLE")
"""With one of these, rich may find that a pipe is a terminal."""
_SIMPLER: Final = {
    "…": "...", "·": "-", "→": "->", "←": "<-", "—": "-", "–": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "×": "x",
    "√": "ok", "≥": ">=", "≤": "<=", "µ": "u",
}  # fmt: skip
"""What stands for characters that the code pages of old consoles lack."""


def render(
    diagnosis: Diagnosis,
    format: str,  # noqa: A002  # the word that users know
    lang: str = "en",
    *,
    color: bool = False,
    width: int | None = None,
    verbose: bool = False,
    tz: tzinfo | None = None,
) -> str:
    """Return a diagnosis in one format; a function of its arguments alone.

    Args:
        diagnosis: what to show.
        format: `text`, `json`, `yaml`, `markdown` or `html`.
        lang: "en" or "zh".
        color: with ANSI colours (`text`).
        width: cells of a line (`text`); None breaks no line.
        verbose: the whole decision path and all evidence (`text`); `html` always holds both.
        tz: zone for the times that people read; None is the system's. `json` and `yaml` are in UTC.

    Raises:
        BadInput: no such format or language.
    """
    if lang not in LANGUAGES:
        raise BadInput(f"no language {lang!r}: write one of {', '.join(LANGUAGES)}")
    renderers: Mapping[str, Callable[[], str]] = {
        "text": lambda: _text(diagnosis, lang, tz, color=color, width=width, verbose=verbose),
        "json": lambda: _json(diagnosis, lang),
        "yaml": lambda: _yaml(diagnosis, lang),
        "markdown": lambda: _markdown(diagnosis, lang, tz),
        "html": lambda: _html(diagnosis, lang, tz),
    }
    if format not in renderers:
        raise BadInput(f"no format {format!r}: write one of {', '.join(renderers)}")
    return renderers[format]()


# Each format is loaded when it is asked for: `-o json` needs neither rich nor Jinja.


def _text(diagnosis: Diagnosis, lang: str, tz: tzinfo | None, *, color: bool, width: int | None, verbose: bool) -> str:
    from diagflow.feedback.build import build  # noqa: PLC0415
    from diagflow.feedback.text import text  # noqa: PLC0415

    return text(build(diagnosis, lang, tz), color=color, width=width, verbose=verbose)


def _json(diagnosis: Diagnosis, lang: str) -> str:
    from diagflow.feedback.structured import as_json  # noqa: PLC0415
    from diagflow.feedback.wire import to_wire  # noqa: PLC0415

    return as_json(to_wire(diagnosis, lang))


def _yaml(diagnosis: Diagnosis, lang: str) -> str:
    from diagflow.feedback.structured import as_yaml  # noqa: PLC0415
    from diagflow.feedback.wire import to_wire  # noqa: PLC0415

    return as_yaml(to_wire(diagnosis, lang))


def _markdown(diagnosis: Diagnosis, lang: str, tz: tzinfo | None) -> str:
    from diagflow.feedback.build import build  # noqa: PLC0415
    from diagflow.feedback.markdown import markdown  # noqa: PLC0415

    return markdown(build(diagnosis, lang, tz))


def _html(diagnosis: Diagnosis, lang: str, tz: tzinfo | None) -> str:
    from diagflow.feedback.build import build  # noqa: PLC0415
    from diagflow.feedback.html import html  # noqa: PLC0415

    return html(build(diagnosis, lang, tz))


def print_diagnosis(
    diagnosis: Diagnosis,
    format: str,  # noqa: A002  # as in `render`
    lang: str | None = None,
    *,
    verbose: bool = False,
    out: Path | None = None,
) -> None:
    """Print a diagnosis to stdout, or write it to a file.

    Args:
        diagnosis: what to show.
        format: as in `render`.
        lang: None is the system's language for people and English for programs.
        verbose: as in `render`.
        out: a file to write, UTF-8; its folder must be there.

    Raises:
        BadInput: no such format or language; the file cannot be written.
    """
    lang = lang or ("en" if format in DATA else system_language())
    if out is not None:
        _write(out, render(diagnosis, format, lang, verbose=verbose))
    elif format == "text":
        _print(diagnosis, lang, verbose=verbose)
    else:
        _put(render(diagnosis, format, lang))


def print_changes(
    told: "Told",
    format: str,  # noqa: A002  # as in `render`
    lang: str | None = None,
    *,
    watched: bool = False,
    verbose: bool = False,
    out: Path | None = None,
) -> None:
    """Print what differs from an earlier scan; the arguments are those of `print_diagnosis`.

    Args:
        told: what to say.
        format: `text`, `json` or `yaml`.
        lang: as there.
        watched: one of many reports in a row; JSON then takes one line each.
        verbose: as there.
        out: as there.

    Raises:
        BadInput: as there.
    """
    lang = lang or ("en" if format in DATA else system_language())
    if format == "text" and out is None:
        _print_changes(told, lang, watched=watched, verbose=verbose)
        return
    document = (
        _changes_text(told, lang, verbose=verbose) if format == "text" else _changes_data(told, format, lang, watched)
    )
    put(document, out)


def put(document: str, out: Path | None = None, *, option: str = "--out") -> None:
    """Write a finished document to a file, or to stdout: UTF-8 with plain line ends, whatever the system's code page.

    Half a surrogate pair, which a file's name can hold, becomes U+FFFD.

    Args:
        document: what to write.
        out: the file; None is stdout.
        option: that names the file.

    Raises:
        BadInput: the file cannot be written.
    """
    document = well_formed(document)
    if out is not None:
        _write(out, document, option)
    else:
        _put(document)


def _changes_data(told: "Told", format: str, lang: str, watched: bool) -> str:  # noqa: A002, FBT001  # as above
    from diagflow.feedback.structured import as_json, as_json_line, as_yaml  # noqa: PLC0415
    from diagflow.feedback.wire import to_changed_wire  # noqa: PLC0415

    write = as_yaml if format == "yaml" else as_json_line if watched else as_json
    return write(to_changed_wire(told.diagnosis, told.changes, lang))


def _changes_text(told: "Told", lang: str, *, verbose: bool) -> str:
    from diagflow.feedback.changes import change_lines  # noqa: PLC0415
    from diagflow.feedback.written import written  # noqa: PLC0415

    return written(change_lines(told, lang, verbose=verbose))


def _print_changes(told: "Told", lang: str, *, watched: bool, verbose: bool) -> None:
    from diagflow.feedback.changes import change_lines  # noqa: PLC0415

    _show(change_lines(told, lang, watched=watched, verbose=verbose))
    sys.stdout.flush()


def system_language() -> str:
    """Return "zh" where the system speaks Chinese, else "en"; the environment first, as everywhere."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next((n for n in names if n), None) or locale.getlocale()[0] or ""
    if not name and sys.platform == "win32":
        import ctypes  # noqa: PLC0415  # only there

        return "zh" if ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == _LANG_CHINESE else "en"
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def console_shows(text: str) -> bool:
    """Return whether stdout's encoding has all characters of a text."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except (UnicodeError, LookupError):
        return False
    return True


def readable() -> None:
    """Let stdout write what its encoding lacks in simpler characters, else by number: never fail, never a bare `?`."""
    codecs.register_error(_READABLE, _simpler)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors=_READABLE)


def _simpler(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_SIMPLER.get(c) or c.encode("ascii", "backslashreplace").decode() for c in lacking), error.end


def _write(path: Path, document: str, option: str = "--out") -> None:
    there = os.path.lexists(path)
    try:
        path.write_text(document, encoding="utf-8", newline="\n")
    except OSError as error:
        if not there:  # half a page looks like a page
            with suppress(OSError):  # of a name too long, or below a file, there is nothing
                path.unlink()
        raise BadInput(f"{path} cannot be written: {error.strerror}; name another file with {option}") from None


def _print(diagnosis: Diagnosis, lang: str, *, verbose: bool) -> None:
    from diagflow.feedback.build import build  # noqa: PLC0415
    from diagflow.feedback.text import lines  # noqa: PLC0415

    _show(lines(build(diagnosis, lang), verbose=verbose))


def _show(unbroken: "Iterable[Line]") -> None:
    from diagflow.feedback.written import written  # noqa: PLC0415

    readable()
    if not sys.stdout.isatty() and not any(map(os.environ.get, _PAINTED)):
        sys.stdout.write(written(unbroken))
        sys.stdout.flush()  # a reader that is gone is noticed here, not at the end of the program
        return
    from diagflow.feedback.paint import show  # noqa: PLC0415

    show(unbroken)


def _put(document: str) -> None:
    """Write UTF-8 with plain line ends, whatever the system's code page: a program reads it, or a file keeps it."""
    sys.stdout.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(document)
        return
    buffer.write(document.encode("utf-8"))
    buffer.flush()
