"""Neutral names from a seed: nothing in them tells what is broken, and the same seed gives the same names."""

import hashlib

_TEXT = (
    "acorn amber anchor atlas basil beacon birch bramble canvas cedar cinder clover cobalt copper coral cypress "
    "delta ember fable falcon fern flint garnet ginger granite harbor hazel heron indigo iris ivory jasper juniper "
    "kestrel lagoon larch laurel ledger lilac linden lotus lumen lupin maple marble meadow mosaic myrtle nectar "
    "nimbus oasis onyx opal orchid osprey pebble pepper pine plume poplar prairie quartz quill raven reed ridge "
    "river robin rowan saffron sage sierra slate sparrow spruce stone summit sycamore thistle tidal timber topaz "
    "tundra velvet violet walnut willow wren yarrow zephyr"
)
_WORDS = _TEXT.split()


def name(seed: int, fault: str, role: str) -> str:
    """Returns a name such as `ledger-7f3a` for one role in one fault."""
    digest = hashlib.sha256(f"{seed}/{fault}/{role}".encode()).digest()
    return f"{_WORDS[int.from_bytes(digest[:4]) % len(_WORDS)]}-{digest[4:6].hex()}"


def node(seed: int, fault: str, role: str) -> str:
    """Returns a name such as `worker-7f3a` for a node."""
    digest = hashlib.sha256(f"{seed}/{fault}/node/{role}".encode()).digest()
    return f"worker-{digest[:2].hex()}"
