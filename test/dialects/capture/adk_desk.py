"""A weather agent on Google's ADK, its model through LiteLLM, traced by its own telemetry."""

import asyncio

from otel import provider
from google.adk.agents import LlmAgent
from google.adk.models.lite_llm import LiteLlm
from google.adk.runners import InMemoryRunner
from google.genai import types


def get_weather(city: str) -> dict:
    """Tells the weather."""
    return {"weather": f"rain in {city}"}


agent = LlmAgent(
    name="weather",
    model=LiteLlm(model="openai/gpt-5-mini"),
    instruction="Be brief.",
    tools=[get_weather],
)


async def main() -> None:
    runner = InMemoryRunner(agent=agent, app_name="desk")
    session = await runner.session_service.create_session(
        app_name="desk", user_id="ada", session_id="s1"
    )
    question = types.Content(
        role="user", parts=[types.Part(text="What is the weather in Brest?")]
    )
    async for event in runner.run_async(
        user_id="ada", session_id=session.id, new_message=question
    ):
        if event.is_final_response():
            print(event.content.parts[0].text)


asyncio.run(main())
provider.shutdown()
