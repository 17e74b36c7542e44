"""Diagnoses built by hand: one of each sort that people meet."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from diagflow.model import CLUSTER, Entity, Evidence, Incident, Instruction, Onset, Query, State, Strength, Text
from diagflow.model.diagnosis import (
    Candidate,
    Diagnosis,
    Graph,
    GraphEdge,
    GraphNode,
    Missing,
    NamedCause,
    RuledOut,
    SeenSymptom,
    Status,
    Step,
    Suppressed,
    Suspect,
)

NOW: Final = datetime(2026, 1, 1, 3, 5, tzinfo=UTC)
PODS: Final = Query.of("objects", "pods")
NODES: Final = Query.of("objects", "nodes")
EVENTS: Final = Query.of("objects", "events")
PENDING: Final = Query.of("promql", 'sum(min_over_time(kube_pod_status_phase{phase="Pending"}[5m]))')
PRESSURE: Final = Query.of("promql", 'kube_node_status_condition{condition="DiskPressure",status="True"}')
NODE: Final = Entity("node", "worker-1")
SOURCE: Final = {"kubernetes": {"context": "lab", "server": "https://10.0.0.1:6443"}}
RULES: Final = {"K8S-SCHED-007": "sha256:7a", "K8S-SCHED-042": "sha256:42"}


def at(seconds: float) -> datetime:
    """Seconds before the diagnosis."""
    return NOW - timedelta(seconds=seconds)


def pod(name: str, namespace: str = "shop") -> Entity:
    return Entity("pod", name, namespace)


def seen(en: str, zh: str = "", nats: float = 6.0, query: Query = NODES, **more: Any) -> Evidence:
    return Evidence(
        query=query,
        origin="state",
        nats=nats,
        text=Text(en, zh),
        strength=Strength.CONCLUSIVE if abs(nats) >= 6 else None,
        **more,
    )


def max_pods() -> Diagnosis:
    """The incident behind the product: a kubelet with `--max-pods=1` leaves 18 pods Pending."""
    pods = tuple(pod(f"cart-{n}") for n in range(18))
    title = Text(
        "Node worker-1 takes no more pods: its limit of 1 is reached", "节点 worker-1 无法再接收 Pod：已达到上限 1"
    )
    cause = NamedCause(
        id="kubernetes.node-pod-capacity",
        entity=NODE,
        entities=(NODE,),
        confidence=0.972,
        title=title,
        explanation=Text(
            "The kubelet takes as many pods as its setting maxPods says. The scheduler never binds one more.\n"
            "Too little CPU or memory looks alike from outside; the scheduler's message tells them apart.",
            "kubelet 最多接收 maxPods 个 Pod，调度器不会超出该上限。\nCPU 或内存不足的表现相似，可从调度器的消息区分。",
        ),
        remedy=Instruction(
            Text(
                "Raise maxPods in the kubelet's configuration of worker-1 and restart it, or add a node.",
                "在 worker-1 的 kubelet 配置中调高 maxPods 并重启，或者增加节点。",
            ),
            (
                Text("ssh worker-1 sudo sed -i 's/^maxPods: .*/maxPods: 110/' /var/lib/kubelet/config.yaml"),
                Text("ssh worker-1 sudo systemctl restart kubelet"),
            ),
        ),
        check=Instruction(
            Text("The node allows more pods, and the pods get scheduled.", "节点允许更多 Pod，且这些 Pod 已被调度。"),
            (
                Text("kubectl get node worker-1 -o jsonpath='{.status.allocatable.pods}'"),
                Text("kubectl -n shop get pods --field-selector status.phase=Pending"),
            ),
        ),
        refs=("K8S-007",),
        severity="critical",
        onset=Onset(at(214), at(211)),
        evidence=(
            seen(
                "worker-1 allows 1 pod and runs 1; 18 Pending pods fit it in all other respects",
                "worker-1 允许 1 个 Pod，已运行 1 个；另有 18 个 Pending 的 Pod 在其他方面均可调度到该节点",
                query=PODS,
                time=at(2),
            ),
            seen(
                'the scheduler says "Too many pods" about 1 of 4 nodes',
                "调度器对 4 个节点中的 1 个报告 “Too many pods”",
                nats=3.0,
                query=EVENTS,
                time=at(31),
            ),
            seen("pods Pending for 5 min", "持续 5 分钟处于 Pending 的 Pod", 0.0, PENDING, value=18.0, time=at(5)),
        ),
        docs="https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/",
    )
    pending = SeenSymptom(
        id="kubernetes.pods-pending",
        entity=pods[0],
        entities=pods,
        title=Text("Pod shop/cart-0 stays Pending", "Pod shop/cart-0 一直处于 Pending"),
        refs=("K8S-024",),
        evidence=(seen("FailedScheduling, 18 times", "FailedScheduling，18 次", query=EVENTS, time=at(208)),),
        explained_by=("kubernetes.node-pod-capacity@node/worker-1",),
        onset=Onset(at(209), at(208)),
    )
    return Diagnosis(
        status=Status.DIAGNOSED,
        incident=Incident(
            now=NOW, entities=(CLUSTER,), alert={"status": "firing"}, onset=at(90), labels={"alertname": "PendingRises"}
        ),
        source=SOURCE,
        causes=(cause,),
        symptoms=(pending,),
        ruled_out=(
            RuledOut(
                id="kubernetes.node-disk-pressure",
                entity=NODE,
                title=Text("Node worker-1 has disk pressure", "节点 worker-1 磁盘压力"),
                reason=Text("condition DiskPressure is False since 01:12", "DiskPressure 自 01:12 起为 False"),
                refs=("K8S-031",),
                evidence=(seen("DiskPressure is False", "DiskPressure 为 False", -6.0),),
                entities=(NODE,),
            ),
            RuledOut(
                id="kubernetes.insufficient-resources",
                entity=NODE,
                title=Text("No node has enough CPU or memory", "没有节点有足够的 CPU 或内存"),
                reason=Text(
                    "worker-1 has 3.2 CPUs and 6.1 GiB free, the pods ask for 10m and 16Mi",
                    "worker-1 空闲 3.2 CPU 与 6.1 GiB，而 Pod 只请求 10m 与 16Mi",
                ),
                entities=(NODE,),
            ),
        ),
        missing=(
            Missing(
                Query.of("promql", "max by (node) (container_fs_usage_bytes)"),
                State.ABSENT,
                ("K8S-SCHED-042",),
                "this kubelet exports no container_fs_usage_bytes",
            ),
        ),
        suppressed=(),
        others=2,
        path=(
            Step(
                "rule",
                "K8S-SCHED-042",
                CLUSTER,
                "match",
                Text(
                    "K8S-SCHED-042 matched and asks its analyzer about cluster/local",
                    "K8S-SCHED-042：cluster/local 匹配，转交分析器",
                ),
                evidence=(
                    seen("pods Pending for 5 min", "", 0.0, PENDING, value=18.0),
                    seen("nodes with disk pressure", "", 0.0, PRESSURE, value=0.0),
                ),
            ),
            Step(
                "cause",
                "kubernetes.node-pod-capacity",
                NODE,
                "named",
                Text(
                    "kubernetes.node-pod-capacity at node/worker-1 stands with confidence 0.972",
                    "kubernetes.node-pod-capacity（node/worker-1）成立，置信度 0.972",
                ),
                confidence=0.972,
            ),
        ),
        graph=_max_pods_graph(title),
        rules=RULES,
        bundle_digest="sha256:4c1d",
        engine="0.1.0",
    )


def _max_pods_graph(title: Text) -> Graph:
    root, ruled = "kubernetes.node-pod-capacity@node/worker-1", "kubernetes.node-disk-pressure@node/worker-1"
    return Graph(
        nodes=(
            GraphNode("objects:pods", "reading", Text("objects:pods")),
            GraphNode("objects:nodes", "reading", Text("objects:nodes")),
            GraphNode("objects:events", "reading", Text("objects:events")),
            GraphNode(str(PENDING), "reading", Text(str(PENDING))),
            GraphNode("rule:K8S-SCHED-042", "verdict", Text("K8S-SCHED-042"), Text("check-scheduler-config")),
            GraphNode("rule:K8S-SCHED-007", "verdict", Text("K8S-SCHED-007")),
            GraphNode("rule:K8S-NODE-031", "verdict", Text("K8S-NODE-031")),
            GraphNode(root, "cause", title, Text("node/worker-1"), root=True),
            GraphNode(ruled, "cause", Text("Node worker-1 has disk pressure", "节点磁盘压力"), Text("node/worker-1")),
            GraphNode(
                "kubernetes.pods-pending@pod/shop/cart-0",
                "symptom",
                Text("Pod shop/cart-0 stays Pending", "Pod shop/cart-0 一直处于 Pending"),
                Text("pod/shop/cart-0 and 17 more", "pod/shop/cart-0 等 18 个"),
            ),
            GraphNode("alert", "alert", Text("PendingRises"), Text("cluster/local")),
        ),
        edges=(
            GraphEdge("objects:pods", "rule:K8S-SCHED-007", 6.0),
            GraphEdge("objects:nodes", "rule:K8S-SCHED-007", 3.0),
            GraphEdge("objects:events", "rule:K8S-SCHED-042", 3.0),
            GraphEdge(str(PENDING), "rule:K8S-SCHED-042", 0.0),
            GraphEdge("objects:nodes", "rule:K8S-NODE-031", -6.0),
            GraphEdge("rule:K8S-SCHED-042", root, 3.0),
            GraphEdge("rule:K8S-SCHED-007", root, 6.0),
            GraphEdge("rule:K8S-NODE-031", ruled, -6.0),
            GraphEdge(root, "kubernetes.pods-pending@pod/shop/cart-0"),
            GraphEdge("kubernetes.pods-pending@pod/shop/cart-0", "alert"),
        ),
    )


def healthy() -> Diagnosis:
    return Diagnosis(Status.HEALTHY, Incident(now=NOW), SOURCE, rules=RULES, bundle_digest="sha256:00", engine="0.1.0")


def unknown_forbidden() -> Diagnosis:
    """Pods stay Pending, and nobody may look at the nodes."""
    return Diagnosis(
        status=Status.UNKNOWN,
        incident=Incident(now=NOW, entities=(pod("cart-0"),)),
        source=SOURCE,
        symptoms=(
            SeenSymptom(
                "kubernetes.pods-pending",
                pod("cart-0"),
                (pod("cart-0"), pod("cart-1")),
                Text("Pod shop/cart-0 stays Pending", "Pod shop/cart-0 一直处于 Pending"),
                evidence=(seen("0/4 nodes are available", "4 个节点均不可用", query=EVENTS, time=at(31)),),
            ),
        ),
        candidates=(
            Candidate(
                "kubernetes.node-pod-capacity",
                NODE,
                Text("Node worker-1 takes no more pods", "节点 worker-1 无法再接收 Pod"),
                0.31,
                ("K8S-007",),
                (NODES,),
            ),
        ),
        missing=(
            Missing(
                NODES,
                State.FORBIDDEN,
                ("K8S-SCHED-007", "K8S-NODE-031"),
                'nodes is forbidden: User "system:serviceaccount:ops:diagflow" cannot list resource "nodes"',
                required=True,
                blocking=True,
            ),
            Missing(
                Query.of("objects", "deployments.apps", namespace="shop"),
                State.FORBIDDEN,
                ("K8S-ROLL-001",),
                "deployments.apps is forbidden",
                required=True,
            ),
            Missing(PENDING, State.ERROR, ("K8S-SCHED-042",), "no answer within 30 s", required=True, blocking=True),
            Missing(Query.of("log", "shop/cart-0/app"), State.ABSENT, ("K8S-RUN-003",), "container never started"),
        ),
        rules=RULES,
        bundle_digest="sha256:01",
        engine="0.1.0",
    )


def contradiction() -> Diagnosis:
    return Diagnosis(
        status=Status.UNKNOWN,
        incident=Incident(now=NOW, alert={"alerts": [{"labels": {"alertname": "KubeNodeNotReady"}}]}),
        source=SOURCE,
        path=(
            Step(
                "cause",
                "kubernetes.kubelet-stopped",
                NODE,
                "contradicted",
                Text(
                    "kubernetes.kubelet-stopped at node/worker-1 has conclusive evidence for and against it",
                    "kubernetes.kubelet-stopped（node/worker-1）的决定性证据互相矛盾",
                ),
                names="kubernetes.kubelet-stopped",
                confidence=0.49,
                evidence=(
                    seen(
                        "the lease of worker-1 was not renewed for 3 min", "worker-1 的租约 3 分钟未续期", time=at(60)
                    ),
                    seen("the kubelet of worker-1 answers", "worker-1 的 kubelet 有应答", -6.0, time=at(1)),
                ),
            ),
        ),
        rules=RULES,
        bundle_digest="sha256:02",
        engine="0.1.0",
    )


def three_roots() -> Diagnosis:
    """Three roots; one on many pods, one with a chain of consequences; suppressions, advice and suspects."""
    deployment, service = Entity("deployment", "web", "shop"), Entity("service", "web", "shop")
    secret = NamedCause(
        id="kubernetes.secret-missing",
        entity=pod("web-0"),
        entities=tuple(pod(f"web-{n}") for n in range(4)),
        confidence=0.99,
        title=Text("Secret shop/db does not exist, and pod shop/web-0 needs it"),
        explanation=Text("The kubelet starts a container only when all that it mounts is there."),
        remedy=Instruction(
            Text("Create the secret."),
            (Text("kubectl -n shop apply -f - <<'EOF'\nkind: Secret\nmetadata: {name: db}\nEOF"),),
        ),
        check=Instruction(Text("The pods run."), (Text("kubectl -n shop get pods"),)),
        severity="critical",
        onset=Onset(at(7300), at(7200)),
        evidence=(seen('secret "db" not found', query=EVENTS, value={"count": 12, "reason": "Failed"}, time=at(7200)),),
    )
    rollout = NamedCause(
        id="kubernetes.rollout-stuck",
        entity=deployment,
        entities=(deployment,),
        confidence=0.71,
        title=Text("Deployment shop/web does not finish its rollout"),
        explanation=Text(""),
        remedy=Instruction(Text("")),
        check=Instruction(Text("")),
        root=False,
        explained_by=("kubernetes.secret-missing@pod/shop/web-2",),
        onset=Onset(None, at(6600)),
    )
    endpoints = SeenSymptom(
        "kubernetes.no-endpoints",
        service,
        (service,),
        Text("Service shop/web has no ready endpoint"),
        explained_by=("kubernetes.rollout-stuck@deployment/shop/web",),
        onset=Onset(at(6600), None),
    )
    image = NamedCause(
        id="kubernetes.image-not-found",
        entity=pod("jobs-7", "batch"),
        entities=(pod("jobs-7", "batch"),),
        confidence=0.87,
        title=Text("Image registry.example/jobs:1.9 does not exist"),
        explanation=Text(""),
        remedy=Instruction(
            Text("Correct the tag."), (Text("kubectl -n batch set image job/jobs app=registry.example/jobs:1.8"),)
        ),
        check=Instruction(Text("")),
        evidence=(seen("manifest unknown", time=at(100), query=PODS),),
    )
    taint = NamedCause(
        id="kubernetes.node-tainted",
        entity=Entity("node", "worker-2"),
        entities=(Entity("node", "worker-2"),),
        confidence=0.52,
        title=Text("Node worker-2 is tainted, and no pod tolerates it"),
        explanation=Text(""),
        remedy=Instruction(Text("")),
        check=Instruction(Text("")),
        severity="info",
        evidence=(seen("taint dedicated=db:NoSchedule", nats=1.5), seen("no pod was rejected", nats=-0.5)),
    )
    return Diagnosis(
        status=Status.DIAGNOSED,
        incident=Incident(now=NOW),
        source={"context": "prod"},
        causes=(secret, image, taint, rollout),
        symptoms=(endpoints,),
        suspects=(Suspect(service, 0.71, (Text("errors rise from 03:01"), Text("nobody below it is slower"))),),
        suppressed=(
            Suppressed("kubernetes.node-cordoned", Entity("node", "spare"), "spare node", "ops", "2026-02-01"),
        ),
        advice=(taint,),
        rules=RULES,
        bundle_digest="sha256:03",
        engine="0.1.0",
    )


def suspects() -> Diagnosis:
    return Diagnosis(
        status=Status.SUSPECTS,
        incident=Incident(now=NOW, alert={"commonLabels": {"alertname": "SlowRequests"}}),
        source={},
        suspects=three_roots().suspects,
        bundle_digest="sha256:04",
        engine="0.1.0",
    )


def big_graph(pods: int = 40) -> Diagnosis:
    """90 nodes in the graph: two for each of 40 pods, and ten more."""
    base = max_pods()
    more = [GraphNode(f"log:shop/cart-{n}/app", "reading", Text(f"log:shop/cart-{n}/app")) for n in range(pods)]
    more += [
        GraphNode(f"crash@pod/shop/cart-{n}", "symptom", Text(f"Pod shop/cart-{n} stays Pending")) for n in range(pods)
    ]
    kept = base.graph.nodes[:-1]
    root = "kubernetes.node-pod-capacity@node/worker-1"
    edges = [GraphEdge(f"log:shop/cart-{n}/app", "rule:K8S-SCHED-042", 0.5) for n in range(pods)]
    edges += [GraphEdge(root, f"crash@pod/shop/cart-{n}") for n in range(pods)]
    graph = Graph((*kept, *more), (*base.graph.edges[:-1], *edges))
    return _with(base, graph=graph)


HOSTILE: Final = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]> --> </style></svg><svg onload=alert(1)>",
    "\x1b[2J\x1b]0;owned\x07\x9b31mred",
    "\u202egnp.exe\u2066\u200b\ufeff",
    "`code` ```fence``` [link](javascript:alert(1)) ![i](http://evil.example/x.png) | a | b | @all #1 <http://evil.example>",
    "{{ 7*7 }} {% raw %} ${7*7} %s {n}",
    "line one\nline two\r\n# heading\n- item\n\n---\n<b>html</b>",
    "x" * 10_000,
    "\ud800 half a character",
    "a\u2028b\x00c",
)


def hostile(text: str) -> Diagnosis:
    """`text` wherever somebody who can create a pod, or a stranger's pack, can put it."""
    name = text.replace("\ud800", "")  # no name can hold half a character: it could not be written canonically
    thing = Entity("pod", name, "shop")
    words = Text(text, text)
    evidence = (
        Evidence(
            Query.of("log", f"shop/{text}/app"), text, 6.0, words, {text: [text]}, NOW, strength=Strength.CONCLUSIVE
        ),
        Evidence(Query.of("promql", text), text, -1.0, words, text),
    )
    todo = Instruction(words, (words,))
    cause = NamedCause(
        text, thing, (thing, thing), 0.9, words, words, todo, todo, (text,), severity=text, evidence=evidence, docs=text
    )
    after = NamedCause(
        f"{text}2", thing, (thing,), 0.6, words, words, todo, todo, root=False, explained_by=(f"{text}@{thing}",)
    )
    return Diagnosis(
        status=Status.DIAGNOSED,
        incident=Incident(now=NOW, entities=(thing,), alert={text: text}, onset=NOW, labels={"alertname": text}),
        source={"cluster": text, text: [text]},
        causes=(cause, after),
        symptoms=(SeenSymptom(text, thing, (thing,), words, (text,), evidence),),
        candidates=(Candidate(text, thing, words, 0.3, (text,), (Query.of("promql", text),)),),
        suspects=(Suspect(thing, 0.5, (words,)),),
        ruled_out=(RuledOut(text, thing, words, words, (text,), evidence, (thing,)),),
        missing=(
            Missing(Query.of("objects", text, namespace=name), State.FORBIDDEN, (text,), text, True, True),
            Missing(Query.of("log", f"{text}/{text}/{text}"), State.ERROR, (text,), text, True, True),
        ),
        suppressed=(Suppressed(text, thing, text, text, text),),
        advice=(cause,),
        others=1,
        path=(Step("rule", text, thing, text, words, text, 0.5, evidence, 2, (thing,)),),
        graph=Graph(
            (
                GraphNode(text, "reading", words, words),
                GraphNode("v", text, words, words),
                GraphNode("c", "cause", words, words, root=True),
            ),
            (GraphEdge(text, "v", 1.0), GraphEdge("v", "c", -1.0), GraphEdge("nowhere", "c", 1.0)),
        ),
        rules={text: text},
        bundle_digest=text,
        engine=text,
    )


def _with(base: Diagnosis, **changed: Any) -> Diagnosis:
    from dataclasses import replace  # noqa: PLC0415

    return replace(base, **changed)


SAMPLES: Final[dict[str, Callable[[], Diagnosis]]] = {
    "max_pods": max_pods,
    "healthy": healthy,
    "unknown_forbidden": unknown_forbidden,
    "contradiction": contradiction,
    "three_roots": three_roots,
    "suspects": suspects,
    "big_graph": big_graph,
}
