"""Verdicts → evidence graph → ranked causes; a function of its arguments, without clock, network or environment."""

from diagflow.infer.inference import infer

__all__ = ["infer"]
