"""The control plane, and what waits for it."""
