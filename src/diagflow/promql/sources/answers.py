"""What a Prometheus answered to range queries of plain selectors, as a storage: the results of its API."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from diagflow.model.errors import BadInput
from diagflow.promql.sources.gather import Gathered, milliseconds
from diagflow.promql.storage import Storage


def storage_of_answers(results: Iterable[Mapping[str, Any]], where: str = "the answer") -> Storage:
    """Return the samples of `data.result` of any number of answers; floats only.

    Each result has a `metric` and `values` (`[[seconds, "value"], ...]`), or one `value`.

    Raises:
        BadInput: a result has another shape, or a series has two values at the same time.
    """
    gathered = Gathered()
    for number, result in enumerate(results, 1):
        try:
            metric = {str(name): str(value) for name, value in result["metric"].items() if value}
            labels = tuple(sorted(metric.items()))
            for seconds, value in _samples(result):
                gathered.add(labels, milliseconds(seconds), float(value))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise BadInput(f"{where}: result {number} is none of Prometheus' API: `metric` and `values`") from None
    return gathered.storage(where)


def _samples(result: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    yield from result.get("values", [result["value"]] if "value" in result else [])
