"""Our own spans: sent when they start, sent again when they end."""

from __future__ import annotations

from typing import Any, NamedTuple

from . import VERSION
from .clock import now_ns
from .exporter import TRACES, Exporter
from .ids import random_id
from .resource import own_resource
from .wire import Scope, WireEvent, WireSpan, encode_span

INTERNAL = 1
CLIENT = 3

_ERROR = 2


class Place(NamedTuple):
    """A span something can be put under."""

    trace_id: str
    span_id: str


class Failure(NamedTuple):
    """An error as the conventions name it."""

    type: str
    message: str
    stack: str | None = None


class Span:
    """A span of ours; it may be changed until it has ended."""

    __slots__ = (
        "trace_id",
        "span_id",
        "parent_id",
        "name",
        "kind",
        "start_ns",
        "attributes",
        "ended",
    )

    def __init__(
        self,
        name: str,
        place: Place,
        parent: Place | None,
        *,
        kind: int = INTERNAL,
        start_ns: int | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        self.trace_id, self.span_id = place
        self.parent_id = parent.span_id if parent else None
        self.name = name
        self.kind = kind
        self.start_ns = now_ns() if start_ns is None else start_ns
        self.attributes = dict(attributes or {})
        self.ended = False

    @property
    def place(self) -> Place:
        """Where its children belong."""
        return Place(self.trace_id, self.span_id)


def new_place(parent: Place | None) -> Place:
    """A place for a new span, in its parent's trace or in one of its own."""
    return Place(parent.trace_id if parent else random_id(32), random_id(16))


class Recorder:
    """Reports spans to one exporter."""

    def __init__(self, exporter: Exporter) -> None:
        self.exporter = exporter

    def start(self, span: Span) -> Span:
        """Reports that the span runs."""
        self._send(span, 0, None)
        return span

    def update(self, span: Span, attributes: dict[str, Any]) -> None:
        """Reports a running span again, with what has been learnt since."""
        span.attributes.update(attributes)
        if not span.ended:
            self._send(span, 0, None)

    def end(self, span: Span, failure: Failure | None = None, end_ns: int | None = None) -> None:
        """Reports the finished span; a second end counts for nothing."""
        if span.ended:
            return
        span.ended = True
        if failure:
            span.attributes["error.type"] = failure.type
        end = now_ns() if end_ns is None else end_ns
        self._send(span, max(end, span.start_ns + 1), failure)

    def _send(self, span: Span, end_ns: int, failure: Failure | None) -> None:
        wire = WireSpan(
            trace_id=span.trace_id,
            span_id=span.span_id,
            parent_id=span.parent_id,
            name=span.name,
            kind=span.kind,
            start_ns=span.start_ns,
            end_ns=end_ns,
            attributes=span.attributes,
            events=[_exception(failure, end_ns)] if failure else (),
            status=_ERROR if failure else 0,
            status_message=failure.message if failure else "",
        )
        request = encode_span(wire, Scope("glassbox", VERSION, own_resource()))
        self.exporter.send(TRACES, request, 1 if end_ns else 0)


def _exception(failure: Failure, time_ns: int) -> WireEvent:
    attributes = {"exception.type": failure.type, "exception.message": failure.message}
    if failure.stack:
        attributes["exception.stacktrace"] = failure.stack
    return WireEvent(time_ns, "exception", attributes)
