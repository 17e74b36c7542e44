"""DiagFlow."""
