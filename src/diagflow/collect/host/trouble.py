"""Why a probe has no value: what it raises instead.

    Absent       it makes no sense here, or there is nothing to look at
    Forbidden    rights are missing

Whatever else a probe raises is a probe that broke. The message is one line for people.
"""


class Absent(Exception):  # noqa: N818  # the word that users read
    """The fact makes no sense on this machine."""


class Forbidden(Exception):  # noqa: N818  # the word that users read
    """The fact could not be read for lack of rights."""
