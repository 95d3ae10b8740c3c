from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langsmith import Client


@tool
def get_weather(city: str) -> str:
    """Tells the weather."""
    return f"rain in {city}"


model = ChatOpenAI(model="gpt-5-mini", temperature=0.5)
prompt = ChatPromptTemplate.from_messages([("system", "Be brief."), ("user", "{question}")])
config = {"tags": ["demo"], "metadata": {"thread_id": "s1", "user_id": "ada"}}

chain = prompt | model | StrOutputParser()
print(chain.invoke({"question": "Say hello"}, config))
asked = model.bind_tools([get_weather]).invoke("What is the weather in Brest?", config)
print(get_weather.invoke(asked.tool_calls[0], config))
from langchain_core.tracers.langchain import wait_for_all_tracers

wait_for_all_tracers()
Client().flush()
from opentelemetry import trace

trace.get_tracer_provider().shutdown()
