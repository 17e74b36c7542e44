"""Heights of the items of a column: as near as possible to where their neighbours want them, without overlap."""

from collections.abc import Sequence


def settle(wishes: Sequence[float], heights: Sequence[float], gap: float) -> list[float]:
    """Return the tops of items that keep their order and their distance.

    Args:
        wishes: the middle that each item would like.
        heights: of the items.
        gap: least distance between one item and the next.

    Returns:
        Tops that minimise the sum of squared distances from the wishes (pool adjacent violators).
    """
    offsets, offset = [], 0.0
    for height in heights:
        offsets.append(offset)
        offset += height + gap
    blocks: list[tuple[float, int]] = []  # sum of what the members would like as the block's begin, and their number
    for wish, height, before in zip(wishes, heights, offsets, strict=True):
        total, count = wish - height / 2 - before, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            previous = blocks.pop()
            total, count = total + previous[0], count + previous[1]
        blocks.append((total, count))
    begins = [total / count for total, count in blocks for _ in range(count)]
    return [begin + before for begin, before in zip(begins, offsets, strict=True)]
