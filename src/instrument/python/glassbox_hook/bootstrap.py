"""The start of the hook: waits for the first import of a known SDK, and costs nothing before it.

Everything else is imported only then, so this file and what it imports must stay small.
"""

from __future__ import annotations

import os
import sys

from . import finder, notes

# Modules after whose import there is something to do, and the function in `tracing` that does it.
_AFTER_IMPORT = {
    "openai._base_client": "openai_imported",
    "openai.api_requestor": "old_openai_imported",
    "agents.tracing.provider": "agents_imported",
    "agents.tracing.setup": "agents_imported",
    "agents.tracing": "agents_imported",
    "agents.tracing.spans": "agents_spans_imported",
    "agents.tool": "agents_tools_imported",
    "opentelemetry.sdk.trace": "tracing_sdk_imported",
    "opentelemetry.sdk._logs": "logs_sdk_imported",
}

# The same where every exporter but ours is to be removed.
_AFTER_IMPORT_LOCAL = {
    "logfire._internal.config": "logfire_config_imported",
    "opentelemetry.exporter.otlp.proto.http.trace_exporter": "exporter_imported",
    "opentelemetry.exporter.otlp.proto.http._log_exporter": "exporter_imported",
    "opentelemetry.exporter.otlp.proto.http.metric_exporter": "exporter_imported",
    "opentelemetry.exporter.otlp.proto.grpc.trace_exporter": "exporter_imported",
    "opentelemetry.exporter.otlp.proto.grpc._log_exporter": "exporter_imported",
    "opentelemetry.exporter.otlp.proto.grpc.metric_exporter": "exporter_imported",
    "langsmith.client": "langsmith_imported",
}


def start() -> None:
    """Begins to watch imports; does nothing outside a run of Glassbox's or a second time."""
    if not os.environ.get("GLASSBOX_ENDPOINT") or finder.installed():
        return
    notes.note_loaded()
    watched = dict(_AFTER_IMPORT)
    if os.environ.get("GLASSBOX_LOCAL_ONLY") == "1":
        watched.update(_AFTER_IMPORT_LOCAL)
    finder.install(watched, _imported)


def _imported(name: str, action: str) -> None:
    from . import tracing

    getattr(tracing, action)(sys.modules[name])
