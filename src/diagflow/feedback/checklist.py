"""The doctor's checks while they run: one line each, in a fixed order, as soon as all before it are known."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from diagflow.feedback import visible
from diagflow.model import Text


class Mark(StrEnum):
    """How a check ended."""

    WELL = "well"
    ILL = "ill"  # a cause is named
    UNSEEN = "unseen"  # something that it needs could not be read


@dataclass(frozen=True, slots=True)
class Check:
    """One line.

    Attributes:
        id: the group of its rules.
        title: what is looked at.
        facts: what must have been read before it can end.
    """

    id: str
    title: Text
    facts: frozenset[str]


_TITLES: Final[Mapping[str, Text]] = {
    "INSTALL": Text("Go installation", "Go 安装"),
    "PATH": Text("PATH", "PATH"),
    "ENV": Text("environment variables", "环境变量"),
    "FILE": Text("go env file", "go env 文件"),
    "TOOL": Text("toolchain", "工具链"),
    "MOD": Text("module in this folder", "当前目录的模块"),
    "CGO": Text("C compiler and race detector", "C 编译器与竞态检测"),
    "NET": Text("module proxy and checksum database", "模块代理与校验数据库"),
    "VCS": Text("version control", "版本控制"),
    "BLOCK": Text("security software", "安全软件"),
    "EDIT": Text("editors", "编辑器"),
    "WSL": Text("WSL", "WSL"),
}
"""In the order in which they are shown; other groups follow by name, and last the command."""

COMMAND: Final = "CMD"
"""The group of rules about the command that the user gave."""
_CLIP: Final = 60

_SIGNS: Final = {Mark.WELL: ("√", "ok", "green"), Mark.ILL: ("x", "x", "red"), Mark.UNSEEN: ("?", "?", "yellow")}


def checks(groups: Mapping[str, frozenset[str]], command: Text | None = None) -> list[Check]:
    """Return the checks of some groups of rules, each with the facts that it needs.

    Args:
        groups: the facts of each.
        command: what the line of the command says; without a command there is none.
    """
    order = {name: number for number, name in enumerate(_TITLES)}
    names = sorted(groups.keys() - {COMMAND}, key=lambda name: (order.get(name, len(order)), name))
    found = [Check(name, _TITLES.get(name, Text(name.lower())), groups[name]) for name in names]
    if command is not None and COMMAND in groups:
        found.append(Check(COMMAND, command, groups[COMMAND]))
    return found


def ended(command: str, rc: int | None) -> Text:
    """Say how a command ended.

    Args:
        command: as the user would type it.
        rc: its exit status, negative for a signal; None when it could not be started.
    """
    line = visible.clip(visible.one_line(command), _CLIP, "…")
    if rc is None:
        return Text(f"{line}: could not be started", f"{line}：无法启动")
    if rc < 0:
        return Text(f"{line}: ended by signal {-rc}", f"{line}：被信号 {-rc} 终止")
    return Text(f"{line}: exit status {rc}", f"{line}：退出状态 {rc}")


class Checklist:
    """Keeps what was read and yields the lines that can be shown."""

    def __init__(self, every: Iterable[Check], judge: Callable[[str], Mark]) -> None:
        """Prepare.

        Args:
            every: in the order in which they are shown.
            judge: says how a check ended, once all its facts were read.
        """
        self._waiting = list(every)
        self._judge = judge
        self._read: set[str] = set()

    def read(self, fact: str) -> Iterator[tuple[Check, Mark]]:
        """Note that a fact was read (or cannot be) and yield the checks that have come to their turn."""
        self._read.add(fact)
        while self._waiting and self._waiting[0].facts <= self._read:
            check = self._waiting.pop(0)
            yield check, self._judge(check.id)


def line(check: Check, mark: Mark, lang: str, *, color: bool = False, plain: bool = False) -> str:
    """Return one line.

    Args:
        check: what was looked at.
        mark: how it ended.
        lang: "en" or "zh".
        color: with ANSI colours.
        plain: with signs that every console has.
    """
    sign = _SIGNS[mark][1 if plain else 0]
    codes = {"green": 32, "red": 31, "yellow": 33}
    shown = f"\x1b[{codes[_SIGNS[mark][2]]}m{sign}\x1b[0m" if color else sign
    return f"[{shown}] {check.title.lang(lang)}"
