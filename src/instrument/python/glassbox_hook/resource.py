"""Which process and run a span comes from."""

from __future__ import annotations

import os
import platform
import sys
from typing import Any

from .wire import encode_attributes

_encoded: dict[int, bytes] = {}


def own_resource() -> bytes:
    """The resource of our own spans, encoded; made anew in a forked child."""
    process = os.getpid()
    if process not in _encoded:
        _encoded.clear()
        _encoded[process] = encode_attributes(1, _describe())
    return _encoded[process]


def run_attributes() -> dict[str, str]:
    """The link to run and workspace, which copies of the program's own spans carry too."""
    return {key: value for key, value in _named().items() if key.startswith("glassbox.")}


def _describe() -> dict[str, Any]:
    named = _named()
    script = _script()
    name = os.environ.get("OTEL_SERVICE_NAME") or named.get("service.name")
    if not name:
        name = os.path.splitext(os.path.basename(script))[0] if script else "python"
    described: dict[str, Any] = {
        "telemetry.sdk.name": "glassbox",
        "telemetry.sdk.language": "python",
        "process.pid": os.getpid(),
        "process.runtime.name": platform.python_implementation().lower(),
        "process.runtime.version": platform.python_version(),
    }
    if script:
        described["process.command"] = script
    return {**described, **named, "service.name": name}


def _script() -> str:
    """The program's file, also under `python -m`; empty where there is none."""
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    return str(main or "")


def _named() -> dict[str, str]:
    """`key=value,key=value`, values percent-encoded."""
    from urllib.parse import unquote

    pairs = [
        pair.split("=", 1) for pair in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "").split(",")
    ]
    return {unquote(p[0].strip()): unquote(p[1].strip()) for p in pairs if len(p) == 2 and p[0]}
