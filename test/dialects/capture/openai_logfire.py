"""The OpenAI client traced by Logfire: chat, responses and embeddings, whole and streamed."""

import sys

import logfire
from openai import OpenAI

version = sys.argv[1]
logfire.configure(service_name="desk", send_to_logfire=False, console=False)
client = OpenAI()
logfire.instrument_openai(client, version=1 if version == "1" else version)

question = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "What is the weather in Brest?"},
]
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

with logfire.span("morning {greeting}", greeting="hello", visitor={"name": "Ada"}, _tags=["demo"]):
    logfire.warn("low on {what}", what="coffee")
    answer = client.chat.completions.create(
        model="gpt-5-mini", messages=question, tools=tools, max_completion_tokens=200
    )
    call = answer.choices[0].message.tool_calls[0]
    client.chat.completions.create(
        model="gpt-5-mini",
        messages=[
            *question,
            answer.choices[0].message.model_dump(exclude_none=True),
            {"role": "tool", "tool_call_id": call.id, "content": "rain"},
        ],
        tools=tools,
    )
    stream = client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": "Say hello"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    for _ in stream:
        pass
    client.responses.create(model="gpt-5-mini", instructions="Be brief.", input="Say hello")
    for _ in client.responses.create(model="gpt-5-mini", input="Say hello", stream=True):
        pass
    client.embeddings.create(model="text-embedding-3-small", input=["one", "two"])
logfire.shutdown()
