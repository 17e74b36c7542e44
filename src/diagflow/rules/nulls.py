"""The references to `None` that the CEL library takes without having them.

Where it turns a CEL null into Python's `None`, it does not count the reference that it gives away (`CelValueToPyObject`
in its py_cel_value.cc, 0.1.3). Until Python 3.12 `None` is counted like any other object: a process that meets enough
nulls, such as a server that runs for weeks, would end with "deallocating None". From 3.12 on this does nothing.
"""

import ctypes
import sys
from typing import Any, Final, TypeVar

_Value = TypeVar("_Value")
_COUNTED: Final = sys.version_info < (3, 12)


def repay(value: _Value) -> _Value:
    """Return the value that the library gave, after counting the references to `None` in it."""
    if _COUNTED and (value is None or isinstance(value, list | dict)):
        for _ in range(_nulls(value)):
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(None))
    return value


def _nulls(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_nulls, value.values()))
    return sum(map(_nulls, value)) if isinstance(value, list) else value is None
