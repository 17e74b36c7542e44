"""`label_replace` and `label_join`: they look at labels only, once for each different value."""

import re
from typing import Any, Final

import numpy as np

from diagflow.promql.arrays import Bools, Codes
from diagflow.promql.errors import PromQLError
from diagflow.promql.instantcall import InstantCall
from diagflow.promql.matrix import Matrix, merged
from diagflow.promql.parse import valid_label
from diagflow.promql.patterns import clean, compile_pattern

_REFERENCE: Final = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})", re.ASCII)


def replace(call: InstantCall) -> Matrix:
    """`label_replace(v, destination, replacement, source, pattern)`."""
    destination, replacement, source, text = (call.string(number) for number in range(1, 5))
    try:
        pattern = compile_pattern(text)
    except ValueError:
        message = f"invalid regular expression in label_replace(): {text}"
        raise PromQLError(message, call.at(4)) from None
    if not valid_label(destination):
        raise PromQLError(f"invalid destination label name in label_replace(): {destination}", call.at(1))
    found = call.vector(0)
    symbols = call.context.symbols
    codes, inverse = np.unique(found.labels.column(source), return_inverse=True)
    new = np.full(len(codes), -1, np.int32)
    for number, code in enumerate(codes):
        match = pattern.fullmatch(clean(symbols.text(int(code))))
        if match:
            new[number] = symbols.code(_expanded(replacement, match))
    changed: Codes = new[inverse].astype(np.int32)
    return _put(found, destination, np.where(changed < 0, found.labels.column(destination), changed), changed >= 0)


def join(call: InstantCall) -> Matrix:
    """`label_join(v, destination, separator, source, ...)`."""
    destination, separator = call.string(1), call.string(2)
    sources = [call.string(number) for number in range(3, len(call.args))]
    for number, source in enumerate(sources, 3):
        if not valid_label(source):
            raise PromQLError(f"invalid source label name in label_join(): {source}", call.at(number))
    if not valid_label(destination):
        raise PromQLError(f"invalid destination label name in label_join(): {destination}", call.at(1))
    found = call.vector(0)
    symbols = call.context.symbols
    group, first = found.labels.groups(sources)
    texts = [separator.join(found.labels.get(int(row), source) for source in sources) for row in first]
    codes = np.array([symbols.code(text) for text in texts], np.int32)
    return _put(found, destination, codes[group], np.ones(found.size, np.bool_))


def _put(found: Matrix, name: str, codes: Codes, changed: Bools) -> Matrix:
    drops = found.drops
    if name == "__name__" and drops is not None:
        drops = drops & ~changed
    labels = found.labels.put(name, codes.astype(np.int32))
    return merged(Matrix(labels, found.values, found.present, found.hists, drops))


def _expanded(template: str, match: Any) -> str:
    """Return a replacement with its references filled in (`regexp.Expand`)."""

    def value(reference: re.Match[str]) -> str:
        if reference[1]:
            return "$"
        name = reference[2] or reference[3]
        if name.isdigit():
            return (match[int(name)] or "") if int(name) <= match.re.groups else ""
        return (match[name] or "") if name in match.re.groupindex else ""

    return _REFERENCE.sub(value, template)
