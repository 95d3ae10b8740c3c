"""A run of two agents: a tool, a handoff, a tool that fails, a guardrail."""

import asyncio
import sys

from agents import (
    Agent,
    GuardrailFunctionOutput,
    ModelSettings,
    RunConfig,
    Runner,
    function_tool,
    input_guardrail,
)


@function_tool
def look_up_order(id: str) -> dict:
    """Finds an order"""
    return {"id": id, "state": "shipped"}


@function_tool
def refund(id: str) -> str:
    """Pays back"""
    raise LookupError(f"No payment for order {id}")


@input_guardrail(name="no-shouting")
async def no_shouting(context, agent, message):
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered=False)


billing = Agent(
    name="Billing", model="gpt-5-mini", instructions="You refund orders.", tools=[refund]
)
triage = Agent(
    name="Triage",
    model="gpt-5-mini",
    instructions="You are triage.",
    model_settings=ModelSettings(temperature=0.2),
    tools=[look_up_order],
    handoffs=[billing],
    input_guardrails=[no_shouting],
)
config = RunConfig(
    workflow_name="Support desk", group_id="session-7", trace_metadata={"tier": "gold"}
)


async def main() -> None:
    if "--stream" in sys.argv:
        result = Runner.run_streamed(triage, "Where is order 17?", run_config=config)
        async for _ in result.stream_events():
            pass
    else:
        result = await Runner.run(triage, "Where is order 17?", run_config=config)
    print(result.final_output)


asyncio.run(main())
