"""Native histograms: their arithmetic, counter resets, quantiles and notation."""

from diagflow.promql.histogram.arithmetic import Added, IncompatibleSchema, add, kahan_add, subtract
from diagflow.promql.histogram.bounds import CUSTOM
from diagflow.promql.histogram.hints import stored
from diagflow.promql.histogram.resets import is_reset
from diagflow.promql.histogram.value import Bucket, Hint, Histogram

__all__ = [
    "CUSTOM",
    "Added",
    "Bucket",
    "Hint",
    "Histogram",
    "IncompatibleSchema",
    "add",
    "is_reset",
    "kahan_add",
    "stored",
    "subtract",
]
