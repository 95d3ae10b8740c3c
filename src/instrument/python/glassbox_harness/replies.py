"""The way back to Glassbox: JSON lines on a file descriptor that is nobody else's."""

from __future__ import annotations

import json
import os
import threading
from typing import Any

from glassbox_hook.jsontext import to_json_text

_OUT = 4
_LIMIT = 20 * 1024 * 1024
_LONGEST_MESSAGE = 4000


class Replies:
    """Writes whole lines; a forked copy of the process writes none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = os.getpid()

    def ready(self) -> None:
        self._write('{"ready":true}')

    def fatal(self, error: BaseException) -> None:
        self._write(json.dumps({"fatal": describe(error)}))

    def output(self, identity: int, value: Any, duration_ms: float) -> None:
        text, cut = to_json_text(value, _LIMIT)
        if cut:
            self.error(identity, "The output is larger than 20 MB.", duration_ms)
            return
        self._write(f'{{"id":{identity},"durationMs":{duration_ms:.3f},"output":{text}}}')

    def error(self, identity: int, message: str, duration_ms: float) -> None:
        self._write(json.dumps({"id": identity, "durationMs": duration_ms, "error": message}))

    def _write(self, line: str) -> None:
        if os.getpid() != self._process:
            os._exit(0)
        data = memoryview(line.encode("utf-8", "backslashreplace") + b"\n")
        with self._lock:
            while data:
                data = data[os.write(_OUT, data) :]


def describe(error: BaseException) -> str:
    """One sentence of an error: its type and message."""
    if isinstance(error, SystemExit):
        return f"It called sys.exit({error.code!r})."
    return f"{type(error).__qualname__}: {error}"[:_LONGEST_MESSAGE]
