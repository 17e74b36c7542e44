"""Small corpora in the forms in which others publish them."""

import json

import yaml

from diagflow.gate.convert import convert


def write(root, files):
    """Write files: text as it is, anything else as JSON."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content))
    return root


def converted(tmp_path, corpus, files):
    """Convert a corpus of these files and return its folder."""
    convert(corpus, write(tmp_path / "source", files), tmp_path / "made")
    return tmp_path / "made"


def labels(recording):
    return yaml.safe_load((recording / "labels.yaml").read_text())


def objects(recording, resource):
    return json.loads((recording / "objects" / f"{resource}.json").read_text())["items"]
