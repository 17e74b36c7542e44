"""The account that scans a lab."""

from typing import Any

from lab import reader

ROLE = {"kind": "ClusterRole", "metadata": {"name": "printed"}, "rules": []}


def test_the_account_has_the_printed_role_and_no_other():
    account, role, binding = reader.objects(ROLE)
    assert role is ROLE
    assert binding["roleRef"]["name"] == "printed"
    (subject,) = binding["subjects"]
    assert (subject["name"], subject["namespace"]) == (account["metadata"]["name"], account["metadata"]["namespace"])


def test_its_kubeconfig_holds_nobody_elses_credentials():
    admin: dict[str, Any] = {
        "clusters": [{"name": "lab", "cluster": {"server": "https://x"}}],
        "users": [{"name": "admin", "user": {"client-key": "admin.key"}}],
        "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "admin"}}],
        "current-context": "lab",
    }
    mine = reader.as_account(admin, "a.token")
    assert "admin" not in str(mine)
    assert mine["contexts"][0]["context"]["user"] == mine["users"][0]["name"]
    assert (mine["clusters"], mine["users"][0]["user"]) == (admin["clusters"], {"token": "a.token"})
    assert admin["users"][0]["name"] == "admin"
