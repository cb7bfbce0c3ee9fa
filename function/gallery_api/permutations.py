"""Two keyed permutations that are computed place by place, without a list of all places.

Feistel         of 2**20 places, both ways; its tables cost 8 kB of a hash, then a step is a look-up
SwapOrNot       of any number of places; every order of a few is as likely as any other
"""

from hashlib import blake2b, shake_128
from struct import iter_unpack, unpack

__all__ = ["Feistel", "SwapOrNot"]


class Feistel:
    """A permutation of the numbers below 2**20 that depends on a text.

    A balanced Feistel network of four rounds, as Luby and Rackoff (1988) have it, whose round
    functions are tables of random numbers.
    """

    SIZE = 1 << 20

    def __init__(self, key: bytes) -> None:
        digest = shake_128(key).digest(4 * 2 * 1024)
        self._tables: list[list[int]] = [table for (*table,) in iter_unpack("<1024H", digest)]

    def __call__(self, number: int) -> int:
        """Return the place to which this number goes."""
        first, second, third, fourth = self._tables
        left, right = number >> 10, number & 1023
        left ^= first[right] & 1023
        right ^= second[left] & 1023
        left ^= third[right] & 1023
        right ^= fourth[left] & 1023
        return left << 10 | right

    def inverse(self, place: int) -> int:
        """Return the number that goes to this place."""
        first, second, third, fourth = self._tables
        left, right = place >> 10, place & 1023
        right ^= fourth[left] & 1023
        left ^= third[right] & 1023
        right ^= second[left] & 1023
        left ^= first[right] & 1023
        return left << 10 | right


class SwapOrNot:
    """A shuffled order of `size` places that depends on a key of 16 to 64 bytes.

    The swap-or-not shuffle (Hoang, Morris and Rogaway, 2012): in each round places are paired by a
    random pivot, and a random bit decides for each pair whether it is swapped. After the rounds
    here all 120 orders of five places differ from even by less than one in a million.
    """

    _ROUNDS = 48
    _BITS = 512  # of one hash, for as many pairs that lie side by side

    def __init__(self, size: int, key: bytes) -> None:
        self._size, self._key = size, key
        pivots = unpack(f"<{self._ROUNDS}Q", shake_128(key).digest(8 * self._ROUNDS))
        self._pivots = [pivot % size for pivot in pivots]
        self._hashes: dict[tuple[int, int], int] = {}

    def __call__(self, place: int) -> int:
        """Return what stands at this place of the order."""
        for step, pivot in enumerate(self._pivots):
            partner = (pivot - place) % self._size
            if self._is_swapped(step, max(place, partner)):
                place = partner
        return place

    def _is_swapped(self, step: int, pair: int) -> int:
        block = step, pair // self._BITS
        if block not in self._hashes:
            name = b"%d %d" % block
            self._hashes[block] = int.from_bytes(blake2b(name, key=self._key).digest(), "little")
        return self._hashes[block] >> pair % self._BITS & 1
