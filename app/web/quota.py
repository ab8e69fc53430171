"""Quotas: how often a caller may ask in a minute, counted in the memory of one worker.

A fixed window for each key, which begins with its first request. Two generations of counters bound the memory: what
was not asked for during a whole window is forgotten with the older generation, and so is the older generation itself
when a flood of keys fills the newer one. Each quota has its own, so a flood of addresses forgets no token.

Source: RateLimit header fields for HTTP (draft-ietf-httpapi-ratelimit-headers-10); docs/decisions/0017.
"""

import time
from collections.abc import Callable
from math import ceil
from typing import NamedTuple

WINDOW = 60  # seconds
MOST_KEYS = 20_000  # in a generation: about 5 MB when full


class Standing(NamedTuple):
    """What one request found: `left` is below 0 when there was nothing left; `seconds` until it is renewed."""

    left: int
    seconds: int


class Quota:
    """So many requests in a window, for each key; `limit` 0 counts nothing."""

    def __init__(
        self,
        name: str,
        limit: int,
        *,
        window: int = WINDOW,
        most: int = MOST_KEYS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`name` is the policy's in the headers; `window` in seconds; `most` keys in a generation."""
        self.name = name
        self.limit = limit
        self.policy = (b"ratelimit-policy", f'"{name}";q={limit};w={window}'.encode())
        self.window = window
        self._most = most
        self._clock = clock
        self._new: dict[str, list[float]] = {}  # key -> end of its window, requests in it
        self._old: dict[str, list[float]] = {}
        self._turn = 0.0  # when the generations change at the latest

    def hit(self, key: str) -> Standing:
        """Count one request."""
        now = self._clock()
        counter = self._new.get(key)
        if counter is None:
            counter = self._adopt(key, now)
        if counter[0] <= now:
            counter[0], counter[1] = now + self.window, 0
        counter[1] += 1
        return Standing(self.limit - int(counter[1]), max(1, ceil(counter[0] - now)))

    def _adopt(self, key: str, now: float) -> list[float]:
        if now >= self._turn or len(self._new) >= self._most:
            self._old, self._new = self._new, {}
            self._turn = now + self.window
        counter = self._old.pop(key, None) or [0.0, 0]
        self._new[key] = counter
        return counter

    @property
    def keys(self) -> int:
        """How many counters are kept."""
        return len(self._new) + len(self._old)

    def headers(self, standing: Standing) -> list[tuple[bytes, bytes]]:
        """`RateLimit-Policy` and `RateLimit` of one answer."""
        left = max(standing.left, 0)
        value = f'"{self.name}";r={left};t={standing.seconds}'
        return [self.policy, (b"ratelimit", value.encode())]
