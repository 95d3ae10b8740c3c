"""What the stack of calls tells: where the user's program is, and who else traces this call.

Whoever instruments a client stands between the program and the client, so their frames say more
surely than any list of patches whether a call has a span already.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

_DEEPEST = 400
_HOOK = os.path.dirname(os.path.abspath(__file__))
_LIBRARY = os.path.dirname(os.path.abspath(os.__file__))
_EVENT_LOOP = os.path.join(_LIBRARY, "asyncio", "events.py")
_PACKAGES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")

# Modules whose functions make a span of the model call below them.
_TRACERS = (
    "logfire._internal.integrations",
    "openinference.instrumentation",
    "opentelemetry.instrumentation.openai",
    "opentelemetry.util.genai",
    "langfuse.openai",
    "mlflow.openai",
    "traceloop.sdk",
)

# Libraries that trace their model calls themselves as soon as OpenTelemetry is set up, and those
# whose model calls an instrumentor of their own traces.
_NATIVE = frozenset(("strands", "agent_framework"))
_FRAMEWORKS = frozenset(
    ("langchain", "llama_index", "crewai", "haystack", "dspy", "litellm", "smolagents", "agno")
    + ("autogen", "autogen_agentchat", "instructor", "pydantic_ai", "beeai", "guardrails")
)
_BRANDS = ("LANGSMITH", "LANGCHAIN")
_INSTRUMENTORS = ("openinference.instrumentation.", "opentelemetry.instrumentation.")


def source_attributes() -> dict[str, Any]:
    """The innermost frame that is the user's own, in the terms of the conventions."""
    for frame in _frames():
        code = frame.f_code
        if code.co_filename == _EVENT_LOOP:
            # What lies below started the loop, and has nothing to do with this task of it.
            break
        if _is_foreign(code.co_filename):
            continue
        function = getattr(code, "co_qualname", code.co_name)
        named = {} if function == "<module>" else {"code.function.name": function}
        return {
            "code.file.path": os.path.abspath(code.co_filename),
            "code.line.number": frame.f_lineno,
            **named,
        }
    return {}


def traced_by_others() -> bool:
    """Whether someone on the stack makes a span of the model call that is being made."""
    for frame in _frames():
        module = frame.f_globals.get("__name__") or ""
        if module.startswith(_TRACERS):
            return True
        if module.startswith("langsmith.") and _langsmith_sends_spans():
            return True
        package = module.partition(".")[0]
        if package in _NATIVE or _has_instrumentor(package):
            return True
    return False


def _has_instrumentor(package: str) -> bool:
    name = "langchain" if package.startswith("langchain_") else package
    if name not in _FRAMEWORKS:
        return False
    if name == "langchain" and "langsmith" in sys.modules and _langsmith_sends_spans():
        return True
    return any(start + name in sys.modules for start in _INSTRUMENTORS)


def _langsmith_sends_spans() -> bool:
    """By itself LangSmith writes to its own service, in its own form."""
    names = ("LANGSMITH_OTEL_ENABLED", "LANGCHAIN_OTEL_ENABLED", "LANGSMITH_TRACING_MODE")
    return any(
        os.environ.get(name, "").lower() in ("true", "1", "otel", "hybrid") for name in names
    )


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_DEEPEST):
        if frame is None:
            return
        yield frame
        frame = frame.f_back


def _is_foreign(file: str) -> bool:
    if file.startswith("<") or file.startswith(_HOOK):
        return True
    return file.startswith(_LIBRARY) or any(part in file for part in _PACKAGES)
