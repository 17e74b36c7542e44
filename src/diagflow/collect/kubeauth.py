"""How to reach a cluster and who we are there, by the same files, options and variables as kubectl.

lightkube gives the model of a kubeconfig and of a pod's service account. It knows neither `tls-server-name`,
`proxy-url`, `as`, several files in KUBECONFIG nor exec plugins of `v1`, and its inline certificates cannot be opened on
Windows: those are ours.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import msgspec
from lightkube.config.kubeconfig import SERVICE_ACCOUNT, KubeConfig, SingleConfig
from lightkube.config.models import Cluster, User

from diagflow.collect.credentials import fixed_token, token_file
from diagflow.collect.execplugin import ExecAuth, Plugin
from diagflow.collect.kubeconfig import KubeConfigs, files_for, folder_of
from diagflow.collect.proxies import is_loopback, proxy_from_environment, usable_proxy
from diagflow.collect.tls import Pem, client_context, from_base64, from_file, identify
from diagflow.collect.urls import http_url
from diagflow.collect.web import Advice, Endpoint
from diagflow.model import BadInput

IN_CLUSTER: Final = "in-cluster"
"""The name of the cluster that we run in: its own name is written nowhere in it."""


class NoCluster(BadInput):
    """There is no configuration of a cluster at all; one that is there and wrong is a plain `BadInput`."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach one cluster.

    Attributes:
        cluster: its name in the kubeconfig.
        context: the context's name; empty in a pod.
        namespace: the context's namespace, `default` if it names none.
        user: name of the user in the kubeconfig, for advice.
        endpoint: the API server.
    """

    cluster: str
    context: str
    namespace: str
    user: str
    endpoint: Endpoint


def find_access(
    kubeconfig: str = "", context: str = "", *, env: Mapping[str, str], service_account: str = SERVICE_ACCOUNT
) -> Access:
    """Find the cluster as kubectl does: kubeconfig first, the service account of the pod that we run in else.

    Args:
        kubeconfig: path; empty for KUBECONFIG (several files are merged), else `~/.kube/config`.
        context: name; empty for the current one.
        env: environment variables.
        service_account: folder of the pod's service account.

    Raises:
        NoCluster: there is no kubeconfig, and we run in no pod.
        BadInput: a kubeconfig is broken or lacks what is asked for.
    """
    files = files_for(kubeconfig, env)
    configs = KubeConfigs(files)
    if kubeconfig or context or configs.current:
        return _of_context(configs, context or configs.current, env)
    if env.get("KUBERNETES_SERVICE_HOST") and Path(service_account, "token").is_file():
        return _of_pod(service_account, env)
    if configs.contexts:
        raise BadInput(f"{files[0]} has no current context: give --context, one of {_names(configs.contexts)}")
    looked = env.get("KUBECONFIG") or "~/.kube/config"
    raise NoCluster(f"no cluster: no kubeconfig ({looked}), and this is no pod; give --kubeconfig or --bundle")


def _of_context(configs: KubeConfigs, name: str, env: Mapping[str, str]) -> Access:
    if not name:
        raise BadInput(f"{configs.files[0]} has no current context: give --context")
    context = _entry(configs.contexts, name, "context")
    cluster = _entry(configs.clusters, str(context.get("cluster") or ""), f"cluster of context {name}:")
    user_name = str(context.get("user") or "")
    user = _entry(configs.users, user_name, f"user of context {name}:") if user_name else {}
    config = _typed(name, context, cluster, user)
    return Access(
        cluster=config.context.cluster,
        context=name,
        namespace=config.namespace,
        user=user_name,
        endpoint=_endpoint(config, cluster, user, env),
    )


def _of_pod(service_account: str, env: Mapping[str, str]) -> Access:
    folder, host = Path(service_account), env["KUBERNETES_SERVICE_HOST"]
    server = f"https://{f'[{host}]' if ':' in host else host}:{env.get('KUBERNETES_SERVICE_PORT', '443')}"
    try:
        namespace = (folder / "namespace").read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        namespace = "default"  # only a default of options, not a credential
    config = KubeConfig.from_one(
        cluster=Cluster(server=server, certificate_auth=str(folder / "ca.crt")),
        user=User(token_file=str(folder / "token")),
        context_name=IN_CLUSTER,
        namespace=namespace,
    ).get()
    assert config is not None  # noqa: S101  # it was just made
    return Access(IN_CLUSTER, "", namespace, "", _endpoint(config, {}, {}, env))


def _names(entries: Mapping[str, Any]) -> str:
    return ", ".join(sorted(entries)[:10]) or "none"


def _entry(entries: Mapping[str, dict[str, Any]], name: str, what: str) -> dict[str, Any]:
    if name not in entries:
        raise BadInput(f"{what} {name or '(none)'} is not in the kubeconfig; there are: {_names(entries)}")
    return entries[name]


def _typed(name: str, context: dict[str, Any], cluster: dict[str, Any], user: dict[str, Any]) -> SingleConfig:
    """Return lightkube's view of the entries of one context."""
    parts = {
        "current-context": name,
        "contexts": [{"name": name, "context": context}],
        "clusters": [{"name": context.get("cluster"), "cluster": cluster}],
        "users": [{"name": context.get("user"), "user": user}] if user else [],
    }
    try:
        config = KubeConfig.from_dict(parts).get()
    except msgspec.ValidationError as e:
        raise BadInput(f"the kubeconfig's context {name}, its cluster or its user has a wrong value: {e}") from None
    if config is None:
        raise BadInput(f"the kubeconfig's context {name} is empty")
    return config


