"""Why the scheduler finds no node for a pod: its own words, checked against the objects it decided on."""
