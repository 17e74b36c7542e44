"""The texts of a cause, filled for one entity."""

from collections.abc import Mapping
from typing import Any

from diagflow.model import Cause, Entity, Instruction, Text


def arguments(entity: Entity, args: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template arguments: those of the rules, and always entity, kind, namespace and name."""
    own = {"entity": str(entity), "kind": entity.kind, "namespace": entity.namespace, "name": entity.name}
    return {**args, **own}


def filled_title(cause: Cause | None, entity: Entity, args: Mapping[str, Any]) -> Text:
    """Return the title; of a cause that nobody describes, its entity."""
    return cause.title.fill(arguments(entity, args)) if cause else Text(str(entity))


def filled_name(cause: Cause | None, entity: Entity, args: Mapping[str, Any]) -> Text:
    """Return the words for a cause that is ruled out or open: they assert nothing.

    Where the title must do, and nobody has seen what it speaks of, it speaks of no thing: the entity of such a cause
    may be the one that shows the symptom.
    """
    if cause and not cause.name.en and cause.title.placeholders() - arguments(entity, args).keys():
        return cause.title.unfilled()
    return cause.name.fill(arguments(entity, args)) if cause and cause.name.en else filled_title(cause, entity, args)


def filled(instruction: Instruction, entity: Entity, args: Mapping[str, Any]) -> Instruction:
    """Return an instruction for one entity; in commands every argument is quoted for the shell.

    A command that names what this case does not have is not for this case, and left out.
    """
    values = arguments(entity, args)
    return Instruction(
        instruction.text.fill(values),
        tuple(c.fill_command(values) for c in instruction.commands if c.placeholders() <= values.keys()),
        tuple(made for o in instruction.operations if (made := o.fill(values)) is not None),
    )
