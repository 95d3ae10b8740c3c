"""Runs of unusual shape, one an argument; failures are printed by their class."""

import asyncio
import json
import sys

from agents import (
    Agent,
    GuardrailFunctionOutput,
    RunConfig,
    Runner,
    custom_span,
    function_tool,
    input_guardrail,
    set_default_openai_client,
    set_trace_processors,
    trace,
)
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

MODEL = "gpt-5-mini"
set_default_openai_client(AsyncOpenAI(max_retries=0))
# A program that replaces the list of processors must not lose ours.
set_trace_processors([])


class Typed(BaseModel):
    answer: int


class Odd:
    def __str__(self):
        return "an odd thing"


class Broken:
    def __str__(self):
        raise RuntimeError("no text")


def agent(name, **more):
    return Agent(name=name, model=MODEL, **more)


def named(name, function):
    function.__name__ = name
    return function_tool(function)


@input_guardrail(name="no")
async def stop(context, agent, message):
    return GuardrailFunctionOutput(output_info="bad", tripwire_triggered=True)


async def tripwire():
    return await Runner.run(agent("Guarded", input_guardrails=[stop]), "hi")


async def turns():
    return await Runner.run(
        agent("Endless", tools=[named("again", lambda: "more")]), "loop", max_turns=2
    )


async def refused():
    return await Runner.run(agent("Refused"), "refuse")


async def nested():
    inner = agent("Inner").as_tool("ask_inner", "asks")
    return await Runner.run(agent("Outer", tools=[inner]), "nest")


async def inside():
    def embed() -> str:
        OpenAI().embeddings.create(model="text-embedding-3-small", input="x")
        return "embedded"

    return await Runner.run(agent("Caller", tools=[named("embed", embed)]), "embed")


async def parallel():
    async def left() -> str:
        await asyncio.sleep(0.03)
        return "l"

    async def right() -> str:
        await asyncio.sleep(0.01)
        return "r"

    return await Runner.run(
        agent("Both", tools=[named("left", left), named("right", right)]), "both"
    )


async def structured():
    return await Runner.run(agent("Typed", output_type=Typed), "typed")


async def twice():
    with trace("Two runs", group_id="thread-1"):
        await Runner.run(agent("First"), "one")
        with custom_span("between", {"step": 1}):
            pass
        return await Runner.run(agent("Second"), "two")


async def crossing():
    runs = [
        Runner.run(agent(name), name, run_config=RunConfig(workflow_name=name)) for name in "abc"
    ]
    return (await asyncio.gather(*runs))[0]


async def value(name):
    circle = {"name": "loop"}
    circle["self"] = circle
    values = {
        "circle": circle,
        "bytes": b"\x00\x01\x02",
        "image": {"mime": "image/png", "data": b"\x89PNG" * 100},
        "odd": Odd(),
        "broken": {"inner": Broken(), "fine": 1},
        "model": Typed(answer=4),
        "number": float("nan"),
        "half": "half of \ud83d a character",
        "huge": "é" * (13 * 1024 * 1024),
        "keys": {("a", 1): {2, 3}},
    }

    def give():
        return values[name]

    give.__annotations__ = {}
    return await Runner.run(agent("Values", tools=[named("give", give)]), "give")


def sync():
    return Runner.run_sync(agent("Sync"), "one")


def main():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    for way in sys.argv[1:]:
        name, _, argument = way.partition(":")
        try:
            result = globals()[name](*([argument] if argument else []))
            result = loop.run_until_complete(result) if asyncio.iscoroutine(result) else result
            output = result.final_output
            text = output.model_dump_json() if isinstance(output, BaseModel) else output
            print(way, json.dumps(text))
        except Exception as error:
            print(way, type(error).__name__)


main()
