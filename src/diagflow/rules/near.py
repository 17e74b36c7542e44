"""Near names for typing mistakes."""

from collections.abc import Iterable
from difflib import get_close_matches


def near(word: str, known: Iterable[str]) -> str:
    """Return the known word that `word` most likely meant, or the empty string."""
    options = sorted(set(known))
    # What all in question begin with says nothing: `kubernetes.a` is not near to `kubernetes.b`.
    pack = word.partition(".")[0] + "."
    shared = pack if any(option.startswith(pack) for option in options) else ""
    folded = {option.removeprefix(shared).lower(): option for option in reversed(options)}
    found = get_close_matches(word.removeprefix(shared).lower()[:80], list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else ""


def did_you_mean(word: str, known: Iterable[str], *, limit: int = 12) -> str:
    """Return the end of a message: `did you mean X?`, else the known words if they are few, else nothing."""
    options = sorted(set(known))
    if guess := near(word, options):
        return f"did you mean `{guess}`?"
    if 0 < len(options) <= limit:
        return "known are " + ", ".join(f"`{option}`" for option in options)
    return "nothing near it is known"
