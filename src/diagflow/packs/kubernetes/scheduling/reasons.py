"""Why the scheduler turns a node down: every wording of Kubernetes 1.24 to 1.37, what it means, who says it.

The wordings come from pkg/scheduler/framework/plugins of kubernetes/kubernetes (`ErrReason...`); older ones that
clusters still show are kept beside the new.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from diagflow.model import Text


class Kind(StrEnum):
    """What stood against a node, independent of wording and version."""

    CPU = "cpu"
    MEMORY = "memory"
    RESOURCE = "resource"  # ephemeral storage, huge pages, extended resources: the detail names it
    PODS = "pods"
    CORDON = "cordon"
    TAINT = "taint"
    CONDITION = "condition"  # a taint that the node controller sets for a condition of the node
    AFFINITY = "affinity"
    NODE_NAME = "node-name"
    PORTS = "ports"
    POD_AFFINITY = "pod-affinity"
    SPREAD = "spread"
    VOLUME_NODE = "volume-node"
    VOLUME_NONE = "volume-none"
    VOLUME_LIMIT = "volume-limit"
    VOLUME_IN_USE = "volume-in-use"
    CLAIM_MISSING = "claim-missing"
    CLAIM_UNBOUND = "claim-unbound"
    CLAIM_LOST = "claim-lost"
    CLAIM_DELETING = "claim-deleting"
    CLAIM_AWAITED = "claim-awaited"
    DEVICES = "devices"
    GATED = "gated"
    GROUP = "group"
    NO_NODES = "no-nodes"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Wording:
    """One way in which a plugin says something; the named group `detail` is what it is about."""

    kind: Kind
    plugin: str
    pattern: re.Pattern[str]


def _wordings(*rows: tuple[Kind, str, str]) -> tuple[Wording, ...]:
    return tuple(Wording(kind, plugin, re.compile(pattern)) for kind, plugin, pattern in rows)


_CLAIM = r'persistentvolumeclaim "(?P<detail>[^"]*)"'

WORDINGS: Final = _wordings(
    (Kind.CORDON, "NodeUnschedulable", r"node\(s\) were unschedulable"),
    (Kind.CONDITION, "NodeUnschedulable", r"node\(s\) had unknown conditions"),
    (Kind.NODE_NAME, "NodeName", r"node\(s\) didn't match the requested (?:node ?name|hostname)"),
    (Kind.TAINT, "TaintToleration", r"node\(s\) had untolerated taint \{(?P<detail>[^}]*)\}"),  # 1.24 to 1.34
    (Kind.TAINT, "TaintToleration", r"node\(s\) had untolerated taint\(s\)"),  # since 1.35, names none
    (Kind.TAINT, "TaintToleration", r"node\(s\) had taint \{(?P<detail>[^}]*)\}, that the pod didn't tolerate"),
    (Kind.TAINT, "TaintToleration", r"node\(s\) had taints that the pod didn't tolerate"),
    (Kind.AFFINITY, "NodeAffinity", r"node\(s\) didn't match Pod's node affinity(?:/selector)?"),
    (Kind.AFFINITY, "NodeAffinity", r"node\(s\) didn't match node selector"),
    (Kind.AFFINITY, "NodeAffinity", r"node\(s\) didn't match scheduler-enforced node affinity"),
    (Kind.AFFINITY, "NodeAffinity", r"pod affinity terms conflict"),
    (Kind.AFFINITY, "NodeAffinity", r"node\(s\) didn't satisfy plugin(?:\(s\))? \[?NodeAffinity\]?.*"),
    (Kind.PORTS, "NodePorts", r"node\(s\) didn't have free ports for the requested pod ports"),
    (Kind.PODS, "NodeResourcesFit", r"Too many pods"),
    (Kind.CPU, "NodeResourcesFit", r"Insufficient cpu"),
    (Kind.MEMORY, "NodeResourcesFit", r"Insufficient memory"),
    (Kind.RESOURCE, "NodeResourcesFit", r"Insufficient (?P<detail>\S+)"),
    (Kind.VOLUME_IN_USE, "VolumeRestrictions", r"node\(s\) had no available disk"),
    (Kind.VOLUME_IN_USE, "VolumeRestrictions", r"node\(s\) unavailable due to PersistentVolumeClaim with .*"),
    (Kind.VOLUME_LIMIT, "NodeVolumeLimits", r"node\(s\) exceed max volume count"),
    (Kind.VOLUME_LIMIT, "NodeVolumeLimits", r"(?P<detail>\S+) CSI driver is not installed on the node"),
    (Kind.VOLUME_NONE, "VolumeBinding", r"node\(s\) didn't find available persistent volumes to bind"),
    (Kind.VOLUME_NODE, "VolumeBinding", r"node\(s\) had volume node affinity conflict"),  # until 1.33
    (Kind.VOLUME_NODE, "VolumeBinding", r"node\(s\) didn't match PersistentVolume's node affinity"),
    (Kind.VOLUME_NONE, "VolumeBinding", r"node\(s\) did not have enough free storage"),
    (Kind.CLAIM_LOST, "VolumeBinding", r"node\(s\) unavailable due to one or more pvc\(s\) bound to non-existent .*"),
    (Kind.CLAIM_MISSING, "VolumeBinding", _CLAIM + " not found"),
    (Kind.CLAIM_LOST, "VolumeBinding", _CLAIM + r' bound to non-existent persistentvolume "[^"]*"'),
    (Kind.CLAIM_DELETING, "VolumeBinding", _CLAIM + " is being deleted"),
    (Kind.CLAIM_UNBOUND, "VolumeBinding", r"pod has unbound immediate PersistentVolumeClaims.*"),
    (Kind.CLAIM_AWAITED, "VolumeBinding", "waiting for ephemeral volume controller to create the " + _CLAIM),
    (Kind.VOLUME_NODE, "VolumeZone", r"node\(s\) had no available volume zone"),
    (Kind.SPREAD, "PodTopologySpread", r"node\(s\) didn't match pod topology spread constraints.*"),
    (Kind.POD_AFFINITY, "InterPodAffinity", r"node\(s\) didn't match pod (?P<detail>affinity|anti-affinity) rules"),
    (Kind.POD_AFFINITY, "InterPodAffinity", r"node\(s\) didn't match pod affinity/anti-affinity(?: rules)?"),
    (Kind.POD_AFFINITY, "InterPodAffinity", r"node\(s\) didn't satisfy existing pods (?P<detail>anti-affinity) rules"),
    (Kind.DEVICES, "DynamicResources", r"(?:cannot allocate all claims|resourceclaim not available on the node).*"),
    (Kind.DEVICES, "DynamicResources", r".*[Rr]esource ?[Cc]laim.*|.*device class .*"),
    (Kind.GATED, "SchedulingGates", r"waiting for scheduling gates: .*"),
    (Kind.GROUP, "GangScheduling", r"waiting for (?:minCount|pods's pod group|composite pod group).*|minCount \(.*"),
    (Kind.NO_NODES, "", r"no nodes available to schedule pods"),
)

CONDITION_TAINTS: Final = {
    "node.kubernetes.io/not-ready": "Ready",
    "node.kubernetes.io/unreachable": "Ready",
    "node.kubernetes.io/disk-pressure": "DiskPressure",
    "node.kubernetes.io/memory-pressure": "MemoryPressure",
    "node.kubernetes.io/pid-pressure": "PIDPressure",
    "node.kubernetes.io/network-unavailable": "NetworkUnavailable",
    "node.kubernetes.io/out-of-service": "Ready",
    "node.cloudprovider.kubernetes.io/uninitialized": "Ready",
    "node.cloudprovider.kubernetes.io/shutdown": "Ready",
    "ToBeDeletedByClusterAutoscaler": "Ready",
    "karpenter.sh/disrupted": "Ready",
    "karpenter.sh/unregistered": "Ready",
}
"""Taints that controllers set while a node is not well or is going: what ails the node is the cause, not the pod.

