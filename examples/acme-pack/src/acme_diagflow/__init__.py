"""Acme's pack for DiagFlow: queues and leader elections."""
