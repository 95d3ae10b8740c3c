"""The billing agent on Pydantic AI, traced by Logfire or by OpenTelemetry alone."""

import asyncio
import sys

import setup_tracing

via, end = sys.argv[1:]
if via == "logfire":
    finish = setup_tracing.instrument(via, "pydantic_ai")
else:
    from pydantic_ai import Agent as AnyAgent

    provider = setup_tracing.plain_provider()
    AnyAgent.instrument_all()
    finish = provider.shutdown

from calls import MODEL, kill
from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.models.openai import OpenAIChatModel


class Answer(BaseModel):
    reply: str
    resolved: bool


model = OpenAIChatModel(MODEL)
billing = Agent(
    model, name="Billing", instructions="You do billing.", output_type=NativeOutput(Answer)
)


@billing.tool_plain
def lookup_order(order_id: str) -> dict:
    """Looks up an order."""
    if end == "killed":
        kill()
    return {"order_id": order_id, "paid": 12.5}


@billing.tool_plain
def refund(order_id: str, amount: float) -> str:
    """Refunds an order."""
    from pydantic_ai import ModelRetry

    raise ModelRetry(f"The bank did not answer for {order_id}")


async def main() -> None:
    result = await billing.run("Please refund A-7", conversation_id="thread-9")
    print(result.output)
    echo = Agent(model, name="Echo", instructions="Be brief.")
    async with echo.run_stream("Say hello") as stream:
        async for _ in stream.stream_text():
            pass


asyncio.run(main())
finish()
