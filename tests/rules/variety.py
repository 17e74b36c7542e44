"""Valid rules of every shape, made from a seed."""

import random

_METRICS = ["kube_pod_status_phase", "node_load1", "up", "container_memory_working_set_bytes"]
_CEL = [
    "object.status.phase == 'Pending'",
    "has(object.spec.nodeName) && size(object.spec.volumes) > 2",
    "object.status.conditions.exists(c, c.type == 'Ready' && c.status != 'True')",
    "age(object.metadata.creationTimestamp) > 300.0",
]
_STRENGTHS = ["conclusive", "strong", "moderate", "weak"]


def generated(rng: random.Random) -> str:
    """Return a file of one to three rules."""
    return "".join(_rule(rng, number) for number in range(1, rng.randint(2, 4)))


def _rule(rng: random.Random, number: int) -> str:
    area = rng.choice(["GEN", "TEST-MORE", "X1"])
    lines = [f"- id: {area}-{rng.choice(['A', 'BETA'])}-{number:03}"]
    if rng.random() < 0.3:
        lines = [f"# rule {number}", *lines]
    if rng.random() < 0.7:
        lines.append(f'  title: {{en: "Title {number}", zh: "标题 {number}"}}')
    lines.append(f"  {rng.choice(['cause', 'symptom', 'advice'])}: pack.slug-{number}")
    lines.append("  triggers:")
    lines += _indented(_conditions(rng, depth=0), 4)
    if rng.random() < 0.5:
        lines.append("  dependencies:")
        lines += _indented(_conditions(rng, depth=1), 4)
    if rng.random() < 0.3:
        lines.append('  action: "look-closer --deep --nodes=all"')
    if rng.random() < 0.2:
        lines.append("  class: R")
    return "\n".join(lines) + "\n"


def _indented(lines: list[str], by: int) -> list[str]:
    return [" " * by + line for line in lines]


def _conditions(rng: random.Random, depth: int) -> list[str]:
    return [line for _ in range(rng.randint(1, 2)) for line in _item(_condition(rng, depth))]


def _item(lines: list[str]) -> list[str]:
    return ["- " + lines[0], *("  " + line for line in lines[1:])]


def _condition(rng: random.Random, depth: int) -> list[str]:
    if depth < 2 and rng.random() < 0.25:
        return [f"{rng.choice(['all', 'any'])}:", *_indented(_conditions(rng, depth + 1), 2)]
    if depth < 2 and rng.random() < 0.1:
        return ["not:", *_indented(_condition(rng, 2), 2)]
    lines = rng.choice([_metric, _promql, _object, _event, _log, _change, _fact])(rng)
    return lines + _common(rng)


def _common(rng: random.Random) -> list[str]:
    lines = []
    if rng.random() < 0.5:
        lines.append(f"supports: {rng.choice(_STRENGTHS)}")
    if rng.random() < 0.3:
        lines.append("half-life: 1h30m")
    if rng.random() < 0.3:
        lines.append('text: {en: "seen {value}", zh: "看到 {value}"}')
    if rng.random() < 0.2:
        lines.append("origin: kubelet")
    return lines


def _metric(rng: random.Random) -> list[str]:
    lines = [f"metric: {rng.choice(_METRICS)}", 'filter: phase="Pending",node!=""']
    if rng.random() < 0.5:
        return [*lines, "window: 30m", f"trend: {rng.choice(['rising', 'falling'])}"]
    operator = rng.choice([">", ">=", "<", "<=", "==", "!="])
    lines.append(f"threshold: {operator}{rng.choice(['', ' '])}{rng.choice(['15', '-3', '80%', '10Gi', '90s'])}")
    lines += ["window: 5m", "function: max_over_time"] if rng.random() < 0.5 else []
    lines += ["aggregate: max by (node, pod)"] if rng.random() < 0.5 else []
    return lines


def _promql(rng: random.Random) -> list[str]:
    return [f"promql: 'sum by (node) (rate({rng.choice(_METRICS)}[5m]))'", "threshold: '> 0.5'", "labels: {node: node}"]


def _object(rng: random.Random) -> list[str]:
    lines = ["object: pod"]
    if rng.random() < 0.4:
        lines += ["each: container", "when:", "  container.state.waiting.reason: [ErrImagePull, ImagePullBackOff]"]
        lines += [
            "where: >-",
            "  container.state.waiting.message.matches('(?i)not found')",
            "  && object.status.phase == 'Pending'",
        ]
    else:
        lines += ["when: {status.phase: Pending}", f'where: "{rng.choice(_CEL)}"']
    lines += ["extract:", "  value: object.metadata.name"] if rng.random() < 0.5 else []
    if rng.random() < 0.3:
        lines += ["related:", "  nodes: {via: node, kind: node}"]
    if rng.random() < 0.3:
        lines += ["since: object.status.startTime", "for: 5m"]
    return lines


def _event(rng: random.Random) -> list[str]:
    lines = ["event: [FailedScheduling, Failed]", "on: pod"]
    lines += [r'message: "(?P<value>\\d+) nodes are available"'] if rng.random() < 0.6 else []
    lines += ["within: 30m", "min-count: 3"] if rng.random() < 0.5 else []
    return lines


def _log(rng: random.Random) -> list[str]:
    lines = ["log:", "  - 'connection refused to (?P<value>[^ ]+)'", '  - "panic: "']
    lines += ["of:", "  when: {status.phase: Running}"] if rng.random() < 0.5 else []
    return lines + (["previous: true", "tail: 50"] if rng.random() < 0.5 else [])


def _change(rng: random.Random) -> list[str]:
    return [f"change: {rng.choice(['rollout', '[config, flag]'])}", "within: 2h"]


def _fact(rng: random.Random) -> list[str]:
    return [f"fact: {rng.choice(['go.version', 'path'])}", "where: fact != ''"]
