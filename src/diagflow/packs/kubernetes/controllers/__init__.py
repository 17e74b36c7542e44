"""What single rules cannot say about controllers: drains that wait, and workloads that were scaled to nothing."""
