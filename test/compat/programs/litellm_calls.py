"""LiteLLM with its own OpenTelemetry callback, or seen by the hook through the OpenAI client."""

import sys
import time

from calls import MODEL, kill, question, tools

via, end = sys.argv[1:]
import litellm

if via == "otel":
    litellm.callbacks = ["otel"]
name = f"openai/{MODEL}"
common = {"metadata": {"session_id": "thread-9"}}


def hello(on_part) -> None:
    for _ in litellm.completion(
        model=name,
        messages=[{"role": "user", "content": "Say hello"}],
        stream=True,
        stream_options={"include_usage": True},
        **common,
    ):
        on_part()


if end == "killed":
    hello(kill)
litellm.completion(model=name, messages=question, tools=tools, **common)
hello(lambda: None)
litellm.embedding(model="openai/text-embedding-3-small", input=["one"])
try:
    litellm.completion(
        model="openai/fault-500", messages=[{"role": "user", "content": "Fail"}], max_retries=0
    )
except Exception as error:
    print(type(error).__name__)
# Its callbacks run on a thread of their own that nobody can wait for.
time.sleep(2)
if via == "otel":
    from opentelemetry import trace

    trace.get_tracer_provider().force_flush()
