"""An agent that sends its traces to a collector of its own, named in code."""

import asyncio
import os

import logfire
from agents import Agent, Runner

os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = os.environ["OWN_COLLECTOR"]

logfire.configure(service_name="my-agent-service", send_to_logfire=False)
logfire.instrument_openai_agents()


async def main():
    agent = Agent(name="HaikuBot", instructions="You only answer in haikus.", model="gpt-5-mini")
    result = await Runner.run(agent, "Tell me about recursion in programming.")
    print(result.final_output)


asyncio.run(main())
