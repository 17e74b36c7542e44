"""What the lab tells its user when something is wrong."""


class LabError(Exception):
    """One message for the user: what is wrong, where, and what to do about it."""
