"""Which names say that their value is a secret: of environment variables, options, headers, keys."""

import re
from functools import lru_cache
from typing import Final

SIGNS: Final = (
    r"passw(?:or)?d|passwd|passphrase|passcode|pwd|secret|token|credential|api[_.-]?key|access[_.-]?key|"
    r"private[_.-]?key|account[_.-]?key|encryption[_.-]?key|signing[_.-]?key|shared[_.-]?(?:access[_.-]?)?key|"
    r"master[_.-]?key|license[_.-]?key|auth[_.-]?key|connection[_.-]?string|auth[_.-]?pass|"
    r"cookie|bearer|jwt|dsn|signature|authorization"
)
"""Parts of a name that make its value a secret (a pattern for RE2, without case)."""

_SECRET: Final = re.compile(
    rf"(?i:{SIGNS})(?:[sS](?![a-z])|(?![a-z]))|"  # the sign ends a word: a `tokenreview` is none
    r"(?i:(?:^|[_.-])(?:pass|sig|auth)$|[a-z]pass$|key[_.-]?base$)"
)
_HARMLESS: Final = re.compile(r"(?:by|com|tres|sur|en)pass$", re.IGNORECASE)
_PASSWORD: Final = re.compile(r"pass|pwd", re.IGNORECASE)
_ABOUT_WORDS = """
    file files path paths dir directory folder name names ref reference url uri endpoint host port type
    kind ttl expiry expiration expires expire seconds minutes hours days duration timeout interval
    rotation length len size count limit limits policy mode version class enabled disabled required
    provider issuer audience algorithm alg namespace location prefix suffix field fields header headers
    format pattern regex id ids uid method usage budget quota min max store manager generator template
    source selector schema index status state age hash digest fingerprint checksum
"""
_ABOUT: Final = frozenset(_ABOUT_WORDS.split())
"""What a name ends with when its value is something about a secret, not the secret."""

_FLAG_WORDS = """
    max min num enable enabled disable use with has is require allow no skip automount
"""
_FLAGS: Final = frozenset(_FLAG_WORDS.split())
_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_PLAIN_WORDS = """
    true false yes no on off none null nil enabled disabled auto default
"""
_PLAIN: Final = frozenset(_PLAIN_WORDS.split())
_REFERENCE: Final = re.compile(r"\$\([\w.-]+\)|\$\{[\w.:-]+\}|\$[A-Z_][A-Z0-9_]*|\{\{[^{}]*\}\}")
_PLACE: Final = re.compile(
    r"(?:/(?:run|var|etc|mnt|vault|secrets?|opt|home|usr|tmp|app|srv|root|data)/|[A-Za-z]:\\)[\w./\\ -]*"
)
_NUMBER: Final = re.compile(r"[0-9]{1,6}[a-z]{0,2}")
_DNS: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?/)?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_OBJECT: Final = re.compile(r"(?:secret|token|credential)s?$", re.IGNORECASE)
_VERSION: Final = re.compile(r"v?[0-9]+(?:\.[0-9]+)+[\w.+-]*(?:@sha256:.*)?|latest")
_MASKS: Final = "redacted|hidden|masked|filtered|removed|omitted|sensitive"
_MASKED: Final = re.compile(rf"\*{{3,}}(?:\w+\*{{3,}})?|[<\[({{]*(?:{_MASKS})[>\])}}]*|<set to .*>", re.IGNORECASE)
_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_SECRET_ID: Final = re.compile(r"secret[_.-]?id$", re.IGNORECASE)


@lru_cache(maxsize=65536)
def is_secret_name(name: str) -> bool:
    """True when the value of something called so is a secret: `DB_PASSWORD`, `--api-key`, `clientSecret`."""
    if not _SECRET.search(name) or _HARMLESS.search(name):
        return False
    words = [w.lower() for w in _WORDS.findall(name)]
    return bool(words) and words[-1] not in _ABOUT and words[0] not in _FLAGS


def is_secret(name: str, value: str) -> bool:
    """True when the value of an environment variable or an option is a secret as a whole."""
    if _SECRET_ID.search(name):
        return bool(_UUID.fullmatch(value))
    return is_secret_name(name) and not is_plain(name, value)


def is_secret_field(name: str, value: str) -> bool:
    """True when the value of a field of an object is a secret; the *name* of a Secret is none."""
    return not (_OBJECT.search(name) and is_dns_name(value)) and is_secret(name, value)


def is_dns_name(text: str) -> bool:
    """True for what an object of Kubernetes can be called, with or without its namespace."""
    return bool(_DNS.fullmatch(text))


def is_version(text: str) -> bool:
    """True for `v1.2.3` and the like: what follows the name of an image."""
    return bool(_VERSION.fullmatch(text))


def is_plain(name: str, value: str) -> bool:
    """True for what is no secret whatever it is called: switches, numbers, places, `$(REFERENCES)`, `***`."""
    text = value.strip()
    if text.lower() in _PLAIN or _REFERENCE.fullmatch(text) or _PLACE.fullmatch(text) or _MASKED.fullmatch(text):
        return True
    return bool(_NUMBER.fullmatch(text)) and not _PASSWORD.search(name)


def is_password_name(name: str) -> bool:
    """True when the name says password, so that whatever follows it is one."""
    return bool(_PASSWORD.search(name))
