"""Hangs already while it is imported."""

while True:
    pass
