"""Sets OpenTelemetry up in the way the first argument names and makes one model call.

OWN_COLLECTOR is where the program's own exporter sends to.
"""

import os
import sys

from openai import OpenAI

MODEL = "gpt-5-mini"
MESSAGES = [{"role": "user", "content": "hello"}]
COLLECTOR = os.environ["OWN_COLLECTOR"]


def provider():
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    made = TracerProvider(resource=Resource.create({"service.name": "own"}))
    exporter = OTLPSpanExporter(endpoint=f"{COLLECTOR}/v1/traces")
    made.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(made)
    return made


def openinference():
    from openinference.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument(tracer_provider=provider())


def openllmetry():
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument(tracer_provider=provider())


def conventions():
    from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor

    OpenAIInstrumentor().instrument(tracer_provider=provider())


def logfire():
    import logfire as lf

    os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = COLLECTOR
    lf.configure(service_name="own", send_to_logfire=False, console=False)
    lf.instrument_openai()


def logfire_cloud():
    """A token, and a Logfire of one's own that is a collector here."""
    import logfire as lf

    advanced = lf.AdvancedOptions(base_url=COLLECTOR)
    lf.configure(service_name="own", token="pylf_v1_us_none", console=False, advanced=advanced)
    lf.instrument_openai()


def langfuse():
    from langfuse import Langfuse

    global OpenAI
    Langfuse(public_key="pk-lf-none", secret_key="sk-lf-none", base_url=COLLECTOR)
    from langfuse.openai import OpenAI


def pydantic_ai():
    """A framework that traces its model calls by itself, when told to."""
    from pydantic_ai import Agent, InstrumentationSettings

    Agent.instrument_all(InstrumentationSettings(tracer_provider=provider()))
    print(Agent(f"openai:{MODEL}").run_sync("hello").output)
    sys.exit()


def events():
    """The conventions' instrumentation with a log pipeline, which carries the messages."""
    from opentelemetry._logs import set_logger_provider
    from opentelemetry.sdk._logs import LoggerProvider

    set_logger_provider(LoggerProvider())
    conventions()


def nothing():
    """Tracing that knows nothing of model calls."""
    provider()


def ask():
    answer = OpenAI(max_retries=0).chat.completions.create(model=MODEL, messages=MESSAGES)
    print(answer.choices[0].message.content)


globals()[sys.argv[1]]()

if sys.argv[1] == "nothing":
    from opentelemetry import trace

    with trace.get_tracer("own").start_as_current_span("request"):
        ask()
else:
    ask()
