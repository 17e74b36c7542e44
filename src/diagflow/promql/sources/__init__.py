"""Where samples come from: an incident folder's metrics, or what a Prometheus answered."""

from diagflow.promql.sources.answers import storage_of_answers
from diagflow.promql.sources.folder import SUFFIXES, storage_of_folder

__all__ = ["SUFFIXES", "storage_of_answers", "storage_of_folder"]
