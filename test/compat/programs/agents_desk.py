"""The help desk on the OpenAI Agents SDK: handoff, two tools at once of which one fails, a stream."""

import asyncio
import sys

import setup_tracing

via, end = sys.argv[1:]
finish = setup_tracing.instrument(via, "openai_agents")

from agents import Agent, RunConfig, Runner, function_tool
from calls import MODEL, kill
from pydantic import BaseModel


@function_tool
def lookup_order(order_id: str) -> str:
    """Looks up an order."""
    if end == "killed":
        kill()
    return '{"order_id": "%s", "paid": 12.5}' % order_id


@function_tool
def refund(order_id: str, amount: float) -> str:
    """Refunds an order."""
    raise TimeoutError(f"The bank did not answer for {order_id}")


class Answer(BaseModel):
    reply: str
    resolved: bool


billing = Agent(
    name="Billing",
    instructions="You do billing.",
    model=MODEL,
    tools=[lookup_order, refund],
    output_type=Answer,
)
triage = Agent(name="Triage", instructions="You do triage.", model=MODEL, handoffs=[billing])
echo = Agent(name="Echo", instructions="Be brief.", model=MODEL)


async def main() -> None:
    config = RunConfig(workflow_name="Help desk", group_id="thread-9")
    print((await Runner.run(triage, "Please refund A-7", run_config=config)).final_output)
    stream = Runner.run_streamed(echo, "Say hello")
    async for _ in stream.stream_events():
        pass


asyncio.run(main())
finish()
