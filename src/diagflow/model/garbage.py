"""The garbage collector, kept still while much is made that stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collections() -> Iterator[None]:
    """Keep the collector from going through all that is made again and again: rules, objects, tables.

    With ten thousand pods it would take three quarters of the time of decoding them. What is made in the meantime is
    part of no cycle, and goes when its last reference does; what is, a later collection finds. Threads that do so at
    once may get a collection too many, and never leave the collector off.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            _make_old()
            gc.enable()


def _make_old() -> None:
    """Let all that was made count as old, without a look at it, which the next collection would else take."""
    if not gc.get_freeze_count():  # else somebody keeps objects frozen, and means it
        gc.freeze()
        gc.unfreeze()
