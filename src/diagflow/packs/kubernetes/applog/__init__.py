"""What the logs of containers say."""
