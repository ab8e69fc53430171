"""Ids: UUIDv7, which sort by the time of their making, as canonical text; and UUIDv4, which tell nothing."""

import os
import time
import uuid

_state = {"last": 0}


def new_id() -> str:
    """A UUIDv7 (RFC 9562): milliseconds, a counter that never goes back within a process, 62 random bits."""
    now = time.time_ns()
    # 12 bits of sub-millisecond time as the counter, nudged forward when two ids fall together.
    ticks = (now // 1_000_000 << 12) | ((now % 1_000_000) * 4096 // 1_000_000)
    ticks = max(ticks, _state["last"] + 1)
    _state["last"] = ticks
    random = int.from_bytes(os.urandom(8)) & (2**62 - 1)
    value = (ticks >> 12) << 80 | 0x7 << 76 | (ticks & 0xFFF) << 64 | 0b10 << 62 | random
    text = f"{value:032x}"  # as `uuid.UUID` says it, in less time
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def blind_id() -> str:
    """A UUIDv4, for what may have an author who is not named: a UUIDv7 tells the millisecond of its making."""
    return str(uuid.uuid4())
