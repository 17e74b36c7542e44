"""The metrics of pods, which autoscalers need: metrics-server, which a lab has only where somebody asks for it.

Most faults are of a cluster without.
"""

from lab import addons, space
from lab import cluster as clusters
from lab.cluster import Cluster


def begin(cluster: Cluster) -> None:
    """Starts metrics-server; returns at once, so that its API is registered and for some seconds unavailable."""
    clusters.load_images(cluster, space.require_holder(cluster.lab), (addons.METRICS,))
    addons.apply(cluster.kubectl, cluster.real_node, addons.METRICS)


def end(cluster: Cluster) -> None:
    """Takes it away."""
    addons.remove(cluster.kubectl, cluster.real_node, addons.METRICS)