https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions
"""

CORDON_TAINT: Final = "node.kubernetes.io/unschedulable"

MEANINGS: Final = {
    Kind.CPU: Text("not enough free CPU", "空闲 CPU 不足"),
    Kind.MEMORY: Text("not enough free memory", "空闲内存不足"),
    Kind.RESOURCE: Text("not enough free {detail}", "空闲的 {detail} 不足"),
    Kind.PODS: Text("no pod slot left", "Pod 数已达节点上限"),
    Kind.CORDON: Text("cordoned", "已被标记为不可调度（cordon）"),
    Kind.TAINT: Text("a taint that the pod does not tolerate {detail}", "Pod 未容忍的污点 {detail}"),
    Kind.CONDITION: Text("the node is not well {detail}", "节点状态异常 {detail}"),
    Kind.AFFINITY: Text("not selected by the pod's node selector or affinity", "不符合 Pod 的节点选择器或亲和性"),
    Kind.NODE_NAME: Text("not the node that the pod names", "不是 Pod 指定的节点"),
    Kind.PORTS: Text("the host port is taken", "主机端口已被占用"),
    Kind.POD_AFFINITY: Text("pod (anti-)affinity forbids it", "违反 Pod （反）亲和性规则"),
    Kind.SPREAD: Text("topology spread constraints forbid it", "违反拓扑分布约束"),
    Kind.VOLUME_NODE: Text("the pod's volume cannot be reached from there", "该节点无法访问 Pod 的存储卷"),
    Kind.VOLUME_NONE: Text("no volume there for the pod's claim", "没有可供绑定的存储卷"),
    Kind.VOLUME_LIMIT: Text("no further volume can be attached {detail}", "无法再挂接存储卷 {detail}"),
    Kind.VOLUME_IN_USE: Text("the volume is in use by another pod", "存储卷正被其他 Pod 使用"),
    Kind.CLAIM_MISSING: Text("the claim {detail} does not exist", "存储卷声明 {detail} 不存在"),
    Kind.CLAIM_UNBOUND: Text("a claim of the pod has no volume yet", "Pod 的存储卷声明尚未绑定"),
    Kind.CLAIM_LOST: Text("the claim {detail} has lost its volume", "存储卷声明 {detail} 的卷已丢失"),
    Kind.CLAIM_DELETING: Text("the claim {detail} is being deleted", "存储卷声明 {detail} 正在删除"),
    Kind.CLAIM_AWAITED: Text("the claim {detail} is still to be created", "存储卷声明 {detail} 尚待创建"),
    Kind.DEVICES: Text("no device for the pod's resource claim", "没有满足资源声明的设备"),
    Kind.GATED: Text("the pod has scheduling gates", "Pod 带有调度门控"),
    Kind.GROUP: Text("the pod's group is not complete", "Pod 所在的组尚不完整"),
    Kind.NO_NODES: Text("the cluster has no node", "集群没有节点"),
    Kind.OTHER: Text("{detail}", "{detail}"),
}
"""What each kind means, in words for people."""


def classify(text: str) -> tuple[Kind, str, str]:
    """Return kind, plugin and detail of one reason; what nobody here knows is `other`, with its own words."""
    for wording in WORDINGS:
        match = wording.pattern.fullmatch(text)
        if match:
            return _refined(wording, match.groupdict().get("detail") or "")
    return Kind.OTHER, "", text


def _refined(wording: Wording, detail: str) -> tuple[Kind, str, str]:
    if wording.kind is Kind.TAINT:
        key = detail.partition(":")[0].strip()
        if key == CORDON_TAINT:
            return Kind.CORDON, wording.plugin, detail
        if key in CONDITION_TAINTS:
            return Kind.CONDITION, wording.plugin, detail
    return wording.kind, wording.plugin, detail
