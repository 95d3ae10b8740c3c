"""The program's own OpenTelemetry: its spans are copied here, and reported when they start.

Our processor is the first of every provider. Where the spans go otherwise is untouched, unless
nothing may leave; where they come here by themselves, only the reports of their start are added.
"""

from __future__ import annotations

import functools
import sys
import weakref
from collections.abc import Iterator
from typing import Any

from .exporter import TRACES, Exporter
from .otel_spans import encode_readable_span
from .places import suppressed

_DEEPEST = 8
_MOST = 2_000
_SILENT_EXPORTERS = ("ConsoleSpanExporter", "InMemorySpanExporter", "SimpleConsoleSpanExporter")


class UserTracing:
    """Attaches to every tracer provider of the program."""

    def __init__(self, exporter: Exporter, endpoint: str, local_only: bool) -> None:
        self._exporter = exporter
        self._endpoint = endpoint
        self._local_only = local_only
        self.active = False

    def watch(self, sdk: Any) -> None:
        """Takes the module `opentelemetry.sdk.trace`."""
        original = sdk.TracerProvider.__init__
        attach = self._attach

        @functools.wraps(original)
        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
            original(self, *args, **kwargs)
            attach(self)

        sdk.TracerProvider.__init__ = __init__
        # Where the hook is started late, as in a notebook.
        existing = getattr(sys.modules.get("opentelemetry.trace"), "_TRACER_PROVIDER", None)
        if existing is not None:
            self._attach(existing)

    def enrich(self, span: Any, attributes: dict[str, Any]) -> None:
        """Adds to our copy of a span of the program what its instrumentation leaves out."""
        for processor in _processors(getattr(span, "_span_processor", None)):
            if isinstance(processor, CopyingProcessor):
                processor.enrich(span, attributes)

    def _attach(self, provider: Any) -> None:
        try:
            processor = CopyingProcessor(provider, self._exporter, self._endpoint, self._local_only)
            provider.add_span_processor(processor)
            self.active = True
        except Exception:
            # A provider of a shape we do not know stays as it is.
            pass


class CopyingProcessor:
    """A span processor that copies to Glassbox, until the process ends."""

    def __init__(self, provider: Any, exporter: Exporter, endpoint: str, local_only: bool) -> None:
        self._provider = weakref.ref(provider)
        self._exporter = exporter
        self._destination = Destination(self, endpoint, local_only)
        self._extra: dict[int, dict[str, Any]] = {}

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        """Reports that a span runs."""
        try:
            self._look()
            if not suppressed():
                self._send(span, True, {})
        except Exception:
            pass

    def on_end(self, span: Any) -> None:
        """Copies a finished span."""
        try:
            extra = self._extra.pop(span.context.span_id, {})
            if not suppressed() and (extra or not self._look()):
                self._send(span, False, extra)
        except Exception:
            pass

    def enrich(self, span: Any, attributes: dict[str, Any]) -> None:
        """Adds attributes to the copy of a span, also when it has ended already."""
        if span.is_recording():
            self._extra.setdefault(span.context.span_id, {}).update(attributes)
        else:
            self._send(span, False, attributes)

    def _on_ending(self, span: Any) -> None:
        pass

    def shutdown(self) -> None:
        """Providers are shut down when they are set up anew, and some go on making spans."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Nothing is kept back."""
        return True

    def _send(self, span: Any, running: bool, extra: dict[str, Any]) -> None:
        request = encode_readable_span(span, running, extra)
        self._exporter.send(TRACES, request, 0 if running else 1)

    def _look(self) -> bool:
        provider = self._provider()
        return self._destination.is_here(getattr(provider, "_active_span_processor", None))


class Destination:
    """Whether what goes through a list of processors comes here by itself.

    Looked at when the list changes, often at first and now and then later, because lists within
    lists may change unseen.
    """

    def __init__(self, ours: Any, endpoint: str, local_only: bool) -> None:
        self._ours = ours
        self._endpoint = endpoint
        self._local_only = local_only
        self._asked = 0
        self._members: Any = None
        self._here = False

    def is_here(self, processors: Any) -> bool:
        """Asked once for each span that starts or ends, or each record."""
        members = getattr(processors, "_span_processors", None) or getattr(
            processors, "_log_record_processors", None
        )
        if members is not self._members or self._asked < 8 or self._asked % 256 == 0:
            self._members = members
            self._look(processors)
        self._asked += 1
        return self._here

    def _look(self, processors: Any) -> None:
        inner = [one for one in _processors(processors) if one is not self._ours]
        exporters = [exporter for one in inner for exporter in _exporters(one)]
        self._here = any(_goes_to(exporter, self._endpoint) for exporter in exporters)
        if self._local_only:
            for exporter in exporters:
                silence(exporter, self._endpoint)


def silence(exporter: Any, endpoint: str) -> None:
    """Makes an exporter that sends elsewhere take everything and send nothing."""
    if _goes_to(exporter, endpoint) or type(exporter).__name__ in _SILENT_EXPORTERS:
        return
    from opentelemetry.sdk.trace.export import SpanExportResult

    exporter.export = lambda spans, *args, **kwargs: SpanExportResult.SUCCESS


def _goes_to(exporter: Any, endpoint: str) -> bool:
    address = getattr(exporter, "_endpoint", None) or getattr(exporter, "endpoint", None)
    return isinstance(address, str) and address.startswith(endpoint)


def _processors(root: Any) -> Iterator[Any]:
    """The processors in a list of processors, those they wrap included."""
    yield from _found(root, lambda one: hasattr(one, "on_end") or hasattr(one, "on_emit"))


def _exporters(root: Any) -> Iterator[Any]:
    yield from _found(root, lambda value: hasattr(value, "export") and hasattr(value, "shutdown"))


def _found(root: Any, wanted: Any) -> Iterator[Any]:
    """What is wanted within a few levels of the members of processors and exporters."""
    seen: set[int] = set()
    level = [root]
    for _ in range(_DEEPEST):
        below: list[Any] = []
        for value in level:
            if id(value) in seen or len(seen) > _MOST:
                continue
            seen.add(id(value))
            if wanted(value):
                yield value
            below += _members(value)
        level = below


def _members(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return list(value)
    module = type(value).__module__ or ""
    if module.startswith(("builtins", "threading", "logging", "requests", "_", "urllib3", "grpc")):
        return []
    return list(getattr(value, "__dict__", {}).values())
