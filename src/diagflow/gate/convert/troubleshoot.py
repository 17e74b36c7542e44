"""`kubernetes-reasons/troubleshoot`: real lists of `kubectl get -o json`, with labels by content.

The lists are taken as they are. They were moved to namespaces named after their files, and the labels were not: a
label's entity is looked up by its kind and name.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from diagflow.gate.convert import labels
from diagflow.gate.convert.draft import Draft
from diagflow.gate.convert.source import Source
from diagflow.model import BadInput, Entity

FORM: Final = "corpus troubleshoot (labels.yaml, and folders of lists: pods, events, nodes ...)"
_IN_WORDS: Final = {
    "hostPath of type Directory": "kubernetes.host-path-missing",
    "registry's TLS certificate": "kubernetes.registry-certificate-invalid",
}
"""Labels without a row of the catalogue describe their cause in words; these are ours for them."""


def drafts(source: Source) -> Iterator[Draft]:
    """Yield a recording for each labelled list, and for each healthy one."""
    found = source.yaml("labels.yaml")
    if not isinstance(found, list) or not all(isinstance(label, dict) for label in found):
        raise source.wrong("labels.yaml", "it is no list of mappings")
    named = {label["file"] for label in found if isinstance(label.get("file"), str)}
    for label in found:
        if isinstance(label.get("file"), str):
            yield _labelled(source, label)
        for pattern in _several(source, label, "files"):
            yield from _healthy(source, pattern, named)


def _labelled(source: Source, label: Mapping[str, Any]) -> Draft:
    file = label["file"]
    files = {"objects/0.json": source.body(file)}
    if isinstance(label.get("events"), str):
        files["objects/1.json"] = source.body(label["events"])
    said = f"troubleshoot {file}: {label.get('cause') or label.get('symptom') or label.get('note') or label.get('ref')}"
    if "entity" not in label:
        return Draft(_name(file), labels.healthy(said, _name(file)), files=files)
    cause = _cause(label, _entity(source, file, str(label["entity"])))
    forbidden = _several(source, label, "not")
    right = labels.ill(said, _name(file), [cause] if cause else [], forbidden=forbidden)
    return Draft(_name(file), right, files=files)


def _several(source: Source, label: Mapping[str, Any], key: str) -> list[str]:
    found = label.get(key) or []
    if not isinstance(found, list):
        raise source.wrong("labels.yaml", f"`{key}` of {label.get('file') or 'a label'} is no list")
    return [str(one) for one in found]


def _healthy(source: Source, pattern: str, named: set[str]) -> Iterator[Draft]:
    """Yield a recording for each file of a pattern; a folder, such as a whole support bundle, is one recording."""
    if not any(sign in pattern for sign in "*?[") and source.path(pattern).is_dir():
        files = source.names(f"{pattern}/**/*.json")
        said = f"troubleshoot {pattern}: a whole cluster, in which lists lie that are labelled elsewhere"
        bodies = {f"objects/{name.removeprefix(pattern + '/')}": source.body(name) for name in files}
        yield Draft(pattern, labels.ill(said, pattern, []), files=bodies)
        return
    for name in source.names(pattern):
        if name not in named:
            right = labels.healthy(f"troubleshoot {name}: healthy", _name(name))
            yield Draft(_name(name), right, files={"objects/0.json": source.body(name)})


def _name(file: str) -> str:
    return PurePosixPath(file).with_suffix("").as_posix().replace("/", "-")


def _cause(label: Mapping[str, Any], entity: str) -> dict[str, str]:
    words = str(label.get("cause", ""))
    ours = next((name for part, name in _IN_WORDS.items() if part in words), "")
    name = {"id": ours} if ours else {"ref": str(label["ref"])} if "ref" in label else {}
    return {**name, "entity": entity} if name else {}


def _entity(source: Source, file: str, labelled: str) -> str:
    """Return the labelled entity with the namespace that it has in the list."""
    try:
        wanted = Entity.parse(labelled)
    except BadInput as e:
        raise source.wrong("labels.yaml", str(e)) from None
    content = source.json(file)
    items = content.get("items") if isinstance(content, dict) else content
    for item in items if isinstance(items, list) else []:
        metadata = item.get("metadata") if isinstance(item, dict) else None
        if isinstance(metadata, dict) and metadata.get("name") == wanted.name:
            return str(Entity(wanted.kind, wanted.name, str(metadata.get("namespace") or "")))
    raise source.wrong(file, f"{labelled} is not in it")
