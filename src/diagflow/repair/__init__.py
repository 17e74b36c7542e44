"""Carrying out what a remedy says, as far as it can be undone: the user's environment, the go env file, go.mod.

change        one change: shown, applied, undone
plan          from the operations of a diagnosis to changes
undo          the script that puts everything back, written before anything is changed
"""

from diagflow.repair.change import Change, Refused
from diagflow.repair.plan import Plan, plan
from diagflow.repair.undo import write_undo

__all__ = ["Change", "Plan", "Refused", "plan", "write_undo"]
