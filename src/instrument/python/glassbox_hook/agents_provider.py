"""Keeps our processor first among those of every trace provider of the Agents SDK."""

from __future__ import annotations

import functools
import os
import sys
from typing import Any

from .agents_processor import AgentsProcessor
from .notes import note
from .places import suppressed

# Who makes OpenTelemetry spans of the SDK's spans, by the module of their processors and providers.
_TRACERS = (
    "logfire.",
    "openinference.instrumentation.",
    "opentelemetry.instrumentation.",
    "traceloop.",
    "langfuse.",
)


class AgentsProviders:
    """Watches the classes behind `add_trace_processor` and its like."""

    def __init__(self, processor: AgentsProcessor, local_only: bool) -> None:
        self._processor = processor
        self._local_only = local_only
        self._covered: set[Any] = set()
        self._noted = False

    def watch(self, module: Any) -> None:
        """Takes a module of `agents.tracing`; versions differ in which one holds the classes."""
        multi = getattr(module, "SynchronousMultiTracingProcessor", None)
        if multi is not None and multi not in self._covered:
            self._covered.add(multi)
            self._cover_list(multi)
        for name in ("DefaultTraceProvider", "TraceProvider"):
            provider = getattr(module, name, None)
            if provider is not None and provider not in self._covered:
                self._covered.add(provider)
                self._cover_switch(provider)
                self._cover_create(provider)
        existing = getattr(module, "GLOBAL_TRACE_PROVIDER", None)
        self._attach(getattr(existing, "_multi_processor", None))
        if not self._noted:
            self._noted = True
            _note_switched_off()

    def watch_spans(self, module: Any) -> None:
        """Takes `agents.tracing.spans`."""
        original, error_set = module.SpanImpl.set_error, self._processor.error_set

        @functools.wraps(original)
        def set_error(self: Any, error: Any) -> None:
            original(self, error)
            error_set(self)

        module.SpanImpl.set_error = set_error

    def watch_tools(self, module: Any) -> None:
        """Takes `agents.tool`."""
        tool, defined = module.FunctionTool, self._processor.tool_defined
        name = "__post_init__" if hasattr(tool, "__post_init__") else "__init__"
        original = getattr(tool, name)

        @functools.wraps(original)
        def initialise(self: Any, *args: Any, **kwargs: Any) -> None:
            original(self, *args, **kwargs)
            defined(self.name)

        setattr(tool, name, initialise)

    def _cover_list(self, multi: Any) -> None:
        ours, local_only, attach = self._processor, self._local_only, self._attach
        original_init = multi.__init__
        original_set = multi.set_processors
        original_add = multi.add_tracing_processor

        @functools.wraps(original_init)
        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
            original_init(self, *args, **kwargs)
            attach(self)

        @functools.wraps(original_set)
        def set_processors(self: Any, processors: Any) -> None:
            theirs = [one for one in processors if one is not ours]
            original_set(self, [ours, *([] if local_only else theirs)])

        @functools.wraps(original_add)
        def add_tracing_processor(self: Any, tracing_processor: Any) -> None:
            if tracing_processor is ours or not local_only or _only_records(tracing_processor):
                original_add(self, tracing_processor)

        multi.__init__ = __init__
        multi.set_processors = set_processors
        multi.add_tracing_processor = add_tracing_processor

    def _cover_switch(self, provider: Any) -> None:
        original = provider.__dict__.get("set_disabled")
        if original is None or getattr(original, "__isabstractmethod__", False):
            return

        @functools.wraps(original)
        def set_disabled(self: Any, disabled: bool) -> None:
            if disabled:
                note("tracing-disabled", reason="set_tracing_disabled(True)")
            original(self, disabled)

        provider.set_disabled = set_disabled

    def _cover_create(self, provider: Any) -> None:
        """A streamed run starts its trace in a task of its own, but creates it in the program's."""
        original = provider.__dict__.get("create_trace")
        if original is None or getattr(original, "__isabstractmethod__", False):
            return
        created = self._processor.created

        @functools.wraps(original)
        def create_trace(self: Any, *args: Any, **kwargs: Any) -> Any:
            trace = original(self, *args, **kwargs)
            created(trace)
            return trace

        provider.create_trace = create_trace

    def _attach(self, processors: Any) -> None:
        if processors is None or self._processor in processors._processors:
            return
        theirs = [one for one in processors._processors if not self._local_only]
        processors._processors = (self._processor, *theirs)


def traced_by_others() -> bool:
    """Whether somebody makes OpenTelemetry spans of the SDK's spans at this moment."""
    setup = sys.modules.get("agents.tracing.setup")
    provider = getattr(setup, "GLOBAL_TRACE_PROVIDER", None)
    if type(provider).__module__.startswith(_TRACERS):
        return True
    processors = getattr(getattr(provider, "_multi_processor", None), "_processors", ())
    return any(_only_records(processor) for processor in processors) or suppressed()


def _only_records(processor: Any) -> bool:
    """Whether a processor sends nothing itself but makes spans of OpenTelemetry."""
    return type(processor).__module__.startswith(_TRACERS)


def _note_switched_off() -> None:
    value = os.environ.get("OPENAI_AGENTS_DISABLE_TRACING", "")
    if value.lower() in ("true", "1"):
        note("tracing-disabled", reason=f"OPENAI_AGENTS_DISABLE_TRACING={value}")
