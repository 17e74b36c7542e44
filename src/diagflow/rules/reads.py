"""What a CEL expression reads, found without running it.

The projection of live lists is made of this: what is not found here is not there when the expression runs. So whatever
is not understood counts as read, and what would read everything is a complaint.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from diagflow.rules import cel
from diagflow.rules.cel import BadExpression, Complaint
from diagflow.rules.syntax_tree import Call, Comprehension, Constant, Ident, Items, Node, Select, Tree, decode

MAX_LOOPS: Final = 2
"""Loops (`all`, `exists`, `filter`, `map`) within each other."""

Path = tuple[str, ...]
"""A variable and the steps from it: keys, and `[]` into each item of a list."""

Scope = dict[str, frozenset[Path]]

_WHOLE: Final = ("object", "container", "related")
_NOTHING: Final[frozenset[Path]] = frozenset()


@dataclass(frozen=True, slots=True)
class Reads:
    """What an expression reads.

    Attributes:
        variables: the variables that it names.
        paths: what it reads of `object`, `container` and the like: variable to paths (`status.conditions[].type`).
        strings: pairs (function, literal) of calls with a literal text as last argument: the patterns of `matches`.
        complaints: what is not allowed: a whole object, too many nested loops.
    """

    variables: frozenset[str]
    paths: dict[str, frozenset[str]]
    strings: tuple[tuple[str, str], ...]
    complaints: tuple[Complaint, ...]


@lru_cache(maxsize=16384)
def reads(source: str) -> Reads:
    """Return what an expression reads.

    Raises:
        BadExpression: it does not compile.
    """
    tree = decode(cel.program(source).check().serialize())
    walk = _Walk(tree, source)
    walk.read(walk.value(tree.root, {}, 0), tree.root)
    return walk.result()


@dataclass(slots=True)
class _Walk:
    """Walks a tree; `leaves` are read with all that is below, of `shallow` only whether they are there.

    Of `counted` it is how many there are: of a list that needs no more than its items, of a map all its keys.
    """

    tree: Tree
    source: str
    leaves: set[Path] = field(default_factory=set)
    shallow: set[Path] = field(default_factory=set)
    counted: set[Path] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    strings: list[tuple[str, str]] = field(default_factory=list)
    literals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)

    def read(self, paths: frozenset[Path], node: Node) -> None:
        """Note that the values at `paths` are read with all that is below."""
        for path in paths:
            short = _stripped(path)
            if _is_whole(short):
                shown = ".".join(short)
                self.complain(
                    node, f"`{shown}` is used as a whole: name the fields that you need, such as `{_example(short)}`"
                )
            self.leaves.add(short)

    def complain(self, node: Node, message: str) -> None:
        """Note what is not allowed, with its place in the source."""
        before = self.source[: self.tree.offset(node)]
        self.complaints.append(Complaint(before.count("\n") + 1, len(before) - before.rfind("\n"), message))

    def value(self, node: Node, scope: Scope, loops: int) -> frozenset[Path]:
        """Return where the value of a node stands, noting what is read to compute it."""
        match node:
            case Ident(name=name):
                return self._ident(name, scope)
            case Select(operand=operand, field=key, test=test):
                paths = _extended(self.value(operand, scope, loops), key)
                if test:
                    self.shallow.update(paths)
                return _NOTHING if test else paths
            case Call():
                return self._call(node, scope, loops)
            case Items():
                return self._items(node, scope, loops)
            case Comprehension():
                return self._loop(node, scope, loops + 1)
            case _:
                return _NOTHING

    def _ident(self, name: str, scope: Scope) -> frozenset[Path]:
        if name in scope:
            return scope[name]
        self.variables.add(name)
        return frozenset({(name,)})

    def _call(self, node: Call, scope: Scope, loops: int) -> frozenset[Path]:
        values = [self.value(argument, scope, loops) for argument in node.args]
        self._texts(node)
        if node.function == "_[_]":
            return self._index(node, values)
        if node.function == "size":
            self.counted.update(_stripped(path) for path in values[0] if len(path) > 1)
            return _NOTHING
        if node.function == "_?_:_":
            self.read(values[0], node.args[0])
            return values[1] | values[2]
        if node.function in ("_+_", "dyn"):
            return frozenset().union(*values)
        for argument, paths in zip(node.args, values, strict=True):
            self.read(paths, argument)
        return _NOTHING

    def _texts(self, node: Call) -> None:
        """Note the literal that a call gets last; of `[a, b].exists(x, text.matches(x))` it is each of the list."""
        last = node.args[1:2] if node.function == "capture" else node.args[-1:]
        function = "matches" if node.function == "capture" else node.function
        for argument in last:
            if isinstance(argument, Ident):
                self.strings += [(function, text) for text in self.literals.get(argument.name, ())]
            elif isinstance(argument, Constant) and isinstance(argument.value, str):
                self.strings.append((function, argument.value))

    def _index(self, node: Call, values: list[frozenset[Path]]) -> frozenset[Path]:
        key = node.args[1]
        if isinstance(key, Constant) and isinstance(key.value, str) and not set(key.value) & set("./[]"):
            return _extended(values[0], key.value)
        if isinstance(key, Constant) and isinstance(key.value, int):
            return _extended(values[0], "[]")
        # A key that is computed, or that no path can hold (`app.kubernetes.io/name`): all that is there.
        self.read(values[0], node.args[0])
        self.read(values[1], key)
        return _NOTHING

    def _items(self, node: Items, scope: Scope, loops: int) -> frozenset[Path]:
        lists: set[Path] = set()
        for item in node.items:
            paths = self.value(item, scope, loops)
            # `[x]` with x from a list: `filter` gives a part of that list.
            parts = frozenset(p for p in paths if node.is_list and p[-1] == "[]")
            lists.update(path[:-1] for path in parts)
            self.read(paths - parts, item)
        return frozenset(lists)

    def _loop(self, node: Comprehension, scope: Scope, loops: int) -> frozenset[Path]:
        if loops == MAX_LOOPS + 1:
            self.complain(
                node,
                f"loops (all, exists, filter, map) stand more than {MAX_LOOPS} deep within each other: write two rules",
            )
        over = self.value(node.range, scope, loops - 1)
        self.counted.update(_stripped(path) for path in over if len(path) > 1)
        items = _extended(over, "[]")
        if isinstance(node.range, Items):
            constants = (item.value for item in node.range.items if isinstance(item, Constant))
            self.literals[node.var] = tuple(value for value in constants if isinstance(value, str))
        inner = {**scope, node.var: items, node.accu: self.value(node.init, scope, loops)}
        if node.var2:
            inner[node.var2] = items
        self.read(self.value(node.condition, inner, loops), node.condition)
        inner[node.accu] |= self.value(node.step, inner, loops)
        return self.value(node.result, inner, loops)

    def result(self) -> Reads:
        """Return what was found."""
        every = self.leaves | self.shallow | self.counted
        kept = self.leaves | {path for path in self.counted if any(_is_key(other, path) for other in every)}
        kept |= {
            path
            for path in self.shallow | self.counted
            if len(path) > 1 and not any(_below(other, path) for other in every)
        }
        paths: dict[str, set[str]] = {}
        for variable, *steps in kept:
            paths.setdefault(variable, set()).update([_shown(steps)] if steps else [])
        return Reads(
            frozenset(self.variables),
            {variable: frozenset(found) for variable, found in paths.items()},
            tuple(self.strings),
            tuple(dict.fromkeys(self.complaints)),
        )


def _extended(paths: frozenset[Path], step: str) -> frozenset[Path]:
    return frozenset((*path, step) for path in paths)


def _stripped(path: Path) -> Path:
    """Leave out `[]` at the end: what is in a list is read with the list; what is in a map has no path."""
    while path[-1] == "[]":
        path = path[:-1]
    return path


def _is_whole(path: Path) -> bool:
    return path[0] in _WHOLE and len(path) <= (2 if path[0] == "related" else 1)


def _example(path: Path) -> str:
    if path[0] == "related":
        return f"{'.'.join(path)}.exists(x, x.metadata.name == '')`, or `size({'.'.join(path)})"
    return f"{path[0]}.status.phase" if path[0] == "object" else f"{path[0]}.state"


def _below(path: Path, top: Path) -> bool:
    return len(path) > len(top) and path[: len(top)] == top


def _is_key(path: Path, top: Path) -> bool:
    """True for what is below a map, or an object: a list has items there."""
    return _below(path, top) and path[len(top)] != "[]"


def _shown(steps: list[str]) -> str:
    return ".".join(steps).replace(".[]", "[]")


__all__ = ["MAX_LOOPS", "BadExpression", "Reads", "reads"]
