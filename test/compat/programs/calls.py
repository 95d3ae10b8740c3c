"""Calls of the OpenAI client: a tool call, its result, a stream, the other interface, a failure."""

import os
import signal

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
MODEL = "gpt-5-mini"


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hello(client, on_part) -> None:
    for _ in client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "Say hello"}],
        stream=True,
        stream_options={"include_usage": True},
    ):
        on_part()


def run(client, end: str) -> None:
    if end == "killed":
        hello(client, kill)
    answer = client.chat.completions.create(model=MODEL, messages=question, tools=tools)
    message = answer.choices[0].message
    client.chat.completions.create(
        model=MODEL,
        tools=tools,
        messages=[
            *question,
            message.model_dump(exclude_none=True),
            {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "rain"},
        ],
    )
    hello(client, lambda: None)
    client.responses.create(model=MODEL, instructions="Be brief.", input="Say something")
    client.embeddings.create(model="text-embedding-3-small", input=["one"])
    try:
        client.with_options(max_retries=0).chat.completions.create(
            model="fault-500", messages=[{"role": "user", "content": "Fail"}]
        )
    except Exception as error:
        print(type(error).__name__)
