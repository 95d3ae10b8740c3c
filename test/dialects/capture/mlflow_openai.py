"""The OpenAI client and a function of the program, traced by MLflow to OpenTelemetry."""

import mlflow
from openai import OpenAI

import calls

mlflow.openai.autolog()


@mlflow.trace(span_type="TOOL", name="tide")
def tide(port: str) -> dict:
    return {"port": port, "tide": 4.2}


@mlflow.trace(span_type="AGENT", name="harbour")
def harbour(question: str) -> str:
    tide("Brest")
    calls.run(OpenAI())
    return "done"


harbour("Tide?")
mlflow.flush_trace_async_logging()
