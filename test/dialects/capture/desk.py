"""The help desk that the scripted model plays along with, on the OpenAI Agents SDK."""

import asyncio

from agents import Agent, RunConfig, Runner, custom_span, function_tool
from pydantic import BaseModel


@function_tool
def lookup_order(order_id: str) -> str:
    """Looks up an order."""
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
    model="gpt-5-mini",
    tools=[lookup_order, refund],
    output_type=Answer,
)
triage = Agent(
    name="Triage", instructions="You do triage.", model="gpt-5-mini", handoffs=[billing]
)


def run() -> None:
    config = RunConfig(workflow_name="Help desk", group_id="thread-9")

    async def main() -> None:
        result = await Runner.run(triage, "Please refund A-7", run_config=config)
        with custom_span("after", {"words": 3}):
            print(result.final_output)

    asyncio.run(main())
