"""`--fix`: show what would be changed, ask, write the way back, change it, look again."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from diagflow.cli.doctor.live import Live
from diagflow.collect.host import Machine
from diagflow.collect.host.layers import registry_layers
from diagflow.engine import Result
from diagflow.feedback.shells import commands
from diagflow.model import Query, Text
from diagflow.model.diagnosis import Diagnosis
from diagflow.repair import Change, Plan, Refused, plan, write_undo

_NAMED: Final = 5
"""Causes that one run puts right; with more, the first ones first."""

_FOR_YOU: Final = Text(
    "for you to run (it cannot be undone from here, or needs an administrator or your own shell):",
    "请自行运行（此处无法撤销，或需要管理员权限，或只能在您自己的 shell 中进行）：",
)
_YOURS: Final = Text(
    "nothing of this can be changed from here; the commands above are yours to run",
    "这些都无法在此处修改；请自行运行以上命令",
)
_BY_HAND: Final = Text(
    "nothing of this can be changed from here: do what stands above under Fix",
    "这些都无法在此处修改：请按上文“修复”所述操作",
)
_NOBODY: Final = Text(
    "nothing was changed: nobody can be asked here; --yes does without",
    "未作任何修改：此处无法询问；--yes 可跳过询问",
)
_ASK: Final = Text("change it? [y/N] ", "要修改吗？[y/N] ")
_NOTHING: Final = Text("nothing was changed", "未作任何修改")
_UNDO: Final = Text("to undo all of it: {script}", "撤销全部修改：{script}")
_GONE: Final = Text("gone: {ids}", "已消除：{ids}")
_NONE_GONE: Final = Text("gone: nothing", "已消除：无")
_NEW: Final = Text("now in the way, and not seen before: {ids}; see above", "现在又出现、此前未显现：{ids}；见上文")
_NEW_TERMINAL: Final = Text(
    "open a new terminal: this one still has the old environment", "请打开新终端：当前终端仍是旧的环境"
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says on stderr, in the user's language, what is about the repair and not in the diagnosis."""

    lang: str

    def __call__(self, *lines: Text | str, end: str = "\n", **values: object) -> None:
        """Say lines; a text is filled with the values, a string stands as it is."""
        for line in lines:
            filled = line.lang(self.lang).format(**values) if isinstance(line, Text) else line
            sys.stderr.write(filled + end)
        sys.stderr.flush()


def fixed(live: Live, result: Result, *, yes: bool) -> int:
    """Carry out what can be undone and diagnose again; the exit status is that of the second diagnosis.

    Args:
        live: the first run.
        result: what it found.
        yes: do not ask.
    """
    original = live.original(result.diagnosis)
    made = _planned(live, result, original)
    say = Speaker(live.lang)
    left = commands(made.left, original.source)
    if left:
        say(_FOR_YOU, *(f"  {line}" for line in left))
    if not made.changes:
        say(_YOURS if left else _BY_HAND)
        return result.diagnosis.exit_status
    for change in made.changes:
        say("", *(f"  {line}" for line in change.show()))
    if not (yes or _agreed(say)):
        say(_NOTHING)
        return result.diagnosis.exit_status
    script = write_undo(made.changes, _undo_folder(), result.diagnosis.incident.now, windows=live.machine.windows)
    say(_UNDO, script=script)
    for change in made.changes:
        change.apply()
    return _again(live, result, made.changes, say)


def _again(live: Live, before: Result, changes: Iterable[Change], say: Speaker) -> int:
    """Look again, as a new terminal would see it, and say what has become of each cause."""
    changed = [name.upper() for change in changes for name in change.variables()]
    second = live.again(_as_in_a_new_terminal(live.machine, changed))
    result = second.diagnose()
    second.show(result)
    new = {c.id for c in result.diagnosis.causes} - {c.id for c in before.diagnosis.causes}
    gone = {c.id for c in before.diagnosis.causes} - {c.id for c in result.diagnosis.causes}
    if gone:
        say(_GONE, ids=", ".join(sorted(gone)))
    else:
        say(_NONE_GONE)
    if new:
        say(_NEW, ids=", ".join(sorted(new)))
    if changed:
        say(_NEW_TERMINAL)
    return result.diagnosis.exit_status


def _as_in_a_new_terminal(machine: Machine, changed: Iterable[str]) -> Machine:
    """Return the machine with the variables that were changed as the next logon sees them."""
    layers = registry_layers(machine)
    future = layers.future if layers else {}
    environment = {k: v for k, v in machine.environ.items() if k.upper() not in changed}
    environment.update({name: future[name] for name in changed if name in future})
    return replace(machine, environ=environment)


def _planned(live: Live, result: Result, original: Diagnosis) -> Plan:
    roots = [cause for cause in original.causes if cause.root][:_NAMED]
    operations = tuple(dict.fromkeys(o for cause in roots for o in cause.remedy.operations))
    env_file = _fact(live, result, "env_file").get("path")
    go_mod = (_fact(live, result, "module").get("go_mod") or {}).get("path")
    return plan(
        operations,
        windows=live.machine.windows,
        env_file=Path(env_file) if env_file else None,
        go_mod=Path(go_mod) if go_mod else None,
    )


def _fact(live: Live, result: Result, name: str) -> Mapping[str, Any]:
    """Return a fact as it was read, with the originals."""
    from diagflow.cli.doctor.originals import restored

    data = result.bundle.get(Query.of("fact", name)).data
    return restored(data, live.redactor.restored) if isinstance(data, dict) else {}


def _undo_folder() -> Path:
    from platformdirs import user_state_path

    return user_state_path("diagflow", appauthor=False) / "undo"


def _agreed(say: Speaker) -> bool:
    if not sys.stdin.isatty():
        raise Refused(_NOBODY.lang(say.lang))
    say(_ASK, end="")
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是")
