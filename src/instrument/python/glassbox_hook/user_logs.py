"""The program's own OpenTelemetry log records: some instrumentations keep the messages there."""

from __future__ import annotations

import functools
from typing import Any

from .exporter import LOGS, Exporter
from .otel_spans import encode_log_record
from .places import suppressed
from .user_tracing import Destination


class UserLogs:
    """Attaches to every logger provider of the program."""

    def __init__(self, exporter: Exporter, endpoint: str) -> None:
        self._exporter = exporter
        self._endpoint = endpoint

    def watch(self, sdk: Any) -> None:
        """Takes the module `opentelemetry.sdk._logs`."""
        original = sdk.LoggerProvider.__init__
        attach = self._attach

        @functools.wraps(original)
        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
            original(self, *args, **kwargs)
            attach(self)

        sdk.LoggerProvider.__init__ = __init__

    def _attach(self, provider: Any) -> None:
        try:
            processor = CopyingLogProcessor(provider, self._exporter, self._endpoint)
            provider.add_log_record_processor(processor)
        except Exception:
            pass


class CopyingLogProcessor:
    """A log record processor that copies to Glassbox what does not come here by itself."""

    def __init__(self, provider: Any, exporter: Exporter, endpoint: str) -> None:
        self._resource = provider.resource
        self._list = provider._multi_log_record_processor
        self._exporter = exporter
        self._destination = Destination(self, endpoint, False)

    def on_emit(self, data: Any) -> None:
        """Copies a record."""
        try:
            if suppressed() or self._destination.is_here(self._list):
                return
            record = data.log_record
            resource = getattr(data, "resource", None) or self._resource
            request = encode_log_record(record, data.instrumentation_scope, resource)
            self._exporter.send(LOGS, request, 0)
        except Exception:
            pass

    emit = on_emit

    def shutdown(self) -> None:
        """Nothing is kept back."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Nothing is kept back."""
        return True
