"""An agent traced by OpenInference, which replaces the SDK's own processors."""

import asyncio
import os

from agents import Agent, Runner
from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
exporter = OTLPSpanExporter(endpoint=f"{os.environ['OWN_COLLECTOR']}/v1/traces")
provider.add_span_processor(BatchSpanProcessor(exporter))
OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)


async def main():
    agent = Agent(name="HaikuBot", instructions="You only answer in haikus.", model="gpt-5-mini")
    result = await Runner.run(agent, "Tell me about recursion in programming.")
    print(result.final_output)


asyncio.run(main())