def _endpoint(
    config: SingleConfig, cluster: Mapping[str, Any], user: Mapping[str, Any], env: Mapping[str, str]
) -> Endpoint:
    url = _server(config.cluster)
    tls = _tls(config) if url.startswith("https:") else None
    proxy = cluster.get("proxy-url")
    host = urlsplit(url).hostname or ""
    return Endpoint(
        url=url,
        advice=_advice(config),
        tls=tls,
        auth=_auth(config, cluster, user, tls),
        headers=_impersonation(user),
        proxy=usable_proxy(str(proxy), "proxy-url") if proxy else proxy_from_environment(url, env),
        server_name=str(cluster.get("tls-server-name") or ""),
        compress=not (cluster.get("disable-compression") or is_loopback(host)),
    )


def _server(cluster: Cluster) -> str:
    """Return the API server's URL; without a scheme it is what kubectl makes of it."""
    secure = cluster.certificate_auth or cluster.certificate_auth_data or cluster.insecure
    url = cluster.server if "://" in cluster.server else f"{'https' if secure else 'http'}://{cluster.server}"
    parts = http_url(url)
    if parts is None:
        raise BadInput(f"the kubeconfig's server {cluster.server!r} is no http:// or https:// URL")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"


def _advice(config: SingleConfig) -> Advice:
    in_pod = config.context_name == IN_CLUSTER
    where = "this pod's service account" if in_pod else f"cluster {config.context.cluster} of the kubeconfig"
    return Advice(
        reach=f"is the API server up, and does {where} name the right server? `kubectl version` asks the same",
        trust=f"`certificate-authority` of {where} must be the authority that signed it",
    )


def _tls(config: SingleConfig) -> ssl.SSLContext:
    cluster, name = config.cluster, config.context.cluster
    trust = _pem(cluster.certificate_auth_data, cluster.certificate_auth, f"certificate-authority of {name}")
    context = client_context(trust, insecure=cluster.insecure)
    user = config.user
    if user is not None and (user.client_cert or user.client_cert_data):
        who = f"user {config.context.user}"
        certificate = _pem(user.client_cert_data, user.client_cert, f"client-certificate of {who}")
        identify(context, certificate, _pem(user.client_key_data, user.client_key, f"client-key of {who}"))
    return context


def _pem(inline: str | None, path: str | None, what: str) -> Pem:
    """Return inline data, which wins, or the file's content."""
    if inline:
        return from_base64(inline, f"{what} (inline data)")
    return from_file(Path(path), what) if path else Pem(what, b"")


def _auth(
    config: SingleConfig, cluster: Mapping[str, Any], raw: Mapping[str, Any], tls: ssl.SSLContext | None
) -> httpx2.Auth | None:
    user = config.user
    if user is None:
        return None
    if user.token_file:
        return token_file(Path(user.token_file))
    if user.token:
        return fixed_token(user.token)
    if user.username:
        return httpx2.BasicAuth(user.username, user.password or "")
    if user.exec:
        plugin = _plugin(config, user, cluster, raw)
        plugin.check()
        return ExecAuth(plugin, tls)
    if user.auth_provider:
        raise BadInput(
            f"user {config.context.user} has an auth-provider, which kubectl dropped in 1.26: "
            "use the exec plugin of your provider instead"
        )
    return None


def _plugin(config: SingleConfig, user: User, cluster: Mapping[str, Any], raw: Mapping[str, Any]) -> Plugin:
    spec = user.exec
    written: Mapping[str, Any] = raw.get("exec") or {}
    assert spec is not None  # noqa: S101  # the caller looked
    return Plugin(
        user=config.context.user or "",
        command=spec.command,
        args=tuple(spec.args or ()),
        env={v.name: v.value for v in spec.env or ()},
        version=spec.apiVersion,
        folder=folder_of(raw),
        hint=spec.installHint or "",
        cluster=_told(config.cluster, cluster) if written.get("provideClusterInfo") else None,
        interactive=str(written.get("interactiveMode") or "IfAvailable"),
    )


def _told(cluster: Cluster, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a plugin is told about the cluster (`spec.cluster` of an ExecCredential)."""
    told: dict[str, Any] = {key: raw[key] for key in ("tls-server-name", "proxy-url") if raw.get(key)}
    told |= {"server": cluster.server, "insecure-skip-tls-verify": cluster.insecure}
    if cluster.certificate_auth_data:
        told["certificate-authority-data"] = cluster.certificate_auth_data
    for extension in raw.get("extensions") or ():
        if isinstance(extension, dict) and extension.get("name") == "client.authentication.k8s.io/exec":
            told["config"] = extension.get("extension")
    return told


def _impersonation(user: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    headers = [("Impersonate-User", user.get("as")), ("Impersonate-Uid", user.get("as-uid"))]
    headers += [("Impersonate-Group", group) for group in user.get("as-groups") or ()]
    for key, values in (user.get("as-user-extra") or {}).items():
        headers += [(f"Impersonate-Extra-{key}", value) for value in values]
    return tuple((name, str(value)) for name, value in headers if value)
