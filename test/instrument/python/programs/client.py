"""Uses the `openai` client in every way its users do and prints what each gives.

Runs with and without the hook can so be compared; arguments choose the ways.
"""

import asyncio
import sys

import openai
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

MODEL = "gpt-4o-mini"
MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Say hello"},
]
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
TOOLS = [
    {"type": "function", "function": {"name": "tide", "parameters": {"type": "object"}}},
]

client = OpenAI(max_retries=1)
aclient = AsyncOpenAI(max_retries=1)


class Answer(BaseModel):
    answer: int


def said(text: str) -> list[dict]:
    return [{"role": "user", "content": text}]


def chat():
    answer = client.chat.completions.create(
        model=MODEL, messages=MESSAGES, temperature=0.5, max_tokens=50
    )
    return type(answer).__name__, answer.choices[0].message.content


def chat_stream():
    stream = client.chat.completions.create(
        model=MODEL, messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    return [c.choices[0].delta.content for c in stream if c.choices]


def chat_helper():
    with client.chat.completions.stream(model=MODEL, messages=MESSAGES) as stream:
        kinds = [event.type for event in stream]
        return kinds, stream.get_final_completion().choices[0].message.content


def chat_tools():
    answer = client.chat.completions.create(model=MODEL, messages=said("tide?"), tools=TOOLS)
    return answer.choices[0].message.tool_calls[0].function.arguments


def chat_image():
    content = [{"type": "text", "text": "Say hello"}, IMAGE]
    messages = [{"role": "user", "content": content}]
    answer = client.chat.completions.create(model=MODEL, messages=messages)
    return answer.choices[0].message.content


def parse():
    answer = client.chat.completions.parse(
        model=MODEL, messages=said("typed"), response_format=Answer
    )
    return answer.choices[0].message.parsed


def responses():
    return client.responses.create(
        model=MODEL, instructions="Be brief.", input="Say hello"
    ).output_text


def responses_stream():
    events = client.responses.create(model=MODEL, input="Say hello", stream=True)
    return [event.type for event in events]


def embeddings():
    answer = client.embeddings.create(model="text-embedding-3-small", input=["a", "b"])
    return len(answer.data)


def raw():
    answer = client.chat.completions.with_raw_response.create(model=MODEL, messages=MESSAGES)
    return answer.status_code, answer.parse().choices[0].message.content


def streaming_response():
    with client.chat.completions.with_streaming_response.create(
        model=MODEL, messages=MESSAGES
    ) as answer:
        return len(list(answer.iter_lines())) > 0


async def async_chat():
    answer = await aclient.chat.completions.create(model=MODEL, messages=MESSAGES)
    return answer.choices[0].message.content


async def async_stream():
    stream = await aclient.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
    return [c.choices[0].delta.content async for c in stream if c.choices]


async def gathered():
    calls = [
        aclient.responses.create(model=MODEL, input=f"Say hello {number}") for number in range(3)
    ]
    return [answer.output_text for answer in await asyncio.gather(*calls)]


def left():
    stream = client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
    for chunk in stream:
        stream.close()
        return chunk.choices[0].delta.role


def models():
    return len(client.models.list().data)


def refused():
    return failing(said("refuse"))


def busy():
    return failing(said("busy"))


def retried():
    answer = client.chat.completions.create(model=MODEL, messages=said("again"))
    return answer.choices[0].message.content


def torn_once():
    answer = client.chat.completions.create(model=MODEL, messages=said("torn once"))
    return answer.choices[0].message.content


def torn():
    return failing(said("torn"))


async def cancelled():
    call = aclient.chat.completions.create(model=MODEL, messages=said("slow"))
    try:
        await asyncio.wait_for(call, 0.2)
    except asyncio.TimeoutError:
        return "timed out"


def unserialisable():
    try:
        client.chat.completions.create(model=MODEL, messages=said(object()))
    except Exception as error:
        return type(error).__name__


def unreachable():
    nowhere = OpenAI(base_url="http://127.0.0.1:9/v1", max_retries=0)
    try:
        nowhere.chat.completions.create(model=MODEL, messages=MESSAGES)
    except openai.APIConnectionError as error:
        return type(error).__name__, str(error)


def failing(messages):
    try:
        return client.with_options(max_retries=0).chat.completions.create(
            model=MODEL, messages=messages
        )
    except Exception as error:
        return type(error).__name__


def main() -> None:
    loop = asyncio.new_event_loop()
    for name in sys.argv[1:]:
        result = globals()[name]()
        if asyncio.iscoroutine(result):
            result = loop.run_until_complete(result)
        print(name, result)
    loop.run_until_complete(aclient.close())
    loop.close()


main()
