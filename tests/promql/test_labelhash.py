import pytest

from diagflow.promql.labelhash import label_hash, xxhash64


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"", 0xEF46DB3751D8E999),
        (b"a", 0xD24EC4F1A98C6E5B),
        (b"abc", 0x44BC2CF5AD770999),
        (b"Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1),
    ],
)
def test_known_digests(data: bytes, digest: int) -> None:
    assert xxhash64(data) == digest


def test_the_order_of_labels_does_not_count() -> None:
    assert label_hash({"a": "1", "b": "2"}) == label_hash({"b": "2", "a": "1"}) != label_hash({"a": "2", "b": "1"})
    assert label_hash({"a": "x" * 300}) != label_hash({"a": "x" * 301})
