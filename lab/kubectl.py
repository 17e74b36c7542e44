"""The lab's own kubectl, as the administrator of one lab. Works once this thread has joined the lab's network."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lab.paths import Cache, Instance
from lab.sh import run


@dataclass(frozen=True, slots=True)
class Kubectl:
    """Runs kubectl against one lab."""

    cache: Cache
    lab: Instance

    def __call__(self, *args: str, stdin: str | None = None, timeout: float = 120) -> str:
        """Runs kubectl and returns what it printed.

        Raises:
            LabError: kubectl failed.
        """
        program = self.cache.bin / "kubectl"
        return run([program, f"--kubeconfig={self.lab.kubeconfig}", *args], stdin=stdin, timeout=timeout)

    def items(self, kind: str, namespace: str = "") -> list[dict[str, Any]]:
        """Returns the objects of a kind, of one namespace or of all."""
        where = [f"--namespace={namespace}"] if namespace else ["--all-namespaces"]
        found: list[dict[str, Any]] = json.loads(self("get", kind, *where, "-o", "json"))["items"]
        return found

    def apply(self, objects: Sequence[dict[str, Any]], namespace: str = "") -> None:
        """Applies objects; those without a namespace go to `namespace`."""
        own = [item for item in objects if item["metadata"].get("namespace") not in (None, namespace)]
        rest = [item for item in objects if item not in own]
        # kubectl refuses objects of another namespace than the one that it is told
        for items, where in ((own, []), (rest, [f"--namespace={namespace}"] if namespace else [])):
            if not items:
                continue
            bundle = {"apiVersion": "v1", "kind": "List", "items": items}
            self("apply", "--server-side", *where, "-f", "-", stdin=json.dumps(bundle))

    def write_status(
        self, kind: str, name: str, status: dict[str, Any], namespace: str = "", *, how: str = "merge"
    ) -> None:
        """Writes into the status of an object, as a controller does; `how="strategic"` adds to a list by its key."""
        where = [f"--namespace={namespace}"] if namespace else []
        patch = json.dumps({"status": status})
        self("patch", kind, name, *where, "--subresource=status", f"--type={how}", f"--patch={patch}")
