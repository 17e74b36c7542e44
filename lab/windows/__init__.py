"""Machines with real Go, broken on purpose: go.exe and Windows CPython under Wine, and Go on Linux."""
