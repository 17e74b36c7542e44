"""Logs as `oc adm inspect` writes them, in every must-gather.

`namespaces/NS/pods/POD/CONTAINER/CONTAINER/logs/current.log` and `previous.log`, each line behind the time at which it
was written; after a refusal also `current.insecure.log` and `previous.insecure.log` (openshift/oc,
pkg/cli/admin/inspect/pod.go: gatherContainerLogs). The file is made before anything is asked for (writer.go: Write), so
that an empty one says nothing: the pod may have no such log, or nobody was allowed to read it.
"""

import re
from typing import Final

from diagflow.bundle.folder.files import Found
from diagflow.model import Query

_PATH: Final = re.compile(
    r".*/namespaces/(?P<ns>[^/]+)/pods/(?P<pod>[^/]+)/(?P<container>[^/]+)/(?:(?P=container)/)?"
    r"logs/(?P<run>current|previous)(?:\.insecure)?\.log"
)
_TIME: Final = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(?:Z|[+-]\d\d:\d\d) ", re.MULTILINE)
"""How the kubelet writes it before each line (kubernetes, pkg/kubelet/types: RFC3339NanoFixed)."""


def query_of(file: Found) -> Query | None:
    """Return the query that a log answers, also where only a folder of a must-gather was named; None for other logs."""
    found = _PATH.fullmatch(file.path.absolute().as_posix())
    if found is None:
        return None
    previous = "true" if found["run"] == "previous" else ""
    return Query.of("log", f"{found['ns']}/{found['pod']}/{found['container']}", previous=previous)


def without_times(text: str) -> str:
    """Return the log as the container wrote it."""
    return _TIME.sub("", text)
