"""The OpenAI client traced by OpenTelemetry's own instrumentation, with spans and log events."""

from openai import OpenAI
from opentelemetry import _logs, trace
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

resource = Resource.create({"service.name": "desk", "deployment.environment.name": "dev"})
traces = TracerProvider(resource=resource)
traces.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(traces)
logs = LoggerProvider(resource=resource)
logs.add_log_record_processor(SimpleLogRecordProcessor(OTLPLogExporter()))
_logs.set_logger_provider(logs)
OpenAIInstrumentor().instrument()

client = OpenAI()
question = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "What is the weather in Brest?"},
]
tools = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Tells the weather",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
]
with trace.get_tracer("desk").start_as_current_span("morning"):
    answer = client.chat.completions.create(
        model="gpt-5-mini", messages=question, tools=tools, temperature=0.5
    )
    call = answer.choices[0].message.tool_calls[0]
    client.chat.completions.create(
        model="gpt-5-mini",
        messages=[
            *question,
            answer.choices[0].message.model_dump(exclude_none=True),
            {"role": "tool", "tool_call_id": call.id, "content": "rain"},
        ],
        tools=tools,
    )
    for _ in client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": "Say hello"}],
        stream=True,
        stream_options={"include_usage": True},
    ):
        pass
    client.embeddings.create(model="text-embedding-3-small", input="one")
    try:
        client.with_options(max_retries=0).chat.completions.create(
            model="fault-500", messages=[{"role": "user", "content": "Fail"}]
        )
    except Exception as error:
        print(type(error).__name__)
traces.shutdown()
logs.shutdown()
