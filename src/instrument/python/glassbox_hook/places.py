"""Where a new span of ours belongs, outside the Agents SDK.

Under the program's active OpenTelemetry span, else under a place a harness of ours has set. The
program's copy of OpenTelemetry is only looked at where the program has loaded it.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from typing import Any

from .recorder import Place

# Set by whoever runs a function of the program on our behalf.
harness_place: ContextVar[Place | None] = ContextVar("glassbox_place", default=None)


def outer_place() -> Place | None:
    """The place the program is at."""
    span = active_span()
    if span is not None:
        context = span.get_span_context()
        return Place(format(context.trace_id, "032x"), format(context.span_id, "016x"))
    return harness_place.get()


def active_span() -> Any:
    """The program's active OpenTelemetry span with valid ids; None where there is none."""
    api = sys.modules.get("opentelemetry.trace")
    if api is None:
        return None
    try:
        span = api.get_current_span()
        return span if span.get_span_context().is_valid else None
    except Exception:
        return None


def suppressed() -> bool:
    """Whether the program wants no spans at this moment."""
    api = sys.modules.get("opentelemetry.context")
    try:
        return bool(api and api.get_value("suppress_instrumentation"))
    except Exception:
        return False
