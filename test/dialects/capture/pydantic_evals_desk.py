"""A data set evaluated by Pydantic Evals, traced by Logfire; the first case meets its expectation."""

import logfire
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_evals import Case, Dataset
from pydantic_evals.evaluators import Contains, Evaluator, EvaluatorContext, IsInstance

logfire.configure(service_name="desk", send_to_logfire=False, console=False)
logfire.instrument_pydantic_ai()
agent = Agent(OpenAIChatModel("gpt-5-mini"), name="echo", instructions="Be brief.")


class Length(Evaluator):
    def evaluate(self, context: EvaluatorContext) -> dict:
        return {"length": len(context.output), "tone": "plain"}


async def answer(question: str) -> str:
    return (await agent.run(question)).output


dataset = Dataset(
    name="greetings",
    cases=[Case(name="hello", inputs="Say hello"), Case(name="bye", inputs="Say bye")],
    evaluators=[IsInstance(type_name="str"), Contains(value="hello"), Length()],
)
dataset.evaluate_sync(answer, progress=False, max_concurrency=1)
logfire.shutdown()
