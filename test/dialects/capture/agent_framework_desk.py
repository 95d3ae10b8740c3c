"""A weather agent on Microsoft Agent Framework, traced by its own observability."""

import asyncio

from agent_framework import Agent
from agent_framework.observability import configure_otel_providers
from agent_framework.openai import OpenAIChatClient

configure_otel_providers(enable_sensitive_data=True)


def get_weather(city: str) -> str:
    """Tells the weather."""
    return f"rain in {city}"


async def main() -> None:
    agent = Agent(
        client=OpenAIChatClient(model="gpt-5-mini"),
        name="weather",
        instructions="Be brief.",
        tools=[get_weather],
    )
    print(await agent.run("What is the weather in Brest?"))


asyncio.run(main())
from opentelemetry import _logs, trace

trace.get_tracer_provider().shutdown()
if hasattr(_logs.get_logger_provider(), "shutdown"):
    _logs.get_logger_provider().shutdown()
