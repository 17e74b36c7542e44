"""What somebody calls a cause, checked: an id, or a row of the catalogue."""

import re
from collections.abc import Mapping
from typing import Final

from diagflow.gate.labels import Expected, Labels
from diagflow.model import BadInput, Cause, Entity, Role
from diagflow.rules.near import near

_ALIKE: Final = 4
_REF: Final = re.compile(r"[A-Z][A-Z0-9]*-?[0-9]+")


def expected_of(text: str, causes: Mapping[str, Cause], *, root: bool = True) -> Expected:
    """Read `ID`, `REF`, `ID@ENTITY` or `REF@ENTITY`.

    Args:
        text: what somebody wrote.
        causes: those that are known.
        root: it must be something that can be a root.

    Raises:
        BadInput: nothing is called so, it can never be a root, or the entity is none.
    """
    name, _, entity = text.partition("@")
    if entity:
        Entity.parse(entity)
    known = causes.get(name)
    if known is not None:
        if root and known.role is not Role.CAUSE:
            raise BadInput(f"{name} is a {known.role}, which is never a root{_behind(name, causes)}")
        return Expected(id=name, entity=entity)
    if _REF.fullmatch(name.upper()):
        return _by_ref(name.upper(), entity, causes)
    raise BadInput(f"there is no cause {name}: {_hint(name, _names(causes, root=root))}")


def require_known(labels: Labels, causes: Mapping[str, Cause]) -> None:
    """Check that labels name causes that exist: a misspelt one that is forbidden would hold for ever.

    A row of the catalogue may be one that no cause covers yet; a word that is no row is a slip, an id without its pack.

    Raises:
        BadInput: one does not.
    """
    rows = {ref for cause in causes.values() for ref in cause.refs}
    for one in (*labels.causes, *labels.forbidden, *labels.ruled_out):
        is_row = not one.ref or one.ref in rows or _REF.fullmatch(one.ref)
        name = one.id if one.id or is_row else one.ref
        if name and name not in causes:
            raise BadInput(f"labels: there is no cause {name}: {_hint(name, _names(causes, root=False))}")


def _hint(name: str, known: list[str]) -> str:
    """Return a near name, else those that share a word with it, else where all are."""
    return f"{_alike(name, known)}; a cause of your own? name its folder with --rules"


def _alike(name: str, known: list[str]) -> str:
    guess = near(name, known)
    words = set(name.rpartition(".")[2].split("-"))
    alike = [guess] if guess else sorted(one for one in known if words & set(one.rpartition(".")[2].split("-")))
    if alike:
        several = "one of " if len(alike) > 1 else ""
        return f"did you mean {several}{', '.join(f'`{one}`' for one in alike[:_ALIKE])}?"
    return "diagflow rules list has all, in its fourth column"


def _by_ref(ref: str, entity: str, causes: Mapping[str, Cause]) -> Expected:
    """Read a row of the catalogue; one that no cause covers yet is a label all the same."""
    covering = sorted(c.id for c in causes.values() if ref in c.refs and c.role is Role.CAUSE)
    if len(covering) > 1:
        raise BadInput(f"several causes cover {ref}: name one of {', '.join(covering)}")
    return Expected(id=covering[0] if covering else "", ref=ref, entity=entity)


def _names(causes: Mapping[str, Cause], *, root: bool) -> list[str]:
    return [c.id for c in causes.values() if not root or c.role is Role.CAUSE]


def _behind(symptom: str, causes: Mapping[str, Cause]) -> str:
    explaining = [c.id for c in causes.values() if any(e.what == symptom for e in c.explains) and c.role is Role.CAUSE]
    return f": behind it may be {', '.join(sorted(explaining)[:4])}" if explaining else ""
