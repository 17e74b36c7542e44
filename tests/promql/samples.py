"""Series in which much of what goes wrong with real ones goes wrong: made from a seed, the same each time.

Gaps, resets, NaN, infinities, stale markers, regular and irregular scrapes, classic histograms (one of them broken),
native ones with exponential and with their own buckets, floats and histograms in one series.
"""

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from diagflow.promql import STALE_NAN, Histogram, Series
from diagflow.promql.histogram import CUSTOM, stored
from diagflow.promql.histogram.value import Hint
from tests.promql.expressions import Vocabulary

START = 1_661_140_800_000
"""A multiple of two hours: Prometheus begins new chunks of histograms there, which hints of counter resets tell."""
LENGTH = 7_140_000
_BOUNDS = (0.1, 0.5, 1.0, 2.5, 10.0)
_LES = ("0.1", "0.5", "1", "2.5", "10", "+Inf")


@dataclass(frozen=True, slots=True)
class Scrape:
    """How a target is scraped, in milliseconds; `gap` is the share of scrapes that find nothing."""

    every: int
    jitter: int = 0
    gap: float = 0.0


REGULAR, IRREGULAR, SLOW, SPARSE, RARE = (
    Scrape(30_000), Scrape(25_000, jitter=9_000, gap=0.1), Scrape(120_000), Scrape(60_000, jitter=500, gap=0.8),
    Scrape(200_000),
)  # fmt: skip


def series(seed: int = 1) -> list[Series]:
    """All series."""
    rng = random.Random(seed)
    return [*_counters(rng), *_gauges(rng), *_classic(rng), *_native(rng)]


def _counters(rng: random.Random) -> Iterator[Series]:
    for number, (job, instance, code) in enumerate(_product(("api", "web"), ("0", "1", "2"), ("200", "500"))):
        scrape = (REGULAR, IRREGULAR, SPARSE)[number % 3]
        labels = {"__name__": "requests_total", "job": job, "instance": instance, "code": code}
        yield _floats(labels, scrape, rng, _rising(rng, resets=number % 2 == 0), ends=number % 4 == 1)
    for job, instance in _product(("api", "web", "db"), ("0", "1")):
        labels = {"__name__": "errors_total", "job": job, "instance": instance}
        yield _floats(labels, SLOW, rng, _rising(rng, resets=job == "web"))


def _gauges(rng: random.Random) -> Iterator[Series]:
    for job, instance in _product(("api", "web"), ("0", "1", "2")):
        labels = {"__name__": "temperature", "job": job, "instance": instance}
        yield _floats(labels, REGULAR if job == "api" else IRREGULAR, rng, _walk(rng), ends=instance == "2")
    for instance in ("0", "1", "2"):
        labels = {"__name__": "limits", "instance": instance, "zone": "a-1" if instance == "0" else "b"}
        yield _floats(labels, SLOW, rng, _walk(rng))
    for job, version in (("api", "1.2"), ("web", "1.10"), ("db", "")):
        yield _floats({"__name__": "build", "job": job, "version": version}, REGULAR, rng, _constant(1.0))
    for job, value in (("api", 0.1), ("web", 1 / 3), ("db", 0.1)):
        yield _floats({"__name__": "quota", "job": job}, REGULAR, rng, _constant(value))
    for instance in ("0", "1", "2"):
        yield _floats({"__name__": "up", "job": "api", "instance": instance}, REGULAR, rng, _flips(rng), ends=True)
        yield _floats({"__name__": "strange", "instance": instance}, IRREGULAR, rng, _strange(rng))


def _classic(rng: random.Random) -> Iterator[Series]:
    for job, broken in (("api", False), ("web", False), ("db", True)):
        columns = _bucket_columns(rng, broken=broken)
        for le, column in zip((*_LES, "none") if broken else _LES, columns, strict=False):
            labels = {"__name__": "wait_seconds_bucket", "job": job, "le": le}
            yield _floats(labels, REGULAR, rng, iter(column))


