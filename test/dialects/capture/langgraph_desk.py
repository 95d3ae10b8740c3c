"""A graph of a model and its tools on LangGraph, traced by OpenInference or by LangSmith."""

import sys

if sys.argv[1] == "openinference":
    from openinference.instrumentation.langchain import LangChainInstrumentor
    from otel import provider

    LangChainInstrumentor().instrument(tracer_provider=provider)

from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.graph import MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition


@tool
def get_weather(city: str) -> str:
    """Tells the weather."""
    return f"rain in {city}"


model = ChatOpenAI(model="gpt-5-mini").bind_tools([get_weather])
graph = StateGraph(MessagesState)
graph.add_node("assistant", lambda state: {"messages": [model.invoke(state["messages"])]})
graph.add_node("tools", ToolNode([get_weather]))
graph.set_entry_point("assistant")
graph.add_conditional_edges("assistant", tools_condition)
graph.add_edge("tools", "assistant")
config = {"configurable": {"thread_id": "s1"}, "metadata": {"thread_id": "s1", "user_id": "ada"}}
asked = {"messages": [("system", "Be brief."), ("user", "What is the weather in Brest?")]}
print(graph.compile(name="desk").invoke(asked, config)["messages"][-1].content)

if sys.argv[1] == "langsmith":
    from langchain_core.tracers.langchain import wait_for_all_tracers
    from langsmith import Client

    wait_for_all_tracers()
    Client().flush()
from opentelemetry import trace

trace.get_tracer_provider().shutdown()
