"""The scheduler's message, made by its own format and taken apart again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagflow.packs.kubernetes.scheduling.message import Message, parse
from diagflow.packs.kubernetes.scheduling.reasons import MEANINGS, WORDINGS, Kind, classify

NODE_REASONS = [
    "node(s) were unschedulable",
    "node(s) had unknown conditions",
    "node(s) didn't match the requested node name",
    "node(s) had untolerated taint {dedicated: gpu}",
    "node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }",
    "node(s) had untolerated taint(s)",
    "node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't tolerate",
    "node(s) had taints that the pod didn't tolerate",
    "node(s) didn't match Pod's node affinity/selector",
    "node(s) didn't match node selector",
    "node(s) didn't satisfy plugin(s) [NodeAffinity]",
    "node(s) didn't have free ports for the requested pod ports",
    "Too many pods",
    "Insufficient cpu",
    "Insufficient memory",
    "Insufficient ephemeral-storage",
    "Insufficient nvidia.com/gpu",
    "Insufficient hugepages-2Mi",
    "node(s) had no available disk",
    "node(s) exceed max volume count",
    "ebs.csi.aws.com CSI driver is not installed on the node",
    "node(s) didn't find available persistent volumes to bind",
    "node(s) had volume node affinity conflict",
    "node(s) didn't match PersistentVolume's node affinity",
    "node(s) had no available volume zone",
    "node(s) didn't match pod topology spread constraints",
    "node(s) didn't match pod topology spread constraints (missing required label)",
    "node(s) didn't match pod affinity rules",
    "node(s) didn't match pod anti-affinity rules",
    "node(s) didn't satisfy existing pods anti-affinity rules",
    "cannot allocate all claims",
    "rejected by a plugin of our own",
]
PREFILTER = [
    'persistentvolumeclaim "data" not found',
    'persistentvolumeclaim "data" is being deleted',
    'persistentvolumeclaim "data" bound to non-existent persistentvolume "pv-1"',
    "pod has unbound immediate PersistentVolumeClaims",
    "pod affinity terms conflict",
    "node(s) didn't satisfy plugin(s) [NodeAffinity VolumeBinding] simultaneously",
    "a plugin of our own says no",
]
AFTER = [
    "",
    "preemption: 0/{n} nodes are available: {n} Preemption is not helpful for scheduling.",
    "preemption: 0/{n} nodes are available: 1 Insufficient cpu, 2 No preemption victims found for incoming pod.",
    "preemption: not eligible due to preemptionPolicy=Never.",
    "no new claims to deallocate, preemption: 0/{n} nodes are available: {n} Preemption is not helpful.",
    "not found",
]
histograms = st.dictionaries(st.sampled_from(NODE_REASONS), st.integers(1, 5000), min_size=1, max_size=6)
after = st.sampled_from(AFTER)


def fit_error(total: int, reasons: dict[str, int], prefilter: str, postfilter: str) -> str:
    """`FitError.Error` of pkg/scheduler/framework/types.go, line by line."""
    message = f"0/{total} nodes are available:"
    if prefilter:
        message += f" {prefilter}."
    else:
        parts = sorted(f"{count} {reason}" for reason, count in reasons.items())
        if parts:
            message += " " + ", ".join(parts) + "."
    return message + (f" {postfilter}" if postfilter else "")


@settings(deadline=None)
@given(total=st.integers(1, 5000), reasons=histograms, tail=after)
def test_every_part_comes_back(total: int, reasons: dict[str, int], tail: str) -> None:
    raw = fit_error(total, reasons, "", tail.format(n=total))
    message = parse(raw)
    assert message.total == total
    assert {r.text: r.count for r in message.reasons} == reasons
    assert message.preemption == tail.format(n=total)
    assert message.raw == raw
    assert not message.cut


@settings(deadline=None)
@given(total=st.integers(1, 5000), words=st.sampled_from(PREFILTER), tail=after)
def test_a_refusal_of_the_pod_as_such_has_no_count(total: int, words: str, tail: str) -> None:
    message = parse(fit_error(total, {}, words, tail.format(n=total)))
    assert [(r.count, r.text) for r in message.reasons] == [(None, words)]
    assert message.total == total
    assert message.adds_up()


@settings(deadline=None)
@given(total=st.integers(1, 5000), reasons=histograms, tail=after)
def test_every_part_has_a_meaning_in_both_languages(total: int, reasons: dict[str, int], tail: str) -> None:
    for reason in parse(fit_error(total, reasons, "", tail.format(n=total))).reasons:
        meaning = reason.meaning()
        assert str(reason.count) in meaning.en
        assert meaning.en
        assert meaning.zh
        assert "{" not in meaning.en.replace("{dedicated", "")


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_it(raw: str) -> None:
    message = parse(raw)
    assert message.raw == raw
    message.adds_up()
    message.meaning()


BY_PLUGIN = {
    "NodeUnschedulable": ["node(s) were unschedulable"],
    "TaintToleration": ["node(s) had untolerated taint {a: b}", "node(s) had untolerated taint {c: }"],
    "NodeAffinity": ["node(s) didn't match Pod's node affinity/selector"],
    "NodeResourcesFit": ["Too many pods", "Insufficient cpu", "Insufficient memory"],
    "VolumeBinding": ["node(s) didn't find available persistent volumes to bind"],
    "ours": ["rejected by a plugin of our own"],
}
one_node = st.sampled_from(sorted(BY_PLUGIN)).flatmap(
    lambda plugin: st.lists(
        st.sampled_from(BY_PLUGIN[plugin]),
        min_size=1,
        max_size=3 if plugin == "NodeResourcesFit" else 1,
        unique=True,
    )
)
clusters = st.lists(one_node, min_size=1, max_size=12)


def histogram(cluster: list[list[str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for reasons in cluster:
        for reason in reasons:
            counts[reason] = counts.get(reason, 0) + 1
    return counts


@settings(deadline=None)
@given(clusters)
def test_what_the_scheduler_counts_adds_up(cluster: list[list[str]]) -> None:
    assert parse(fit_error(len(cluster), histogram(cluster), "", "")).adds_up()


@settings(deadline=None)
@given(clusters)
def test_more_nodes_than_reasons_do_not_add_up(cluster: list[list[str]]) -> None:
    most = sum(len(reasons) for reasons in cluster)
    assert not parse(fit_error(most + 1, histogram(cluster), "", "")).adds_up()


@settings(deadline=None)
@given(clusters)
def test_more_reasons_of_one_plugin_than_nodes_do_not_add_up(cluster: list[list[str]]) -> None:
    counts = histogram(cluster)
    first = next(iter(counts))
    counts[first] = len(cluster) + 1
    assert not parse(fit_error(len(cluster), counts, "", "")).adds_up()


@pytest.mark.parametrize(
    ("raw", "kinds", "details"),
    [
        ("0/3 nodes are available: 3 Insufficient nvidia.com/gpu.", [Kind.RESOURCE], ["nvidia.com/gpu"]),
        ("0/1 nodes are available: 1 node(s) had untolerated taint {key1: value1}.", [Kind.TAINT], ["key1: value1"]),
        (  # a cordon shows as a taint where the plugin NodeUnschedulable is off
            "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unschedulable: }.",
            [Kind.CORDON],
            ["node.kubernetes.io/unschedulable: "],
        ),
        (
            "0/2 nodes are available: 2 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.",
            [Kind.CONDITION],
            ["node.kubernetes.io/not-ready: "],
        ),
        (  # before 1.24
            "0/4 nodes are available: 1 node(s) had taint {a: }, that the pod didn't tolerate, 3 Insufficient cpu.",
            [Kind.TAINT, Kind.CPU],
            ["a: ", ""],
        ),
        (  # 1.24 to 1.27: a PreFilter plugin's words with the count of all nodes
            '0/3 nodes are available: 3 persistentvolumeclaim "data" not found.',
            [Kind.CLAIM_MISSING],
            ["data"],
        ),
        (  # 1.37, seen in the lab
            '0/1 nodes are available: persistentvolumeclaim "data" not found. not found',
            [Kind.CLAIM_MISSING],
            ["data"],
        ),
        ("no nodes available to schedule pods", [Kind.NO_NODES], [""]),
        ("0/2 nodes are available: 1 foo, bar, 1 Too many pods.", [Kind.OTHER, Kind.PODS], ["foo, bar", ""]),
        (
            'running PreBind plugin "VolumeBinding": binding volumes: timed out',
            [Kind.OTHER],
            ['running PreBind plugin "VolumeBinding": binding volumes: timed out'],
        ),
    ],
)
def test_wordings(raw: str, kinds: list[Kind], details: list[str]) -> None:
    message = parse(raw)
    assert [r.kind for r in message.reasons] == kinds
    assert [r.detail for r in message.reasons] == details


def test_a_message_that_was_cut_is_told() -> None:
    message = parse("0/900 nodes are available: 300 Insufficient cpu, 299 node(s) had unto ...")
    assert message.cut
    assert not message.adds_up()
    assert [r.count for r in message.reasons] == [300, 299]


def test_no_reasons_at_all_do_not_add_up() -> None:
    message = parse("0/4 nodes are available: preemption: 0/4 nodes are available: 4 Preemption is not helpful.")
    assert message.reasons == ()
    assert not message.adds_up()


@pytest.mark.parametrize("words", NODE_REASONS[:-1] + PREFILTER[:-1])
def test_all_known_words_are_understood(words: str) -> None:
    assert classify(words)[0] is not Kind.OTHER


def test_every_kind_is_explained() -> None:
    assert set(MEANINGS) == set(Kind)
    assert {w.kind for w in WORDINGS} < set(Kind)


def test_counts_of_a_refusal_of_the_pod_are_all_nodes() -> None:
    message = Message(5, parse('0/5 nodes are available: persistentvolumeclaim "x" not found.').reasons, "", False, "")
    assert message.counts() == {Kind.CLAIM_MISSING: 5}
