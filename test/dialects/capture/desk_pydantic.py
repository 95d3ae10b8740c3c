import sys

import logfire
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel

version = int(sys.argv[1])
logfire.configure(service_name="desk", send_to_logfire=False, console=False)
logfire.instrument_pydantic_ai(version=version)


agent = Agent(
    OpenAIChatModel("gpt-5-mini"), name="weather", instructions="Be brief.", metadata={"tier": "gold"}
)


@agent.tool_plain
def get_weather(city: str) -> str:
    """Tells the weather."""
    return f"rain in {city}"


print(agent.run_sync("What is the weather in Brest?").output)
logfire.shutdown()
