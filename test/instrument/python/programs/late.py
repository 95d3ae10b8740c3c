"""Starts the hook by hand after everything has been imported, as a cell of a notebook does."""

import asyncio
import os
import sys

from agents import Agent, Runner
from openai import OpenAI
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

trace.set_tracer_provider(TracerProvider())

sys.path.append(os.environ["HOOK_FOLDER"])
os.environ["GLASSBOX_ENDPOINT"] = os.environ["HOOK_ENDPOINT"]
import glassbox_hook.bootstrap  # noqa: E402

glassbox_hook.bootstrap.start()

answer = OpenAI().chat.completions.create(
    model="gpt-5-mini", messages=[{"role": "user", "content": "hello"}]
)
with trace.get_tracer("own").start_as_current_span("own"):
    result = asyncio.run(Runner.run(Agent(name="Late", model="gpt-5-mini"), "hello"))
print(answer.choices[0].message.content, result.final_output)
