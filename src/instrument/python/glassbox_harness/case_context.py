"""Runs a case inside its own context, so that all it does is known to be of that case."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from typing import Any

from glassbox_hook.places import harness_place
from glassbox_hook.recorder import Place


def context_of(place: Place) -> Context:
    """A context in which every span belongs under the place."""
    context = copy_context()
    context.run(_enter, place)
    return context


def _enter(place: Place) -> None:
    harness_place.set(place)
    try:
        from opentelemetry import context, trace
    except Exception:
        return
    ids = trace.SpanContext(
        int(place.trace_id, 16), int(place.span_id, 16), False, trace.TraceFlags(1)
    )
    context.attach(trace.set_span_in_context(trace.NonRecordingSpan(ids)))


def carry_into_threads() -> None:
    """Threads and pools begin with an empty context: those of a case are given the case's."""
    start, submit = threading.Thread.start, ThreadPoolExecutor.submit

    def start_in_context(self: threading.Thread) -> None:
        if harness_place.get() is not None:
            context, run = copy_context(), self.run
            self.run = lambda: context.run(run)  # type: ignore[method-assign]
        start(self)

    def submit_in_context(
        self: ThreadPoolExecutor, function: Any, /, *args: Any, **kwargs: Any
    ) -> Any:
        if harness_place.get() is None:
            return submit(self, function, *args, **kwargs)
        return submit(self, copy_context().run, function, *args, **kwargs)

    threading.Thread.start = start_in_context  # type: ignore[method-assign]
    ThreadPoolExecutor.submit = submit_in_context  # type: ignore[method-assign,assignment]
