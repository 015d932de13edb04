"""Changing something sound in a few places, so that it comes further than noise would."""

from collections.abc import Callable, Sequence
from random import Random

LONGEST = 200  # bytes that one change takes out or repeats

Change = Callable[[Random, bytearray, int], None]


def spoilt(chance: Random, sound: bytes, words: Sequence[bytes] = (), most: int = 6) -> bytes:
    """A copy with up to `most` changes; `words` are what the format itself is made of."""
    data = bytearray(sound)
    for _ in range(chance.randint(1, most)):
        place = chance.randrange(len(data) + 1)
        chance.choice(CHANGES)(chance, data, place)
        if words and chance.random() < 0.3:
            data[place:place] = chance.choice(words)
    return bytes(data)


def _flip(chance: Random, data: bytearray, place: int) -> None:
    if place < len(data):
        data[place] ^= 1 << chance.randrange(8)


def _write(chance: Random, data: bytearray, place: int) -> None:
    data[place : place + 1] = chance.choice((b"\0", b"\xff", b"<", b'"', b"-1", b"99999999999", "字".encode()))


def _take_out(chance: Random, data: bytearray, place: int) -> None:
    del data[place : place + chance.randrange(LONGEST)]


def _repeat(chance: Random, data: bytearray, place: int) -> None:
    data[place:place] = data[place : place + chance.randrange(LONGEST)] * chance.randint(1, 3)


def _swap(chance: Random, data: bytearray, place: int) -> None:
    other = chance.randrange(len(data) + 1)
    piece = data[other : other + chance.randrange(LONGEST)]
    data[place : place + len(piece)] = piece


def _cut_off(chance: Random, data: bytearray, place: int) -> None:
    if chance.random() < 0.2:  # or little else would be seen
        del data[place:]


CHANGES: Sequence[Change] = (_flip, _write, _take_out, _repeat, _swap, _cut_off)
