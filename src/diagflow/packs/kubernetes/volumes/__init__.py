"""Why volumes are not there."""
