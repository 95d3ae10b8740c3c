"""What is loaded once a known SDK is imported: puts the parts together, one set a process."""

from __future__ import annotations

import os
import sys
import threading
from functools import lru_cache
from typing import Any

from . import agents_provider, local_only, notes
from .agents_processor import AgentsProcessor
from .agents_provider import AgentsProviders
from .exporter import Exporter
from .frames import traced_by_others
from .openai_client import OpenAiClients, Whereabouts
from .places import active_span, outer_place
from .recorder import Recorder
from .user_logs import UserLogs
from .user_tracing import UserTracing

# Attributes an instrumentation of model calls gives its spans when they start.
_CALL_ATTRIBUTES = ("gen_ai.request.model", "llm.model_name", "llm.request.model", "request_data")
_NO_CALLS = ("invoke_agent", "create_agent", "invoke_workflow", "execute_tool")


class _Parts:
    """All parts, sharing one exporter."""

    def __init__(self, endpoint: str, only_here: bool) -> None:
        exporter = Exporter(endpoint)
        recorder = Recorder(exporter)
        self.user_tracing = UserTracing(exporter, endpoint, only_here)
        self.user_logs = UserLogs(exporter, endpoint)
        self.processor = AgentsProcessor(recorder, self._agents_traced)
        self.providers = AgentsProviders(self.processor, only_here)
        self.clients = OpenAiClients(recorder, self.whereabouts)
        exporter.before_exit.append(self.clients.finish)

    def _agents_traced(self) -> bool:
        return self.user_tracing.active and agents_provider.traced_by_others()

    def whereabouts(self) -> Whereabouts:
        """Where a model call of this moment belongs."""
        span, trace = _agents_scope()
        ours = self.processor.whereabouts(span, trace)
        if ours is not None:
            return ours
        if self.user_tracing.active:
            active = active_span()
            if _stands_for_call(active):
                enrich = self.user_tracing.enrich
                return Whereabouts(foreign=True, enrich=lambda bodies: enrich(active, bodies))
            if _is_model_call(span) or traced_by_others():
                return Whereabouts(foreign=True)
        return Whereabouts(parent=outer_place())


def _stands_for_call(span: Any) -> bool:
    """Whether a span of the program's own tracing is that of a model call."""
    attributes = getattr(span, "attributes", None) or {}
    if attributes.get("gen_ai.operation.name") in _NO_CALLS:
        return False
    return any(key in attributes for key in _CALL_ATTRIBUTES)


def _agents_scope() -> tuple[Any, Any]:
    """The Agents SDK's current span and trace."""
    scope = getattr(sys.modules.get("agents.tracing.scope"), "Scope", None)
    if scope is None:
        return None, None
    return scope.get_current_span(), scope.get_current_trace()


def _is_model_call(span: Any) -> bool:
    """A model call of a run that is traced, but not by us."""
    if span is None or getattr(span, "trace_id", "no-op") == "no-op":
        return False
    return getattr(span.span_data, "type", "") in ("generation", "response")


_made: list[_Parts] = []
_making = threading.RLock()


def _parts() -> _Parts:
    """Made at the first use; modules may be imported by several threads at once."""
    with _making:
        if not _made:
            endpoint = os.environ["GLASSBOX_ENDPOINT"].rstrip("/")
            _made.append(_Parts(endpoint, os.environ.get("GLASSBOX_LOCAL_ONLY") == "1"))
        return _made[0]


@lru_cache(maxsize=None)
def _note_sdk(name: str) -> None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        known = version(name)
    except PackageNotFoundError:
        known = ""
    notes.note("sdk-seen", name=name, version=known)


def openai_imported(module: Any) -> None:
    """After the import of `openai._base_client`."""
    _note_sdk("openai")
    _parts().clients.watch(module)


def old_openai_imported(_module: Any) -> None:
    """After the import of a module that only versions before 1 have."""
    notes.note_unsupported("openai older than 1.0")


def agents_imported(module: Any) -> None:
    """After the import of the modules of `agents.tracing` that hold the providers."""
    # A package of the user's own may have the same name.
    marks = ("add_trace_processor", "set_trace_provider", "SynchronousMultiTracingProcessor")
    if not any(hasattr(module, mark) for mark in marks):
        return
    _note_sdk("openai-agents")
    _parts().providers.watch(module)


def agents_spans_imported(module: Any) -> None:
    """After the import of `agents.tracing.spans`."""
    if hasattr(module, "SpanImpl"):
        _parts().providers.watch_spans(module)


def agents_tools_imported(module: Any) -> None:
    """After the import of `agents.tool`."""
    if hasattr(module, "FunctionTool"):
        _parts().providers.watch_tools(module)


def tracing_sdk_imported(module: Any) -> None:
    """After the import of `opentelemetry.sdk.trace`."""
    _note_sdk("opentelemetry-sdk")
    _parts().user_tracing.watch(module)


def logs_sdk_imported(module: Any) -> None:
    """After the import of `opentelemetry.sdk._logs`."""
    _parts().user_logs.watch(module)


def logfire_config_imported(module: Any) -> None:
    """After the import of Logfire's configuration, where nothing may leave."""
    local_only.keep_logfire_here(module)


def exporter_imported(module: Any) -> None:
    """After the import of an OTLP exporter, where nothing may leave."""
    local_only.keep_exporter_here(module, os.environ["GLASSBOX_ENDPOINT"].rstrip("/"))


def langsmith_imported(module: Any) -> None:
    """After the import of LangSmith's client, where nothing may leave."""
    local_only.keep_langsmith_here(module)
