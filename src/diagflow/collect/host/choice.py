"""Which `go` is meant: the one that the shell would run, else the newest installed one."""

from dataclasses import dataclass

from diagflow.collect.host.look import Look


@dataclass(frozen=True, slots=True)
class Choice:
    """A go command: its file, the tree that it stands in, that tree's version, what it was built for."""

    path: str
    root: str | None
    version: str | None
    machine: str | None


def chosen(look: Look) -> Choice | None:
    """Return the go command to look at; None where there is none at all."""
    for hit in look.known("path").get("go", []):
        if "dir" in hit:  # an alias of the shell stands in no folder
            return Choice(hit["path"], hit.get("root"), hit.get("version"), hit.get("machine"))
    installs = look.known("installs")
    for found in installs.get("found", []):
        if found.get("version") == installs.get("newest"):
            exe = look.machine.join(found["root"], "bin", "go.exe" if look.machine.windows else "go")
            return Choice(exe, found["root"], found.get("version"), found.get("machine"))
    return None
