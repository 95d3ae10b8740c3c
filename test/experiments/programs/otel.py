"""A program with OpenTelemetry of its own: the trace its spans would lie in."""

import asyncio

from opentelemetry.sdk.trace import TracerProvider

tracer = TracerProvider().get_tracer("mine")


async def act(_value):
    await asyncio.sleep(0.01)
    with tracer.start_as_current_span("mine") as span:
        await asyncio.sleep(0.01)
        return format(span.get_span_context().trace_id, "032x")
