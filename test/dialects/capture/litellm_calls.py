import time

import litellm

litellm.callbacks = ["otel"]
tools = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Tells the weather",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
]
litellm.completion(
    model="openai/gpt-5-mini",
    messages=[{"role": "user", "content": "What is the weather in Brest?"}],
    tools=tools,
    user="ada",
    metadata={"tags": ["demo"]},
)
for _ in litellm.completion(
    model="openai/gpt-5-mini",
    messages=[{"role": "user", "content": "Say hello"}],
    stream=True,
):
    pass
litellm.embedding(model="openai/text-embedding-3-small", input=["one"])
time.sleep(2)
from opentelemetry import trace

trace.get_tracer_provider().force_flush()
