"""Real Go on Linux, also on a Linux that says it is WSL2."""
