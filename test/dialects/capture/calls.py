"""Calls of the OpenAI client: a tool call and its result, a stream, a failure."""

from openai import OpenAI

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


def run(client: OpenAI) -> None:
    answer = client.chat.completions.create(
        model="gpt-5-mini", messages=question, tools=tools, temperature=0.5
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
    for _ in client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": "Say hello"}],
        stream=True,
        stream_options={"include_usage": True},
    ):
        pass
    client.responses.create(model="gpt-5-mini", instructions="Be brief.", input="Say hello")
    client.embeddings.create(model="text-embedding-3-small", input=["one"])
    try:
        client.with_options(max_retries=0).chat.completions.create(
            model="fault-500", messages=[{"role": "user", "content": "Fail"}]
        )
    except Exception as error:
        print(type(error).__name__)
