"""What a file declares, by its name and folder; nothing is opened."""

from enum import StrEnum
from pathlib import PurePath


class FileKind(StrEnum):
    """What a file declares."""

    RULES = "rules"
    CAUSES = "causes"
    PACK = "pack"


def kind_of_file(path: PurePath) -> FileKind:
    """Return what a file declares, by its name and folder."""
    if path.name in ("pack.yaml", "pack.yml"):
        return FileKind.PACK
    if path.name in ("causes.yaml", "causes.yml") or path.parent.name == "causes":
        return FileKind.CAUSES
    return FileKind.RULES


def is_rule_file(path: PurePath) -> bool:
    """True for YAML files that are no tests."""
    return is_rule_name(path.name)


def is_rule_name(name: str) -> bool:
    """True for names of YAML files that are no tests."""
    return name.endswith((".yaml", ".yml")) and not name.endswith((".test.yaml", ".test.yml"))
