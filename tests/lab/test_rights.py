"""Accounts that may not see everything: what they may see is diagnosed, and what would allow the rest is said."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.lab.conftest import DIAGFLOW, LIVE, SEED, Lab, Stage, diagnosis_of

from diagflow.analyze.plan import objects_of, resource
from diagflow.bundle.resources import has_namespace
from diagflow.rules import load
from diagflow.rules.walk import leaves

pytestmark = LIVE
HOME = "default"
"""The namespace of the accounts."""

PULL, PORT = "image/not-found", "applog/port-in-use"
"""What a pod's status shows, and what only the log of a container tells; both are in place at once."""


@pytest.fixture(scope="module")
def stage(lab: Lab) -> Iterator[Stage]:
    mine = Stage(lab, str(int(SEED) + 200))  # a seed of its own: the namespaces of other tests may still be ending
    try:
        yield mine
    finally:
        mine.clear()


def _alert(stage: Stage, name: str) -> dict[str, Any]:
    printed = stage.place((PULL, PORT) if name in (PULL, PORT) else (name,))[name]
    assert printed.returncode == 0, printed.stderr
    labels: dict[str, Any] = yaml.safe_load(printed.stdout)
    return labels


def _causes(*faults: dict[str, Any]) -> list[str]:
    """Returns the ids of the causes of faults, in order."""
    return sorted(fault["causes"][0]["id"] for fault in faults)


def _kubectl(lab: Lab, *words: str) -> str:
    done = lab("exec", "--", "kubectl", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _all_but(lab: Lab, *hidden: str) -> list[dict[str, Any]]:
    """Returns the rules of a role that reads everything but some resources; logs are one of them."""
    listed = ["pods/log", *_kubectl(lab, "api-resources", "--verbs=list", "-o", "name").split()]
    return [
        {"apiGroups": [name.partition(".")[2]], "resources": [name.partition(".")[0]], "verbs": ["get", "list"]}
        for name in listed
        if name.partition(".")[0] not in hidden
    ]


def _role(lab: Lab, name: str, rules: list[dict[str, Any]], folder: Path) -> None:
    path = folder / f"{name}.json"
    head = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name}}
    path.write_text(json.dumps({**head, "rules": rules}))
    _kubectl(lab, "apply", "-f", str(path))


def _kubeconfig(lab: Lab, name: str, token: str, folder: Path) -> Path:
    """Writes the lab's kubeconfig with another user."""
    config = json.loads(_kubectl(lab, "config", "view", "--raw", "-o", "json"))
    config["users"] = [{"name": name, "user": {"token": token}}]
    config["contexts"][0]["context"]["user"] = name
    path = folder / f"{name}.kubeconfig"
    path.write_text(json.dumps(config))
    return path


class Accounts:
    """Accounts made for the tests, each with a token of its own."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        self.folder = folder
        self.made: list[str] = []

    def new(self) -> str:
        """Returns the name of an account that may nothing."""
        name = f"viewer-{len(self.made)}"
        self.made.append(name)
        _kubectl(self.lab, "create", "serviceaccount", name, "-n", HOME)
        return name

    def bound(self, role: str) -> str:
        """Returns the name of an account with one of the cluster's roles, everywhere."""
        name = self.new()
        words = (f"--clusterrole={role}", f"--serviceaccount={HOME}:{name}")
        _kubectl(self.lab, "create", "clusterrolebinding", name, *words)
        return name

    def blind_to(self, *hidden: str) -> str:
        """Returns the name of an account that may read everything but some resources."""
        role = f"all-but-{'-'.join(hidden)}".replace("/", "-")
        _role(self.lab, role, _all_but(self.lab, *hidden), self.folder)
        return self.bound(role)

    def run(self, name: str, *words: str, token: str = "") -> tuple[int, dict[str, Any]]:
        """Returns the exit status and the diagnosis of DiagFlow run as this account."""
        token = token or _kubectl(self.lab, "create", "token", name, "-n", HOME).strip()  # by the TokenRequest API
        kubeconfig = str(_kubeconfig(self.lab, name, token, self.folder))
        done = self.lab("exec", "--", DIAGFLOW, *words, "--kubeconfig", kubeconfig, "-o", "json")
        return done.returncode, diagnosis_of(done)

    def clear(self) -> None:
        if self.made:
            _kubectl(self.lab, "delete", "serviceaccount", *self.made, "-n", HOME)
            _kubectl(self.lab, "delete", "clusterrolebinding", *self.made, "--ignore-not-found")