def _bucket_columns(rng: random.Random, *, broken: bool) -> list[list[float]]:
    """The counts of each bucket over time; those of a broken histogram do not rise from bucket to bucket."""
    now, rows = [0.0] * len(_LES), []
    for _ in range(LENGTH // REGULAR.every + 1):
        now = [0.0] * len(now) if rng.random() < 0.01 else now
        now[rng.randrange(len(now))] += rng.randrange(1, 9)
        rows.append([sum(now[: number + 1]) + (rng.randrange(-3, 3) if broken else 0) for number in range(len(now))])
    return [[max(row[min(n, len(_LES) - 1)], 0.0) for row in rows] for n in range(len(_LES) + broken)]


def _native(rng: random.Random) -> Iterator[Series]:
    for number, job in enumerate(("api", "web", "db")):
        for instance in ("0", "1"):
            base = Histogram(schema=(0, 2, 0)[number], zero_threshold=(0.001, 0.001, 0.01)[number])
            labels = {"__name__": "latency_seconds", "job": job, "instance": instance}
            yield _histograms(labels, rng, base, gauge=False)
    for number, job in enumerate(("api", "web")):
        yield _histograms({"__name__": "load", "job": job}, rng, Histogram(schema=1, zero_threshold=0.1), gauge=True)
        own = Histogram(schema=CUSTOM, custom=_BOUNDS[number:])
        yield _histograms({"__name__": "size_bytes", "job": job}, rng, own, gauge=False)
    for instance in ("0", "1"):
        yield _histograms({"__name__": "mixed", "instance": instance}, rng, Histogram(), gauge=False, floats=0.3)


def _histograms(
    labels: Mapping[str, str], rng: random.Random, base: Histogram, *, gauge: bool, floats: float = 0.0
) -> Series:
    """A histogram; now and then it starts again, has gone, or there is a number in its place.

    There are few of them, so that Prometheus begins no chunk because the one before is full: what a chunk tells of
    counter resets and empty buckets would depend on that.
    """
    samples: list[tuple[int, float | Histogram]] = []
    now = base
    for time in _times(RARE, rng):
        now = base if gauge or rng.random() < 0.04 else now
        now = _observed(now, rng)
        chance = rng.random()
        value: float | Histogram = now.hinted(Hint.GAUGE) if gauge else now
        if chance < floats:
            value = rng.uniform(0, 100)
        elif chance > 0.96:
            value = STALE_NAN
        samples.append((time, value))
    hints = stored(value if isinstance(value, Histogram) else None for _, value in samples)
    numbers = [(time, value) for time, value in samples if not isinstance(value, Histogram)]
    return Series(
        labels,
        np.array([time for time, _ in numbers], np.int64),
        np.array([value for _, value in numbers], np.float64),
        np.array([time for time, value in samples if isinstance(value, Histogram)], np.int64),
        list(hints),
    )


def _observed(one: Histogram, rng: random.Random) -> Histogram:
    """The histogram some observations later."""
    positive, negative, zero, total = dict(one.positive), dict(one.negative), one.zero_count, one.sum
    highest = len(one.custom) if one.is_custom else 6
    for _ in range(rng.randrange(1, 6)):
        count = float(rng.randrange(1, 5))
        index = rng.randrange(0 if one.is_custom else -2, highest + 1)
        side = rng.random()
        if one.is_custom or side < 0.7:
            positive[index] = positive.get(index, 0.0) + count
        elif side < 0.85:
            negative[index] = negative.get(index, 0.0) + count
        else:
            zero += count
        total += rng.uniform(-1, 5)
    count = math.fsum([*positive.values(), *negative.values(), zero])
    return Histogram(one.schema, count, total, one.zero_threshold, zero, positive, negative, one.custom)


def _floats(
    labels: Mapping[str, str], scrape: Scrape, rng: random.Random, values: Iterator[float], *, ends: bool = False
) -> Series:
    """A series; one that `ends` has stale markers, after which it comes back, or not."""
    times = np.array(_times(scrape, rng), np.int64)
    numbers = np.array([next(values) for _ in times], np.float64)
    if ends and len(times) > 8:
        first = rng.randrange(4, len(times) - 2)
        numbers[first] = STALE_NAN
        keep = np.ones(len(times), np.bool_)
        keep[first + 1 : first + 1 + rng.randrange(len(times) // 3)] = False
        times, numbers = times[keep], numbers[keep]
    named = {name: value for name, value in labels.items() if value}
    return Series(named, times, numbers)


def _times(scrape: Scrape, rng: random.Random) -> list[int]:
    return [
        at + rng.randrange(scrape.jitter + 1)
        for at in range(START, START + LENGTH, scrape.every)
        if rng.random() >= scrape.gap
    ]


def _rising(rng: random.Random, *, resets: bool) -> Iterator[float]:
    value = rng.uniform(0, 1000)
    while True:
        value += rng.uniform(0.01, 20)
        if resets and rng.random() < 0.04:
            value = rng.uniform(0, 5)
        yield value


def _walk(rng: random.Random) -> Iterator[float]:
    value = rng.uniform(-20, 60)
    while True:
        value += rng.gauss(0, 3)
        yield value


def _constant(value: float) -> Iterator[float]:
    while True:
        yield value


def _flips(rng: random.Random) -> Iterator[float]:
    while True:
        yield float(rng.random() < 0.8)


def _strange(rng: random.Random) -> Iterator[float]:
    odd = (math.nan, math.inf, -math.inf, 0.0, -0.0, 1e300, -1e300, 5e-324, 2.0**53)
    while True:
        yield rng.choice(odd) if rng.random() < 0.3 else rng.gauss(0, 10)


def _product(*lists: tuple[str, ...]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for values in lists:
        found = [(*before, value) for before in found for value in values]
    return found


WORDS = Vocabulary(
    START,
    LENGTH,
    {
        "job": ("api", "web", "db"),
        "instance": ("0", "1", "2"),
        "code": ("200", "500"),
        "zone": ("a-1", "b"),
        "version": ("1.2", "1.10"),
    },
    counters=("requests_total", "errors_total"),
    gauges=("temperature", "limits"),
    odd=("up", "strange", "build", "quota"),
    buckets=("wait_seconds_bucket",),
    histograms=("latency_seconds", "load", "size_bytes", "mixed"),
    info="build",
)
"""What can be asked about them."""
