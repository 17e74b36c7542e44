"""The garbage collector, kept still while much is made that stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collections() -> Iterator[None]:
    """Keep the collector from going through all readings again and again while an analysis makes its tables.

    What is made in the meantime is part of no cycle, and goes when its last reference does; what is, the next
    collection finds. Threads that do so at once may get a collection too many, and never leave the collector off.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
