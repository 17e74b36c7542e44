"""From what a user says to a reader of everything live."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from diagflow.collect.kubeauth import NoCluster, find_access
from diagflow.collect.kubernetes import KubernetesReader
from diagflow.collect.live import LiveReader
from diagflow.collect.promaccess import direct_door, options_from
from diagflow.collect.prometheus import Doors, PrometheusReader
from diagflow.collect.promsearch import cluster_doors
from diagflow.collect.reader import Reader
from diagflow.model import Query, Reading

WITHOUT: Final = "none"
"""As the URL of Prometheus: do without one."""

_OF_CLUSTER: Final = ("objects", "object", "log")


_NO_NODE_LOGS: Final = (
    "an API server has no logs of nodes; where they are wanted, put them into an incident folder: "
    "journalctl -b -o short-iso > logs/node/NAME.log"
)


def live_reader(
    *,
    kubeconfig: Path | str | None = None,
    context: str | None = None,
    prometheus: str | None = None,
    now: datetime,
    redact: Callable[[Reading], Reading],
    progress: Callable[[str], None] | None = None,
    env: Mapping[str, str] | None = None,
) -> LiveReader:
    """Return a reader of a cluster and of its Prometheus; nobody is asked yet.

    Args:
        kubeconfig: path; by default as kubectl has it.
        context: of the kubeconfig; by default the current one.
        prometheus: URL; `none` for none; by default PROMETHEUS_URL, else it is looked for in the cluster.
        now: the moment at which metrics are read (UTC).
        redact: what every reading passes before anybody sees it.
        progress: hears a line of text whenever something was asked or answered.
        env: environment variables; by default this process's.

    Raises:
        BadInput: there is neither a cluster nor a Prometheus, or the configuration of one is broken.
    """
    env = os.environ if env is None else env
    sources: dict[str, tuple[Reader, Sequence[str]]] = {}
    nobody = {"logs": _NO_NODE_LOGS}
    url = prometheus or env.get("PROMETHEUS_URL") or ""
    cluster = _cluster(str(kubeconfig or ""), context or "", env, nobody, needed=url in ("", WITHOUT))
    if cluster is not None:
        sources["kubernetes"] = (cluster, _OF_CLUSTER)
    if url == WITHOUT:
        nobody["promql"] = nobody["series"] = "no Prometheus is to be asked (--prometheus none)"
    else:
        sources["prometheus"] = (PrometheusReader(_doors(url, cluster, env), now), ("promql", "series"))
    return LiveReader(sources, redact=redact, nobody=nobody, progress=Spoken(progress) if progress else None)


def _cluster(
    kubeconfig: str, context: str, env: Mapping[str, str], nobody: dict[str, str], *, needed: bool
) -> KubernetesReader | None:
    try:
        return KubernetesReader(find_access(kubeconfig, context, env=env))
    except NoCluster as e:
        if needed:
            raise
        nobody.update(dict.fromkeys(_OF_CLUSTER, str(e)))
        return None


def _doors(url: str, cluster: KubernetesReader | None, env: Mapping[str, str]) -> Doors:
    if url or cluster is None:
        door = direct_door(options_from(env, url), env)
        return lambda deadline: [door]  # noqa: ARG005  # it needs no time
    api = cluster.api
    return lambda deadline: cluster_doors(api, deadline)


class Spoken:
    """Progress as lines of text: how many answers have come, and what is waited for."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._asked = 0
        self._waiting: dict[Query, int] = {}

    def started(self, query: Query) -> None:
        """Count a question."""
        self._asked += 1
        self._waiting[query] = self._waiting.get(query, 0) + 1

    def finished(self, reading: Reading) -> None:
        """Count an answer, and say what is still waited for."""
        left = self._waiting.pop(reading.query, 1) - 1
        if left:
            self._waiting[reading.query] = left
        waiting = next(iter(self._waiting), None)
        done = self._asked - sum(self._waiting.values())
        self._say(f"read {done} of {self._asked}" + (f", waiting for {_short(waiting)}" if waiting else ""))


def _short(query: Query) -> str:
    text = f"{query.kind} {query.target}" if query.kind != "objects" else query.target
    return text if len(text) <= _WIDE else f"{text[:_WIDE]}…"


_WIDE: Final = 50
