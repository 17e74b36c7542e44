"""What the analyzer says about what it saw, in both languages."""

from collections.abc import Iterable, Sequence
from typing import Final

from diagflow.model import Text
from diagflow.packs.kubernetes.scheduling.claims import BadClaim, Trouble
from diagflow.packs.kubernetes.scheduling.growth import Growth
from diagflow.packs.kubernetes.scheduling.judge import Judged
from diagflow.packs.kubernetes.scheduling.reasons import Kind
from diagflow.packs.kubernetes.scheduling.roots import Root
from diagflow.packs.kubernetes.scheduling.selectors import node_wanted

_SHOWN: Final = 3

_NO_SUCH_NODE: Final = Text(
    "none of {total} node(s) has what the pod asks for: {wanted}", "{total} 个节点都不满足该 Pod 的要求：{wanted}"
)

_SCARCE: Final = Text(
    "{count} node(s) are open to the pod, none has enough {resource}: it asks for {requested}, {freest} has {free}",
    "对该 Pod 开放的 {count} 个节点 {resource} 均不足：请求 {requested}，最多空闲 {free}（{freest}）",
)

_ROOTS: Final = {
    Kind.CPU: _SCARCE,
    Kind.MEMORY: _SCARCE,
    Kind.RESOURCE: _SCARCE,
    Kind.PODS: Text(
        "{node} runs {running} pod(s), its limit is {capacity}, with {free_cpu} CPU and {free_memory} memory left; "
        "a kubelet's own limit is 110",
        "{node} 运行着 {running} 个 Pod，上限为 {capacity}，尚有 CPU {free_cpu}、内存 {free_memory}；"
        "kubelet 默认上限为 110",
    ),
    Kind.CORDON: Text(
        "every node that the pod may use is cordoned: {nodes}", "该 Pod 可用的节点都已被标记为不可调度：{nodes}"
    ),
    Kind.TAINT: Text(
        "every node that the pod may use has a taint that it does not tolerate: {taints}",
        "该 Pod 可用的节点都带有它未容忍的污点：{taints}",
    ),
    Kind.CONDITION: Text(
        "every node that the pod may use is tainted for its condition: {taints}",
        "该 Pod 可用的节点都因自身状态异常而带有污点：{taints}",
    ),
    Kind.AFFINITY: _NO_SUCH_NODE,
    Kind.POD_AFFINITY: Text(
        "on each of the {count} node(s) that are open to the pod its pod affinity or anti-affinity forbids it",
        "对该 Pod 开放的 {count} 个节点都违反其 Pod 亲和或反亲和规则",
    ),
    Kind.SPREAD: Text(
        "on each of the {count} node(s) that are open to the pod its topology spread constraints forbid it",
        "对该 Pod 开放的 {count} 个节点都违反其拓扑分布约束",
    ),
    Kind.PORTS: Text(
        "on each of the {count} node(s) that are open to the pod its host port is taken: {rule}",
        "对该 Pod 开放的 {count} 个节点的主机端口已被占用：{rule}",
    ),
    Kind.VOLUME_NODE: Text(
        "the pod's volume cannot be used from any node that is open to it", "对该 Pod 开放的节点都无法使用其存储卷"
    ),
    Kind.VOLUME_NONE: Text(
        "no node that is open to the pod has a free volume for its claim", "对该 Pod 开放的节点都没有可供绑定的存储卷"
    ),
}

_HEARSAY: Final = {
    Kind.AFFINITY: _NO_SUCH_NODE,
    Kind.TAINT: Text(
        "the nodes have taints that the pod does not tolerate: {taints}", "节点带有该 Pod 未容忍的污点：{taints}"
    ),
}

