"""What a language must say: mypy and a test hold the tables equal.

Structs: to make a dataclass of so many fields takes longer than to write most reports.
"""

from collections.abc import Mapping

from msgspec import Struct


class Plural(Struct, frozen=True):
    """A phrase with a number `{n}`, for one and for any other number."""

    one: str
    other: str

    def of(self, n: int) -> str:
        """Return the phrase for `n`, thousands separated."""
        return (self.one if n == 1 else self.other).format(n=f"{n:,}")


class Noun(Struct, frozen=True):
    """A noun, for one and for any other number."""

    one: str
    other: str


class Words(Struct, frozen=True):
    """All fixed words of one language; `{name}` is filled by the caller.

    Attributes:
        lang: the language tag of HTML.
    """

    lang: str

    # How things are joined.
    comma: str
    clause: str
    stop: str
    joined: str  # a sentence and what explains it
    bracketed: str
    and_more: str  # {names}, how many are left out {n}, how many there are {total}
    more_entries: Plural
    clipped: str

    # The answer.
    healthy: str
    unknown: str
    suspects: str
    because_contradiction: Plural
    because_candidates: Plural
    because_missing: Plural
    because_symptoms: Plural
    because_alert: str
    because_nothing: str
    because_blind: str

    # How sure, how bad.
    likelihoods: tuple[str, str, str, str, str]
    severities: Mapping[str, str]
    sure: str
    sure_provisional: str
    provisional: str

    # When.
    since: str
    since_for: str
    since_or_earlier: str
    since_or_later: str
    between: str
    as_of: str
    days: Plural
    hours: Plural
    minutes: Plural
    seconds: Plural

    # Headings.
    why: str
    what_happens: str
    effects: str
    fix: str
    to_see: str
    check: str
    docs: str
    this_window: str  # after the text {text} of a repair
    administrator: str  # the same
    ruled_out: str
    popular: str
    unseen: str
    not_there: str
    symptoms: str
    candidates: str
    suspected: str
    contradictions: str
    suppressed: str
    advice: str
    path: str
    timeline: str
    graph: str
    graph_in_words: str
    made_from: str
    affected: str

    # Evidence.
    signs: Mapping[str, str]
    conclusive: str
    weighs: str

    # Counts.
    found: Plural
    more_causes: Plural
    more_evidence: Plural
    more_lines: Plural
    others: Plural
    hidden: Plural
    rules_ran: Plural
    unseen_idle: Plural
    unseen_below: Plural
    unseen_more: Plural
    rules_wait: Plural

    # What could not be seen, and what to do.
    states: Mapping[str, str]
    queries: Mapping[str, str]
    in_namespace: str
    advise: Mapping[str, str]
    blocking: str
    decides: str

    # What differs from an earlier scan.
    newly: Plural
    nothing_new: str
    as_before: Plural
    since_scan: str
    ends: Mapping[str, str]
    stood: str
    lost: str
    regained: str
    not_looked_at: str
    watching: str
    stand: Plural

    # The decision path.
    kinds_of_step: Mapping[str, str]
    outcomes: Mapping[str, str]
    repeated: str

    # The graph.
    layers: Mapping[str, str]
    folded: str
    layer_folded: str
    graph_summary: str
    legend: Mapping[str, str]

    # The timeline.
    events: Mapping[str, str]

    # Kinds of entities.
    kinds: Mapping[str, Noun]
    thing: Noun
    things: str
    more_things: str  # begins with what joins it to the first

    # The last line and the page.
    cluster: str
    this_cluster: str
    this_machine: str
    host: str
    alert: str
    more: str
    product: str
    digests: Mapping[str, str]
    suppressed_by: str
    reading_note: str
