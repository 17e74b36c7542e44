"""The gate: corpora of recordings, the whole diagnosis of each, scores, and what got worse since the baseline.

    outcomes = run_all(find_recordings(["tests/corpus"]), load_packs())

docs/gate.md is its page, docs/decisions/0008-gate.md says why it is as it is.
"""

from diagflow.gate.corpus import Recording, find_recordings
from diagflow.gate.outcome import Check, Outcome
from diagflow.gate.run import run_all

__all__ = ["Check", "Outcome", "Recording", "find_recordings", "run_all"]