_CLAIMS: Final = {
    Trouble.MISSING: Text("the claim {claim} does not exist", "存储卷声明 {claim} 不存在"),
    Trouble.DELETING: Text("the claim {claim} is being deleted", "存储卷声明 {claim} 正在删除"),
    Trouble.LOST: Text("the claim {claim} has lost its volume", "存储卷声明 {claim} 绑定的卷已不存在"),
    Trouble.NO_CLASS: Text(
        "the claim {claim} names no storage class, none is the default, and no free volume fits it",
        "存储卷声明 {claim} 未指定存储类，集群也没有默认存储类，且没有合适的空闲卷",
    ),
    Trouble.CLASS_MISSING: Text(
        "the claim {claim} names the storage class {storage_class}, which does not exist",
        "存储卷声明 {claim} 指定的存储类 {storage_class} 不存在",
    ),
    Trouble.NOT_PROVISIONED: Text("the claim {claim} has got no volume yet", "存储卷声明 {claim} 尚未得到存储卷"),
    Trouble.NO_VOLUME: Text(
        "no free volume that fits the claim {claim} can be used where the pod may run",
        "在该 Pod 可用的节点上，没有适合存储卷声明 {claim} 的卷",
    ),
    Trouble.UNFIT: Text(
        "nobody makes volumes for the claim {claim}, and it is bound to none of those that are there",
        "没有程序为存储卷声明 {claim} 创建卷，而现有的卷都未与其绑定",
    ),
}


def few(names: Iterable[str]) -> str:
    """Return some names, and how many more there are: `a, b, c +4`."""
    every = list(names)
    more = f" +{len(every) - _SHOWN}" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more


def root_text(judged: Judged, root: Root) -> Text:
    """Return what keeps the pod from every node."""
    known = {"wanted": node_wanted(judged.pod.spec) or "?", **root.args}
    if not root.nodes:
        text = _HEARSAY.get(root.kind)
        return text.fill({**known, "total": judged.pod.message.total or 0}) if text else judged.pod.message.meaning()
    args = {
        **known,
        "count": len(root.nodes),
        "nodes": few(root.nodes),
        "node": root.nodes[0],
        "total": len(judged.table),
    }
    return _ROOTS[root.kind].fill(args)


def claim_text(claim: BadClaim) -> Text:
    """Return what is wrong with a claim, with what its events say."""
    text = _CLAIMS[claim.trouble].fill({"claim": claim.name, "storage_class": claim.storage_class})
    return Text(f"{text.en}: {claim.detail}", f"{text.zh}：{claim.detail}") if claim.detail else text


def message_text(judged: Judged) -> Text:
    """Return what the scheduler said, every part of it in words."""
    meaning = judged.pod.message.meaning()
    return Text(f"the scheduler: {meaning.en}", f"调度器：{meaning.zh}")


def growth_text(growth: Growth) -> Text:
    """Return why no node is added for the pod: the autoscaler's words, and the cloud's."""
    cloud = "" if growth.why == growth.said else growth.why
    said = Text(f"the autoscaler adds no node for it: {growth.said}", f"自动扩缩器未为其增加节点：{growth.said}")
    return Text(f"{said.en}; it said before: {cloud}", f"{said.zh}；此前报告：{cloud}") if cloud else said


def disagreement(lines: Sequence[str]) -> Text:
    """Return where message and objects disagree."""
    return Text(
        "message and objects disagree (the message may be some minutes old): " + "; ".join(lines),
        "调度器消息与对象不一致（消息可能是几分钟前的）：" + "；".join(lines),
    )


def only_cordoned(names: Sequence[str]) -> Text:
    """Return that some nodes would take the pod, were they not cordoned, with the command."""
    args = {"nodes": few(names), "node": names[0]}
    return Text(
        "only a cordon keeps the pod from {nodes}: if the maintenance is over, kubectl uncordon {node}",
        "{nodes} 仅因被标记为不可调度（cordon）而不可用：若维护已结束，可执行 kubectl uncordon {node}",
    ).fill(args)


def has_room(resource: str, node: str, free: str, wanted: str) -> Text:
    """Return that a node which was asked about a resource has enough of it."""
    return Text(
        f"{node} was asked about {resource} and has {free} free; the pod asks for {wanted}",
        f"调度器检查过 {node} 的 {resource}：空闲 {free}，Pod 请求 {wanted}，足够",
    )
