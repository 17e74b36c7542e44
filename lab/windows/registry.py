"""Registry values as a file that regedit reads.

A value is `{kind: data}` with kind `sz`, `expand`, `dword`, `qword`, `multi` (a list), `binary` (hexadecimal), `none`
(hexadecimal), or `{delete: true}`. Texts may hold anything, also NULs: they are written as bytes.
"""

from collections.abc import Mapping
from typing import Any

from lab.errors import LabError

Values = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Key -> name -> value; keys begin with HKCU or HKLM."""
_ROOTS = {"HKCU": "HKEY_CURRENT_USER", "HKLM": "HKEY_LOCAL_MACHINE"}
_NUMBERS = {"dword": (4, 4), "qword": (11, 8)}
_TEXTS = {"sz": 1, "expand": 2}
_BYTES = {"binary": 3, "none": 0}
KINDS = (*_TEXTS, *_NUMBERS, *_BYTES, "multi", "delete")


def as_file(values: Values) -> bytes:
    """Returns the file.

    Raises:
        LabError: a key below another root, or a value of no known kind.
    """
    lines = ["Windows Registry Editor Version 5.00", ""]
    for key, named in values.items():
        lines.append(f"[{_full(key)}]")
        lines += [f"{_quoted(name)}={_data(key, name, value)}" for name, value in named.items()]
        lines.append("")
    return "\r\n".join(lines).encode("utf-16")


def _full(key: str) -> str:
    root, _, rest = key.partition("\\")
    if root not in _ROOTS or not rest:
        raise LabError(f"registry key {key!r}: keys begin with {' or '.join(_ROOTS)} and a backslash")
    return f"{_ROOTS[root]}\\{rest}"


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace("\\", "\\\\").replace('"', '\\"')) if name else "@"


def _data(key: str, name: str, value: Mapping[str, Any]) -> str:
    kinds = [kind for kind in value if kind in KINDS]
    if len(value) != 1 or not kinds:
        raise LabError(f"registry value {key}\\{name}: one of {', '.join(KINDS)}, not {', '.join(value) or 'nothing'}")
    kind, data = kinds[0], value[kinds[0]]
    if kind == "delete":
        return "-"
    number, content = _encoded(kind, data)
    return f"hex({number:x}):{content.hex(',')}"


def _encoded(kind: str, data: Any) -> tuple[int, bytes]:
    if kind in _TEXTS:
        return _TEXTS[kind], f"{data}\0".encode("utf-16-le")
    if kind in _NUMBERS:
        number, size = _NUMBERS[kind]
        return number, int(data).to_bytes(size, "little")
    if kind in _BYTES:
        return _BYTES[kind], bytes.fromhex(data)
    return 7, "".join(f"{item}\0" for item in [*data, ""]).encode("utf-16-le")
