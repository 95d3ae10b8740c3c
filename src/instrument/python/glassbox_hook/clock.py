"""Wall time with the steadiness of the monotonic clock.

The functions are kept as defaults, where tools that freeze time in tests do not look for them.
"""

from __future__ import annotations

import time

_offset = time.time_ns() - time.perf_counter_ns()


def now_ns(wall=time.time_ns, steady=time.perf_counter_ns) -> int:
    """Nanoseconds since 1970."""
    global _offset
    now = _offset + steady()
    drift = wall() - now
    if -20_000_000 < drift < 20_000_000:
        return now
    # The machine slept or its clock was set.
    _offset += drift
    return now + drift


def steady_seconds(steady=time.perf_counter) -> float:
    """Seconds of a clock that only goes forward."""
    return steady()
