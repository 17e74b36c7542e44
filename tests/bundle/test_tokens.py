from hypothesis import assume, given
from hypothesis import strategies as st

from diagflow.bundle.redact.token import Tokens

ONE = Tokens(b"one key")
SECRETS = st.text(min_size=1, max_size=200).filter(str.strip)
ALPHABET = "abcdefghijklmnop"
LONG = st.text(st.characters(exclude_categories=["Z", "C"]), min_size=10, max_size=100)


def shape(text: str) -> list[tuple[bool, int]]:
    return [(c.isspace(), len(c.encode(errors="surrogatepass"))) for c in text]


@given(SECRETS)
def test_a_token_has_the_shape_of_its_secret(secret: str):
    token = ONE.of(secret)
    assert len(token) == max(8, len(secret))
    assert shape(token[: len(secret)]) == shape(secret)
    assert [c for c in token[: len(secret)] if c.isspace()] == [c for c in secret if c.isspace()]
    assert token.isascii() == secret.isascii()


@given(SECRETS)
def test_a_token_is_its_own_token_under_its_key_only(secret: str):
    token = ONE.of(secret)
    assert ONE.made(token)
    assert ONE.of(token) == token
    assert Tokens(b"one key").of(secret) == token


@given(LONG)
def test_another_key_gives_another_token(secret: str):
    other = Tokens(b"another key")
    assert other.of(secret) != ONE.of(secret)


@given(LONG, LONG)
def test_different_secrets_have_different_tokens(one: str, other: str):
    assume(one != other)
    assert ONE.of(one) != ONE.of(other)


@given(LONG)
def test_nothing_of_the_secret_is_in_its_token(secret: str):
    assert secret not in ONE.of(secret)


def test_what_looks_like_a_token_is_hardly_ever_taken_for_one():
    lookalikes = [f"**{a}{b}{c}def" for a in ALPHABET for b in ALPHABET for c in ALPHABET]
    taken = sum(map(ONE.made, lookalikes))
    assert taken < len(lookalikes) / 500
    assert sum(ONE.of(text) == text for text in lookalikes) == taken


@given(
    LONG | SECRETS.filter(lambda s: len(s.split()) > 1 and sum(not c.isspace() for c in s) > 12),
    st.text("ab =:", max_size=9),
)
def test_tokens_are_found_in_a_text(secret: str, around: str):
    token = ONE.of(secret.strip())
    text = f"{around}={token}={around}"
    whole = (len(around) + 1, len(around) + 1 + len(token))
    assert whole in list(ONE.spans(text))
    # A part of it may look like a short token of another key, once in a thousand; the whole never does.
    assert whole not in list(Tokens(b"another key").spans(text))


def test_blanks_are_no_secret():
    assert [ONE.of(text) for text in ("", "   ", "\n")] == ["", "   ", "\n"]


def test_a_token_as_people_see_it():
    assert ONE.of("hunter2")[:2] == "**"
    assert ONE.of("correct horse battery staple")[7:8] == " "
    assert ONE.of("pässwörter")[:2] == "*¤"
    assert ONE.of("密码是秘密的哦哦")[0] == "※"
