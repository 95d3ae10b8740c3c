"""Closes the ways out of the process where all telemetry is to stay here."""

from __future__ import annotations

import functools
import os
from typing import Any


def keep_logfire_here(config: Any) -> None:
    """Configures Logfire, however the program does it, not to send to its service."""
    original = config.configure

    @functools.wraps(original)
    def configure(*args: Any, **kwargs: Any) -> Any:
        kwargs["send_to_logfire"] = False
        return original(*args, **kwargs)

    config.configure = configure


def keep_exporter_here(module: Any, endpoint: str) -> None:
    """Makes the OTLP exporters in this module drop what is meant for another address."""
    for name in ("OTLPSpanExporter", "OTLPLogExporter", "OTLPMetricExporter"):
        exporter = getattr(module, name, None)
        if exporter is not None and "export" in vars(exporter):
            _cover_export(exporter, endpoint)


def _cover_export(exporter: Any, endpoint: str) -> None:
    original = exporter.export

    @functools.wraps(original)
    def export(self: Any, *args: Any, **kwargs: Any) -> Any:
        if str(getattr(self, "_endpoint", "")).startswith(endpoint):
            return original(self, *args, **kwargs)
        return _success_of(type(self))

    exporter.export = export


def _success_of(exporter: type) -> Any:
    """What an exporter of this kind returns when all went well."""
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    if issubclass(exporter, SpanExporter):
        return SpanExportResult.SUCCESS
    from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult

    if issubclass(exporter, MetricExporter):
        return MetricExportResult.SUCCESS
    from opentelemetry.sdk import _logs

    results = getattr(_logs.export, "LogRecordExportResult", None) or _logs.export.LogExportResult
    return results.SUCCESS


def keep_langsmith_here(_client: Any) -> None:
    """Switches LangSmith's own tracing off, unless it only speaks through OpenTelemetry."""
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"):
        if os.environ.get(name):
            os.environ[name] = "false"
