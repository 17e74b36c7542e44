"""The Windows registry as data: values with their types, in both views."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any, Final, Protocol

_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_MOST: Final = 5000  # values or subkeys of one key
_TYPES: Final = (
    "REG_NONE",
    "REG_SZ",
    "REG_EXPAND_SZ",
    "REG_BINARY",
    "REG_DWORD",
    "REG_DWORD_BIG_ENDIAN",
    "REG_LINK",
    "REG_MULTI_SZ",
    "REG_RESOURCE_LIST",
    "REG_FULL_RESOURCE_DESCRIPTOR",
    "REG_RESOURCE_REQUIREMENTS_LIST",
    "REG_QWORD",
)


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its type by name, and its data as Python has it (str, int, bytes, list of str, None)."""

    type: str
    data: Any

    @property
    def text(self) -> str | None:
        """The data where the type says that it is a string and it is one."""
        return self.data if self.type in ("REG_SZ", "REG_EXPAND_SZ") and isinstance(self.data, str) else None

    @property
    def number(self) -> int | None:
        """The data where it is a number."""
        return self.data if isinstance(self.data, int) else None


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its values by name, the names of its subkeys, and when it was last written."""

    values: dict[str, Value]
    subkeys: tuple[str, ...] = ()
    written: datetime | None = None

    def value(self, name: str) -> Value | None:
        """Return a value by its name, in any case."""
        wanted = name.casefold()
        return next((v for n, v in self.values.items() if n.casefold() == wanted), None)


class Registry(Protocol):
    """What can be asked of a registry."""

    def key(self, hive: str, path: str, view: int = 64) -> Key | None:
        """Return a key of `HKLM` or `HKCU`, as 64- or 32-bit programs see it; None when it is not there.

        Raises:
            PermissionError: it may not be read.
        """
        ...


class WindowsRegistry:
    """The registry of this machine."""

    def key(self, hive: str, path: str, view: int = 64) -> Key | None:
        """Read a key; what is wrong with one value leaves the others readable."""
        winreg: Any = import_module("winreg")
        top = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}[hive]
        flag = winreg.KEY_WOW64_32KEY if view == 32 else winreg.KEY_WOW64_64KEY  # noqa: PLR2004  # bits
        try:
            handle = winreg.OpenKey(top, path, 0, winreg.KEY_READ | flag)
        except FileNotFoundError:
            return None
        with handle:
            names, values, ticks = winreg.QueryInfoKey(handle)
            found = _counted(lambda i: winreg.EnumValue(handle, i), values)
            keys = _counted(lambda i: winreg.EnumKey(handle, i), names)
        return Key({n: Value(type_name(t), d) for n, d, t in found}, tuple(keys), filetime(ticks))


def _counted(get: Callable[[int], Any], count: int) -> list[Any]:
    found = []
    for index in range(min(count, _MOST)):
        try:
            found.append(get(index))
        except OSError:  # it was deleted meanwhile, or its data cannot be read
            continue
    return found


def type_name(number: int) -> str:
    """Return the name of a type of value."""
    return _TYPES[number] if 0 <= number < len(_TYPES) else f"REG_TYPE_{number}"


def filetime(ticks: int) -> datetime | None:
    """Return the time of so many 100 ns since 1601; None for what is no time."""
    try:
        return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
    except OverflowError:
        return None
