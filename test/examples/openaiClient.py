"""Drives a scripted model server with OpenAI's Python client and prints what came, as JSON."""

import asyncio
import json
import sys

from openai import APIConnectionError, AsyncOpenAI, OpenAI, RateLimitError

URL = sys.argv[1]
TOOL = {"name": "weather", "parameters": {"type": "object", "properties": {}}}
CHAT = {
    "model": "gpt-5-mini",
    "messages": [{"role": "user", "content": "weather"}],
    "tools": [{"type": "function", "function": TOOL}],
}
RESPONSES = {"model": "gpt-5-mini", "input": "weather", "tools": [{"type": "function", **TOOL}]}

client = OpenAI(base_url=URL, api_key="sk", max_retries=0)


async def asynchronous():
    async with AsyncOpenAI(base_url=URL, api_key="sk", max_retries=0) as other:
        chunks = [chunk async for chunk in await other.chat.completions.create(**CHAT, stream=True)]
        response = await other.responses.create(**RESPONSES)
        return [chunk.to_dict() for chunk in chunks], response.to_dict()


def fault(model):
    try:
        client.responses.create(model=model, input="weather")
    except (RateLimitError, APIConnectionError) as error:
        return type(error).__name__
    return None


chat = client.chat.completions.create(**CHAT)
with client.chat.completions.stream(**CHAT, stream_options={"include_usage": True}) as stream:
    chat_streamed = stream.get_final_completion()
response = client.responses.create(**RESPONSES)
with client.responses.stream(**RESPONSES) as stream:
    response_streamed = stream.get_final_response()
chunks, async_response = asyncio.run(asynchronous())
vector = client.embeddings.create(model="text-embedding-3-small", input="weather").data[0].embedding
print(
    json.dumps(
        {
            "chat": chat.to_dict(),
            "chatStreamed": chat_streamed.to_dict(),
            "chunks": chunks,
            "response": response.to_dict(),
            "responseStreamed": response_streamed.to_dict(),
            "asyncResponse": async_response,
            "vector": len(vector),
            "faults": [fault("limited"), fault("gone")],
        }
    )
)