@pytest.fixture(scope="module")
def accounts(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accounts]:
    mine = Accounts(lab, tmp_path_factory.mktemp("rights"))
    yield mine
    mine.clear()


def _refused(found: dict[str, Any]) -> dict[str, str]:
    return {m["needs"]: m["detail"] for m in found["missing"] if m["state"] == "forbidden"}


def _named(found: dict[str, Any]) -> list[str]:
    return sorted(cause["id"] for cause in found["causes"])


def _lists(rules: list[dict[str, Any]]) -> set[str]:
    """Returns the resources that the rules of a role let somebody list, as queries name them."""
    return {
        f"{plural}.{group}" if group else plural
        for rule in rules
        if {"list", "*"} & set(rule["verbs"])
        for group in rule.get("apiGroups", ())
        for plural in rule.get("resources", ())
    }


def _beyond(lab: Lab, role: str, *, in_a_namespace: bool = False) -> set[str]:
    """Returns what rules are about and the cluster has, but a role of the cluster does not let anybody list.

    What they only look up beside it, such as the class of an Ingress, is missed where there is an Ingress.
    """
    about = {resource(of.kind) for rule in load().rules for c in leaves(rule.trigger) if (of := objects_of(c))}
    served = set(_kubectl(lab, "api-resources", "--verbs=list", "-o", "name").split())
    allowed = _lists(json.loads(_kubectl(lab, "get", "clusterrole", role, "-o", "json"))["rules"])
    if in_a_namespace:
        allowed = {name for name in allowed if has_namespace(name)}
    return {f"objects:{name}" for name in about & served - allowed}


def _reads_refused(lab: Lab) -> float:
    """Returns how many reads the API server has refused: controllers are refused writes where a namespace ends."""
    counts = _kubectl(lab, "get", "--raw", "/metrics").splitlines()
    refused = (line for line in counts if line.startswith("apiserver_request_total{") and 'code="403"' in line)
    return sum(float(line.split()[-1]) for line in refused if 'verb="GET"' in line or 'verb="LIST"' in line)


def _told(found: dict[str, Any]) -> tuple[set[tuple[Any, ...]], set[tuple[str, str]]]:
    """Returns what a diagnosis names, of what, and what it misses: all but numbers, which grow with time."""
    causes = {(cause["id"], cause["role"], *cause["entities"]) for cause in found["causes"]}
    return causes, {(m["needs"], m["state"]) for m in found["missing"]}


def _looks(pull: dict[str, Any], port: dict[str, Any]) -> list[tuple[tuple[str, ...], list[str]]]:
    """Returns command lines with what they must name: a scan both, an alert its own."""
    alerts = [(("diagnose", "--alert", str(fault["alert"])), _causes(fault)) for fault in (pull, port)]
    return [(("scan",), _causes(pull, port)), *alerts]


def _says_what_allows(found: dict[str, Any], name: str, resource: str) -> bool:
    detail = _refused(found)[f"objects:{resource}"]
    who = f"system:serviceaccount:{HOME}:{name} may not list {resource} in all namespaces"
    return detail.startswith(who.replace(" in all namespaces", "") if resource == "nodes" else who) and (
        f'{{apiGroups: [""], resources: ["{resource}"], verbs: ["list"]}} allows it' in detail
    )


@pytest.mark.parametrize("hidden", ["nodes", "events"])
def test_what_needs_neither_nodes_nor_events_is_named(stage: Stage, accounts: Accounts, hidden: str) -> None:
    pull, port = _alert(stage, PULL), _alert(stage, PORT)
    name = accounts.blind_to(hidden)
    for words, causes in _looks(pull, port)[:2]:
        status, found = accounts.run(name, *words)
        assert (status, _named(found)) == (1, causes)
        assert set(_refused(found)) == {f"objects:{hidden}"}
        assert _says_what_allows(found, name, hidden)


def test_without_logs_what_they_would_tell_is_not_known(stage: Stage, accounts: Accounts) -> None:
    pull, port = _alert(stage, PULL), _alert(stage, PORT)
    name = accounts.blind_to("pods/log")
    status, found = accounts.run(name, "scan")
    assert (status, _named(found)) == (1, _causes(pull))
    assert _refused(found)
    for needs, detail in _refused(found).items():
        assert needs.startswith("log:")
        assert '{apiGroups: [""], resources: ["pods/log"], verbs: ["get"]} allows it' in detail
    status, found = accounts.run(name, "diagnose", "--alert", port["alert"])
    assert (status, _named(found)) == (3, [])


