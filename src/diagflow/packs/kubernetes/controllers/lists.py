"""What an analyzer says where it cannot look."""

from diagflow.analyze.api import Finding
from diagflow.model import CLUSTER, Outcome, Reading, State


def unreadable(*readings: Reading) -> Finding | None:
    """Return what there is to say where one of the lists is not there; None where all answered.

    A list that nobody ever asked for, as in a recording that lacks the kind, is no reason to doubt the rest.
    """
    unread = [reading for reading in readings if not reading.answered]
    if not unread:
        return None
    unasked = all(reading.state is State.ABSENT for reading in unread)
    outcome = Outcome.NO_MATCH if unasked else Outcome.INCONCLUSIVE
    return Finding(CLUSTER, outcome=outcome, detail=f"{unread[0].query} could not be read: {unread[0].state}")
