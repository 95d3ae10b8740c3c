"""A weather agent on AWS Strands, traced by its own telemetry."""

from strands import Agent, tool
from strands.models.openai import OpenAIModel
from strands.telemetry import StrandsTelemetry

telemetry = StrandsTelemetry()
telemetry.setup_otlp_exporter()


@tool
def get_weather(city: str) -> str:
    """Tells the weather.

    Args:
        city: Where.
    """
    return f"rain in {city}"


agent = Agent(
    model=OpenAIModel(model_id="gpt-5-mini"),
    name="weather",
    system_prompt="Be brief.",
    tools=[get_weather],
    callback_handler=None,
    trace_attributes={"session.id": "s1", "user.id": "ada"},
)
print(agent("What is the weather in Brest?"))
telemetry.tracer_provider.force_flush()
