"""Automatic diagnosis: an alert or a scan goes in, ranked root causes with evidence come out."""

from diagflow._version import __version__

__all__ = ["__version__"]
