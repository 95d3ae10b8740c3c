"""Server-sent events, as model services stream their answers."""

from __future__ import annotations

from typing import Any, NamedTuple

from .fields import parse_json


class ServerEvent(NamedTuple):
    """One event's JSON, and the number of bytes of the stream up to its end."""

    data: Any
    end: int


def read_events(stream: bytes) -> list[ServerEvent]:
    """The JSON events of a stream; comments, `[DONE]` and torn ends are left out."""
    events: list[ServerEvent] = []
    lines: list[bytes] = []
    position = 0
    for line in stream.split(b"\n"):
        position += len(line) + 1
        line = line.rstrip(b"\r")
        if line.startswith(b"data:"):
            lines.append(line[5:].lstrip())
        if line and position <= len(stream):
            continue
        data = parse_json(b"\n".join(lines)) if lines else None
        lines = []
        if data is not None:
            events.append(ServerEvent(data, min(position, len(stream))))
    return events
