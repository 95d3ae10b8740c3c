"""A weather agent on smolagents, traced by OpenInference."""

import os

from otel import provider
from openinference.instrumentation.smolagents import SmolagentsInstrumentor
from smolagents import OpenAIServerModel, ToolCallingAgent, tool

SmolagentsInstrumentor().instrument(tracer_provider=provider)


@tool
def get_weather(city: str) -> str:
    """Tells the weather.

    Args:
        city: Where.
    """
    return f"rain in {city}"


model = OpenAIServerModel(
    model_id="gpt-5-mini", api_base=os.environ["OPENAI_BASE_URL"], api_key="not-a-key"
)
agent = ToolCallingAgent(tools=[get_weather], model=model, name="weather", max_steps=2)
print(agent.run("What is the weather in Brest?"))
provider.shutdown()
