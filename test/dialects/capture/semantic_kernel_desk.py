"""A weather agent on Semantic Kernel, traced by its own diagnostics."""

import asyncio

from otel import provider
from semantic_kernel.agents import ChatCompletionAgent
from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion
from semantic_kernel.functions import kernel_function


class Weather:
    @kernel_function(description="Tells the weather")
    def get_weather(self, city: str) -> str:
        return f"rain in {city}"


async def main() -> None:
    agent = ChatCompletionAgent(
        service=OpenAIChatCompletion(ai_model_id="gpt-5-mini"),
        name="weather",
        instructions="Be brief.",
        plugins=[Weather()],
    )
    print(await agent.get_response("What is the weather in Brest?"))


asyncio.run(main())
provider.shutdown()
