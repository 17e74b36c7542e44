import copy
import pickle
from itertools import product

from diagflow.model import Entity
from diagflow.model.entity import in_order

EVERY = [Entity(*parts) for parts in product("ab", "ab", ("", "a"), ("", "a"))]


def test_entities_are_equal_where_all_their_parts_are():
    for one, other in product(EVERY, map(copy.copy, EVERY)):
        assert (one == other) is (in_order(one) == in_order(other))
        assert not (one == other and hash(one) != hash(other))
    assert Entity("a", "a") != ("a", "a", "", "")


def test_the_key_sorts_entities_as_they_compare():
    mixed = sorted(EVERY, key=lambda e: (e.group, e.name))
    assert sorted(mixed, key=in_order) == sorted(mixed) != mixed


def test_a_copy_for_another_process_takes_no_hash_along():
    entity = Entity("pod", "cart-0", "shop")
    hash(entity)
    restored = pickle.loads(pickle.dumps(entity))  # noqa: S301  # our own
    assert restored == entity
    assert not hasattr(restored, "_hash")
