"""The fixed words of all human formats, one table a language."""

from diagflow.feedback.words.table import Plural, Words
from diagflow.model import BadInput

__all__ = ["LANGUAGES", "Plural", "Words", "words"]

LANGUAGES = ("en", "zh")


def words(lang: str) -> Words:
    """Return the words of one language.

    Raises:
        BadInput: nobody has written them in `lang`.
    """
    if lang == "en":
        from diagflow.feedback.words.en import WORDS as english  # noqa: N811, PLC0415  # only the table in use is loaded

        return english
    if lang == "zh":
        from diagflow.feedback.words.zh import WORDS as chinese  # noqa: N811, PLC0415

        return chinese
    raise BadInput(f"no language {lang!r}: write one of {', '.join(LANGUAGES)}")
