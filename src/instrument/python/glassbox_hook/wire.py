"""Spans and log records as OTLP requests.

Each request holds one record. Requests can be joined by joining their bytes, because their only
field is a repeated one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .protobuf import data, double, fixed64, number, text

Attributes = Mapping[str, Any]

_DEEPEST = 32


class WireEvent(NamedTuple):
    """Something that happened at one moment of a span."""

    time_ns: int
    name: str
    attributes: Attributes


class WireLink(NamedTuple):
    """Another span this one belongs to."""

    trace_id: str
    span_id: str
    attributes: Attributes


class WireSpan(NamedTuple):
    """A span as it is sent; `end_ns` is 0 while it runs, `kind` and `status` are OTLP's numbers."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    kind: int
    start_ns: int
    end_ns: int
    attributes: Attributes
    events: Iterable[WireEvent] = ()
    links: Iterable[WireLink] = ()
    status: int = 0
    status_message: str = ""
    dropped_attributes: int = 0


class WireLog(NamedTuple):
    """A log record as it is sent."""

    time_ns: int
    observed_ns: int
    severity: int
    severity_text: str
    body: Any
    event_name: str
    attributes: Attributes
    trace_id: str
    span_id: str


class Scope(NamedTuple):
    """Who made a record, and about which process and run; `resource` comes encoded."""

    name: str
    version: str
    resource: bytes


def encode_attributes(field: int, attributes: Attributes) -> bytes:
    """Attributes as a repeated field."""
    return b"".join(
        data(field, _pair(key, value)) for key, value in attributes.items() if value is not None
    )


def encode_span(span: WireSpan, scope: Scope) -> bytes:
    """A whole ExportTraceServiceRequest."""
    return _request(_span(span), scope)


def encode_log(log: WireLog, scope: Scope) -> bytes:
    """A whole ExportLogsServiceRequest, whose frame has the same numbers."""
    return _request(_log(log), scope)


def _request(record: bytes, scope: Scope) -> bytes:
    named = text(1, scope.name) + (text(2, scope.version) if scope.version else b"")
    inner = data(1, named) + data(2, record)
    return data(1, data(1, scope.resource) + data(2, inner))


def _span(span: WireSpan) -> bytes:
    parts = [data(1, bytes.fromhex(span.trace_id)), data(2, bytes.fromhex(span.span_id))]
    if span.parent_id:
        parts.append(data(4, bytes.fromhex(span.parent_id)))
    parts += [text(5, span.name), number(6, span.kind), fixed64(7, span.start_ns)]
    if span.end_ns:
        parts.append(fixed64(8, span.end_ns))
    parts.append(encode_attributes(9, span.attributes))
    if span.dropped_attributes:
        parts.append(number(10, span.dropped_attributes))
    parts += [data(11, _event(event)) for event in span.events]
    parts += [data(13, _link(link)) for link in span.links]
    status = text(2, span.status_message) if span.status_message else b""
    parts.append(data(15, status + (number(3, span.status) if span.status else b"")))
    return b"".join(parts)


def _event(event: WireEvent) -> bytes:
    head = fixed64(1, event.time_ns) + text(2, event.name)
    return head + encode_attributes(3, event.attributes)


def _link(link: WireLink) -> bytes:
    ids = data(1, bytes.fromhex(link.trace_id)) + data(2, bytes.fromhex(link.span_id))
    return ids + encode_attributes(4, link.attributes)


def _log(log: WireLog) -> bytes:
    parts = [fixed64(1, log.time_ns), number(2, log.severity)]
    if log.severity_text:
        parts.append(text(3, log.severity_text))
    if log.body is not None:
        parts.append(data(5, _value(log.body, 0)))
    parts.append(encode_attributes(6, log.attributes))
    if log.trace_id:
        parts.append(data(9, bytes.fromhex(log.trace_id)))
    if log.span_id:
        parts.append(data(10, bytes.fromhex(log.span_id)))
    parts.append(fixed64(11, log.observed_ns))
    if log.event_name:
        parts.append(text(12, log.event_name))
    return b"".join(parts)


def _pair(key: Any, value: Any, depth: int = 0) -> bytes:
    return text(1, str(key)) + data(2, _value(value, depth))


def _value(value: Any, depth: int) -> bytes:
    if isinstance(value, str):
        return text(1, value)
    if isinstance(value, bool):
        return number(2, int(value))
    if isinstance(value, int):
        return number(3, value) if -(2**63) <= value < 2**63 else text(1, str(value))
    if isinstance(value, float):
        return double(4, value)
    if isinstance(value, (bytes, bytearray)):
        return data(7, bytes(value))
    if value is None:
        return b""
    if depth >= _DEEPEST:
        return text(1, "[too deep]")
    if isinstance(value, Mapping):
        return data(6, b"".join(data(1, _pair(k, v, depth + 1)) for k, v in value.items()))
    if isinstance(value, (list, tuple, set, frozenset)):
        return data(5, b"".join(data(1, _value(item, depth + 1)) for item in value))
    return text(1, str(value))
