"""Incident folders: what people and other tools put together, read as it is."""

from diagflow.bundle.folder.incident import is_single_file, open_folder

__all__ = ["is_single_file", "open_folder"]