def test_the_role_that_clusters_have_for_readers_is_enough_for_pods(lab: Lab, stage: Stage, accounts: Accounts) -> None:
    pull, port = _alert(stage, PULL), _alert(stage, PORT)
    name = accounts.bound("view")
    beyond = _beyond(lab, "view")
    for words, causes in _looks(pull, port):
        status, found = accounts.run(name, *words)
        assert (status, _named(found)) == (1, causes)
        assert _says_what_allows(found, name, "nodes")
        assert set(_refused(found)) == beyond


def test_the_role_that_diagflow_prints_is_enough_for_everything(
    lab: Lab, stage: Stage, accounts: Accounts, tmp_path: Path
) -> None:
    pull, port = _alert(stage, PULL), _alert(stage, PORT)
    path = tmp_path / "role.yaml"
    path.write_text(lab("exec", "--", DIAGFLOW, "rules", "role", "--name", "diagflow-prints").stdout)
    _kubectl(lab, "apply", "-f", str(path))
    name = accounts.bound("diagflow-prints")
    refused = _reads_refused(lab)
    for words, causes in _looks(pull, port):
        status, found = accounts.run(name, *words)
        assert (status, _named(found)) == (1, causes)
        everything = diagnosis_of(lab("exec", "--", DIAGFLOW, *words, "-o", "json"))  # as the administrator
        assert _told(found) == _told(everything)
    assert _reads_refused(lab) == refused


def test_a_role_in_one_namespace_is_enough_for_it(lab: Lab, stage: Stage, accounts: Accounts) -> None:
    fault = _alert(stage, PULL)
    namespace = fault["causes"][0]["entity"].split("/")[1]
    name = accounts.new()
    words = ("--clusterrole=view", f"--serviceaccount={HOME}:{name}", "-n", namespace)
    _kubectl(lab, "create", "rolebinding", name, *words)  # it goes with the namespace
    status, found = accounts.run(name, "scan", "-n", namespace)
    assert (status, _named(found)) == (1, _causes(fault))
    assert _says_what_allows(found, name, "nodes")
    assert {needs.partition("#")[0] for needs in _refused(found)} == _beyond(lab, "view", in_a_namespace=True)


def test_without_pods_nobody_is_called_healthy(stage: Stage, accounts: Accounts) -> None:
    fault = _alert(stage, PULL)
    name = accounts.blind_to("pods")
    for words in (("scan",), ("diagnose", "--alert", fault["alert"])):
        status, found = accounts.run(name, *words)
        assert (status, _named(found)) == (3, [])
        assert _says_what_allows(found, name, "pods")


def test_an_account_that_may_nothing_can_tell_nothing(accounts: Accounts) -> None:
    name = accounts.new()
    status, found = accounts.run(name, "scan")
    assert (status, found["status"], _named(found)) == (3, "unknown", [])
    states = {m["state"] for m in found["missing"] if m["needs"].startswith("objects:")}
    assert states == {"forbidden"}
    assert _says_what_allows(found, name, "pods")


def test_a_token_that_is_none_is_said(accounts: Accounts) -> None:
    status, found = accounts.run("stranger", "scan", token="a.stale.token")  # noqa: S106  # it opens nothing
    assert (status, found["status"], _named(found)) == (3, "unknown", [])
    (detail,) = {m["detail"] for m in found["missing"] if m["needs"].startswith("objects:")}
    assert "refuses the credentials of user stranger (401): log in again" in detail


def test_what_the_scheduler_says_is_no_node_that_was_seen(stage: Stage, accounts: Accounts) -> None:
    fault = _alert(stage, "scheduling/max-pods")
    name = accounts.blind_to("nodes")
    status, found = accounts.run(name, "diagnose", "--alert", fault["alert"])
    assert (status, _named(found)) == (3, [])
    assert [symptom["id"] for symptom in found["symptoms"]] == ["kubernetes.pods-pending"]
    assert _says_what_allows(found, name, "nodes")


def test_nodes_and_pods_tell_what_the_missing_events_would_say(stage: Stage, accounts: Accounts) -> None:
    fault = _alert(stage, "scheduling/max-pods")
    name = accounts.blind_to("events")
    status, found = accounts.run(name, "diagnose", "--alert", fault["alert"])
    assert (status, _named(found)) == (1, [fault["causes"][0]["id"]])
    assert set(_refused(found)) == {"objects:events"}
