"""Changes of the user's environment in the Windows registry; REG_EXPAND_SZ stays what it is."""

import sys
from dataclasses import dataclass
from typing import Final

from diagflow.repair.change import Refused

KEY: Final = "Environment"
EXPAND: Final = 2  # REG_EXPAND_SZ
PLAIN: Final = 1  # REG_SZ


@dataclass(frozen=True, slots=True)
class Value:
    """A string in the registry, unexpanded, and its type."""

    data: str
    kind: int


@dataclass(frozen=True, slots=True)
class VariableChange:
    """One variable of the user.

    Attributes:
        name: as the registry spells it.
        before: None where there is none.
        after: None to remove it.
        shown: what is said of it.
    """

    name: str
    before: Value | None
    after: Value | None
    shown: tuple[str, ...]

    def show(self) -> tuple[str, ...]:
        """Return what changes."""
        return (f"HKEY_CURRENT_USER\\{KEY}, {self.name}", *self.shown)

    def apply(self) -> None:
        """Write the registry and tell running programs.

        Raises:
            Refused: the value has changed since, or cannot be written.
        """
        if read(self.name) != self.before:
            raise Refused(f"{self.name} has changed in the meantime; nothing was written: run the doctor again")
        try:
            write(self.name, self.after)
        except OSError as e:
            raise Refused(f"{self.name} cannot be written: {e.strerror or e}") from None
        broadcast()

    def variables(self) -> tuple[str, ...]:
        """Return its name."""
        return (self.name,)


if sys.platform == "win32":
    import ctypes
    import winreg

    def read(name: str) -> Value | None:
        """Return a variable of the user, None where there is none or no string."""
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, KEY) as key:
                data, kind = winreg.QueryValueEx(key, name)
        except OSError:
            return None
        return Value(data, kind) if isinstance(data, str) and kind in (PLAIN, EXPAND) else None

    def write(name: str, value: Value | None) -> None:
        """Set or remove a variable of the user."""
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, KEY, access=winreg.KEY_SET_VALUE) as key:
            if value is None:
                winreg.DeleteValue(key, name)
            else:
                winreg.SetValueEx(key, name, 0, value.kind, value.data)

    def broadcast() -> None:
        """Tell running programs that the environment has changed, as setx does."""
        hwnd_broadcast, wm_settingchange, abort_if_hung = 0xFFFF, 0x1A, 0x2
        ctypes.windll.user32.SendMessageTimeoutW(
            hwnd_broadcast, wm_settingchange, 0, KEY, abort_if_hung, 1000, ctypes.byref(ctypes.c_ulong())
        )

else:

    def read(name: str) -> Value | None:
        """There is no registry here."""
        raise Refused(f"{name}: there is no registry on this system")

    def write(name: str, value: Value | None) -> None:  # noqa: ARG001  # as on Windows
        """There is no registry here."""
        raise Refused(f"{name}: there is no registry on this system")

    def broadcast() -> None:
        """Nobody listens here."""


def path_without(value: str, folder: str) -> str:
    """Return PATH without a folder; all other entries as they are."""
    return ";".join(e for e in value.split(";") if _plain(e) != _plain(folder))


def path_with(value: str, folder: str) -> str:
    """Return PATH with a folder at its end."""
    return ";".join(part for part in (value.rstrip(";"), folder) if part)


def _plain(entry: str) -> str:
    return entry.strip().strip('"').rstrip("\\/").lower()
