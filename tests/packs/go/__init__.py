"""Rules of the Go pack together."""
