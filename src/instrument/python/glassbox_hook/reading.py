"""What request bodies and answers say, in the terms of the GenAI conventions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from .recorder import Failure

GenAiPart = dict[str, Any]
GenAiMessage = dict[str, Any]


class RequestReading(NamedTuple):
    """What a request body says; `parameters` is everything else that was asked for."""

    attributes: dict[str, Any]
    instructions: list[GenAiPart] | None = None
    input: list[GenAiMessage] | None = None
    tools: list[Any] | None = None
    parameters: dict[str, Any] | None = None


class ResponseReading(NamedTuple):
    """What an answer says; `failure` where it says of itself that it failed."""

    attributes: dict[str, Any]
    output: list[GenAiMessage] | None = None
    failure: Failure | None = None


class Interface(NamedTuple):
    """How one interface of a model service is read; `join_events` makes one answer of a stream."""

    operation: str
    kind: str
    read_request: Callable[[Any], RequestReading]
    read_response: Callable[[Any], ResponseReading]
    join_events: Callable[[list[Any]], Any]
    is_content: Callable[[Any], bool]
