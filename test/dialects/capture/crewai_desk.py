"""A crew of one on CrewAI, traced by OpenInference."""

from otel import provider
from openinference.instrumentation.crewai import CrewAIInstrumentor

CrewAIInstrumentor().instrument(tracer_provider=provider)

from crewai import LLM, Agent, Crew, Task
from crewai.tools import tool


@tool("get_weather")
def get_weather(city: str) -> str:
    """Tells the weather."""
    return f"rain in {city}"


weather = Agent(
    role="weather",
    goal="Tell the weather",
    backstory="Be brief.",
    llm=LLM(model="openai/gpt-5-mini"),
    tools=[get_weather],
)
task = Task(
    description="What is the weather in Brest?", expected_output="The weather", agent=weather
)
print(Crew(name="desk", agents=[weather], tasks=[task], tracing=False).kickoff())
provider.shutdown()
