"""The metrics of pods, which autoscalers need: metrics-server, which a lab has only where somebody asks for it.

Most faults are of a cluster without; it is built once, which takes minutes.
"""

from lab import addons, gobuild, images, space
from lab import cluster as clusters
from lab.cluster import Cluster
from lab.paths import Cache


def build(cache: Cache) -> None:
    """Builds program and image; to be called while this thread still has the machine's network."""
    gobuild.build(gobuild.METRICS_SERVER, cache)
    images.make(cache, (addons.METRICS,))


def begin(cluster: Cluster) -> None:
    """Starts metrics-server; returns at once, so that its API is registered and for some seconds unavailable."""
    clusters.load_images(cluster, space.require_holder(cluster.lab), (addons.METRICS,))
    addons.apply(cluster.kubectl, cluster.real_node, addons.METRICS)


def end(cluster: Cluster) -> None:
    """Takes it away."""
    addons.remove(cluster.kubectl, cluster.real_node, addons.METRICS)
