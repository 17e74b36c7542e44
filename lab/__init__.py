"""The lab: real components on one machine, faults that are injected into them, and recordings of what they said.

    python -m lab build          everything that is needed: packages, binaries, images
    python -m lab up             a control plane, one real kubelet, kwok nodes, Prometheus, Alertmanager
    python -m lab fault run X    break something, wait for the alert
    python -m lab down           nothing is left behind

The lab starts real programs in namespaces of their own and talks to the product only through its command line.
"""
