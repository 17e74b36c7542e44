"""From checked fields to `Cause` and `Analyzer`."""

from diagflow.model import Act, Cause, Direction, Explains, Instruction, Operation, Role, Text
from diagflow.model.cause import CHECK_EMPTY
from diagflow.rules.analyzer import Analyzer, Input
from diagflow.rules.shapes import Fields


def cause_of(fields: Fields) -> Cause:
    """Compile one cause."""
    return Cause(
        id=fields["id"],
        title=fields["title"],
        name=fields.get("name", Text("")),
        explanation=fields.get("explanation", Text("")),
        remedy=_instruction(fields, "remedy"),
        check=_instruction(fields, "check"),
        docs=fields.get("docs", ""),
        refs=fields.get("refs", ()),
        severity=fields.get("severity", "warning"),
        role=Role(fields.get("role", "cause")),
        explains=tuple(_explains(e) for e in fields.get("explains", ())),
    )


def _instruction(fields: Fields, key: str) -> Instruction:
    found = fields.get(key)
    if not found:
        return CHECK_EMPTY
    operations = tuple(_operation(act, of_it) for act, of_it in found.get("operations", ()))
    return Instruction(found["text"], found.get("commands", ()), operations)


def _operation(act: str, fields: Fields) -> Operation:
    if act == Act.RUN:
        return Operation(Act.RUN, words=fields[act])
    drop = ",".join(fields.get("drop", ()))
    return Operation(Act(act), fields[act], drop or fields.get("to", ""), ",".join(fields.get("in", ())))


def _explains(fields: Fields) -> Explains:
    return Explains(fields["what"], frozenset(fields.get("via", ())), Direction(fields.get("direction", "dependents")))


def analyzer_of(fields: Fields, pack: str, *, contained: bool) -> Analyzer:
    """Compile one analyzer."""
    return Analyzer(
        name=fields["name"],
        version=fields["version"],
        run=fields["run"],
        inputs=tuple(Input(i["query"], i.get("fields", ())) for i in fields["inputs"]),
        names=fields.get("names", ()),
        pack=pack,
        contained=contained,
    )
