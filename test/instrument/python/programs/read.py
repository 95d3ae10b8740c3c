"""Reads model calls from JSON on stdin as the hook does, and writes what it made of them.

Each call is `{url, request, answer, streamed, status}`, bodies as text; `pieces` says in how many
bytes at a time the answer arrives.
"""

import json
import sys

from glassbox_hook.jsontext import to_json_text
from glassbox_hook.model_call import ModelCall, interface_of


def read(case):
    api = interface_of(case["url"])
    if api is None:
        return None
    call = ModelCall(case["url"], case["request"].encode(), api)
    start = call.start_attributes()
    call.status = case.get("status", 200)
    call.streamed = case.get("streamed", False)
    answer = case.get("answer", "").encode()
    step = case.get("pieces") or len(answer) or 1
    for position in range(0, len(answer), step):
        call.chunk(answer[position : position + step])
    failure = call.failure()
    return {
        "name": call.name,
        "attributes": {**start, **call.end_attributes()},
        "failure": failure and [failure.type, failure.message],
        "lastUserText": call.last_user_text(),
        "answerText": call.answer_text(),
        "instructions": call.instructions(),
    }


def text(case):
    made = to_json_text(case["value"], case["limit"])
    return {"text": made.text, "cut": made.cut}


json.dump(
    [read(case) if "url" in case else text(case) for case in json.load(sys.stdin)], sys.stdout
)
