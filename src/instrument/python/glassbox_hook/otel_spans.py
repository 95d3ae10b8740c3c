"""Spans and log records of any generation of OpenTelemetry's SDK, encoded for Glassbox."""

from __future__ import annotations

from typing import Any

from .clock import now_ns
from .resource import run_attributes
from .wire import (
    Scope,
    WireEvent,
    WireLink,
    WireLog,
    WireSpan,
    encode_attributes,
    encode_log,
    encode_span,
)

_STATUS = {"OK": 1, "ERROR": 2}
_MOST_RESOURCES = 16
_resources: dict[int, tuple[Any, bytes]] = {}


def encode_readable_span(span: Any, running: bool, extra: dict[str, Any]) -> bytes:
    """A span of the program with its resource and the link to our run; `extra` adds attributes."""
    context = span.context
    status = span.status
    wire = WireSpan(
        trace_id=_trace_id(context.trace_id),
        span_id=_span_id(context.span_id),
        parent_id=_span_id(span.parent.span_id) if span.parent else None,
        name=span.name,
        # OTLP counts from 1, the SDK from 0.
        kind=span.kind.value + 1,
        start_ns=span.start_time or now_ns(),
        end_ns=0 if running else span.end_time or now_ns(),
        attributes={**extra, **(span.attributes or {})},
        events=[
            WireEvent(event.timestamp, event.name, event.attributes or {}) for event in span.events
        ],
        links=[
            WireLink(
                _trace_id(link.context.trace_id),
                _span_id(link.context.span_id),
                link.attributes or {},
            )
            for link in span.links
        ],
        status=_STATUS.get(status.status_code.name, 0),
        status_message=status.description or "",
        dropped_attributes=getattr(span, "dropped_attributes", 0) or 0,
    )
    return encode_span(wire, _scope(span.instrumentation_scope, span.resource))


def encode_log_record(record: Any, scope: Any, resource: Any) -> bytes:
    """A log record of the program."""
    severity = record.severity_number
    wire = WireLog(
        time_ns=record.timestamp or record.observed_timestamp or now_ns(),
        observed_ns=record.observed_timestamp or now_ns(),
        severity=getattr(severity, "value", severity) or 0,
        severity_text=record.severity_text or "",
        body=record.body,
        event_name=getattr(record, "event_name", None) or "",
        attributes=record.attributes or {},
        trace_id=_trace_id(record.trace_id) if record.trace_id else "",
        span_id=_span_id(record.span_id) if record.span_id else "",
    )
    return encode_log(wire, _scope(scope, resource))


def _scope(scope: Any, resource: Any) -> Scope:
    name = getattr(scope, "name", None) or ""
    return Scope(name, getattr(scope, "version", None) or "", _encoded_resource(resource))


def _encoded_resource(resource: Any) -> bytes:
    """A program has one or two resources and many spans; the resource is kept with its bytes."""
    known = _resources.get(id(resource))
    if known is None or known[0] is not resource:
        attributes = {**run_attributes(), **(getattr(resource, "attributes", None) or {})}
        if len(_resources) >= _MOST_RESOURCES:
            _resources.clear()
        known = _resources[id(resource)] = (resource, encode_attributes(1, attributes))
    return known[1]


def _trace_id(value: int) -> str:
    return format(value, "032x")


def _span_id(value: int) -> str:
    return format(value, "016x")
