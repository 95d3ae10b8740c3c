"""The root span of a case: what went in, what came out and how it failed."""

from __future__ import annotations

import os
import traceback
from typing import Any

from glassbox_hook.content import Content
from glassbox_hook.exporter import Exporter
from glassbox_hook.recorder import Failure, Place, Recorder, Span


class CaseSpans:
    """Reports root spans; without a receiver it only makes the places."""

    def __init__(self) -> None:
        endpoint = os.environ.get("GLASSBOX_ENDPOINT", "").rstrip("/")
        self._recorder = Recorder(Exporter(endpoint)) if endpoint else None

    def start(self, name: str, request: dict[str, Any], place: Place) -> Span:
        content = Content({"glassbox.observation.kind": "chain", "code.function.name": name})
        for key, value in (request.get("attributes") or {}).items():
            content.set(key, value)
        content.json("glassbox.input", request.get("input"))
        span = Span(name, place, None, attributes=content.attributes)
        if self._recorder is not None:
            self._recorder.start(span)
        return span

    def end(self, span: Span, output: Any, error: BaseException | str | None) -> None:
        if self._recorder is None:
            return
        if error is None:
            span.attributes.update(Content().json("glassbox.output", output).attributes)
            self._recorder.end(span, None)
        elif isinstance(error, str):
            self._recorder.end(span, Failure("timeout", error))
        else:
            stack = "".join(traceback.format_exception(type(error), error, error.__traceback__))
            self._recorder.end(span, Failure(type(error).__qualname__, str(error), stack))
