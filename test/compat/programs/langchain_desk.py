"""LangChain, traced by the hook through its client, or by what the first argument names."""

import os
import sys

import setup_tracing

via, end = sys.argv[1:]
if via == "langsmith":
    # As for a server of one's own.
    os.environ["LANGSMITH_ENDPOINT"] = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"]
finish = (lambda: None) if via == "langsmith" else setup_tracing.instrument(via, "langchain")

from calls import MODEL, kill
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel


@tool
def lookup_order(order_id: str) -> dict:
    """Looks up an order."""
    if end == "killed":
        kill()
    return {"order_id": order_id, "paid": 12.5}


@tool
def refund(order_id: str, amount: float) -> str:
    """Refunds an order."""
    raise TimeoutError(f"The bank did not answer for {order_id}")


class Answer(BaseModel):
    reply: str
    resolved: bool


config = {"metadata": {"thread_id": "thread-9", "session_id": "thread-9"}}
model = ChatOpenAI(model=MODEL, stream_usage=True)
messages = [("system", "You do billing."), ("user", "Please refund A-7")]
asked = model.bind_tools([lookup_order, refund]).invoke(messages, config)
results = []
for one, call in zip([lookup_order, refund], asked.tool_calls):
    try:
        results.append(one.invoke(call, config))
    except TimeoutError as error:
        results.append({"role": "tool", "tool_call_id": call["id"], "content": str(error)})
model.with_structured_output(Answer).invoke([*messages, asked, *results], config)
for _ in model.stream("Say hello", config):
    pass
if via == "langsmith":
    from langchain_core.tracers.langchain import wait_for_all_tracers
    from langsmith import Client
    from opentelemetry import trace

    wait_for_all_tracers()
    Client().flush()
    trace.get_tracer_provider().shutdown()
finish()
