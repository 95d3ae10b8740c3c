"""A help desk on the OpenAI Agents SDK, traced by Logfire: handoff, tools, guardrail, output."""

import asyncio
import os
import sys

import logfire
from agents import (
    Agent,
    GuardrailFunctionOutput,
    InputGuardrailTripwireTriggered,
    OpenAIChatCompletionsModel,
    RunConfig,
    Runner,
    custom_span,
    function_tool,
    input_guardrail,
    set_trace_processors,
)
from openai import AsyncOpenAI
from pydantic import BaseModel

case = sys.argv[1]
if "LOGFIRE_TOKEN" in os.environ:
    logfire.configure(service_name="desk", environment="dev", console=False)
else:
    logfire.configure(service_name="desk", environment="dev", send_to_logfire=False, console=False)
logfire.instrument_openai_agents()
# Only Logfire's copy is wanted: the SDK's own uploader would call its maker.
set_trace_processors([])


@function_tool
def lookup_order(order_id: str) -> str:
    """Looks up an order."""
    return '{"order_id": "%s", "paid": 12.5}' % order_id


@function_tool
def refund(order_id: str, amount: float) -> str:
    """Refunds an order."""
    raise TimeoutError(f"The bank did not answer for {order_id}")


@input_guardrail
def stay_polite(context, agent, message) -> GuardrailFunctionOutput:
    """Refuses messages that shout."""
    return GuardrailFunctionOutput(
        output_info={"checked": True}, tripwire_triggered="REFUND" in str(message)
    )


class Answer(BaseModel):
    reply: str
    resolved: bool


def model(name: str):
    if case != "chat":
        return name
    return OpenAIChatCompletionsModel(model=name, openai_client=AsyncOpenAI())


billing = Agent(
    name="Billing",
    instructions="You do billing.",
    model=model("gpt-5-mini"),
    tools=[lookup_order, refund],
    output_type=Answer,
)
triage = Agent(
    name="Triage",
    instructions="You do triage.",
    model=model("fault-500" if case == "model-error" else "gpt-5-mini"),
    handoffs=[billing],
    input_guardrails=[stay_polite],
)


async def main() -> None:
    config = RunConfig(
        workflow_name="Help desk", group_id="thread-9", trace_metadata={"customer": "ada"}
    )
    text = "REFUND A-7 NOW" if case == "guardrail" else "Please refund A-7"
    if case == "streamed":
        result = Runner.run_streamed(triage, text, run_config=config)
        async for _ in result.stream_events():
            pass
    else:
        result = await Runner.run(triage, text, run_config=config)
    with custom_span("after", {"words": 3}):
        print(result.final_output)


try:
    asyncio.run(main())
except InputGuardrailTripwireTriggered:
    print("refused")
except Exception as error:
    print(type(error).__name__, error)
logfire.shutdown()
