"""The errors of DiagFlow, one tree.

    DiagFlowError            one line for people: what, where, what to do
    └── BadInput             what the user gave cannot be used (exit status 2)

An error never carries a stack trace to the user; everything else that escapes is an error of ours (exit
status 70).
"""


class DiagFlowError(Exception):
    """Something went wrong that a user can understand: the message says what, where and what to do."""


class BadInput(DiagFlowError):  # noqa: N818  # the word that users read
    """A file, an option or an archive that the user gave cannot be used."""
