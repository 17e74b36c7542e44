"""Whether workloads have the pods that they should have, judged by the pods where these can be read."""
