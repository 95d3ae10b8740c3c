"""The set-ups that the documentation of each library tells its users to write."""

import importlib


def plain_provider():
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider


def instrument(via: str, what: str):
    """Gives what to call at the end."""
    if via == "hook":
        return lambda: None
    if via == "logfire":
        import logfire

        logfire.configure(service_name="desk", send_to_logfire=False, console=False)
        getattr(logfire, f"instrument_{what}")()
        return logfire.shutdown
    if via == "langfuse":
        from langfuse import Langfuse

        langfuse = Langfuse(public_key="pk-lf-x", secret_key="sk-lf-x")
        if what != "openai":
            _instrument("openinference.instrumentation", what, None)
        return langfuse.shutdown
    provider = plain_provider()
    package = {"openinference": "openinference", "traceloop": "opentelemetry"}[via]
    _instrument(f"{package}.instrumentation", what, provider)
    return provider.shutdown


_CLASSES = {
    "openai": "OpenAIInstrumentor",
    "openai_agents": "OpenAIAgentsInstrumentor",
    "langchain": "LangChainInstrumentor",
}


def _instrument(package: str, what: str, provider) -> None:
    module = importlib.import_module(f"{package}.{what}")
    names = [_CLASSES[what], _CLASSES[what].replace("LangChain", "Langchain")]
    instrumentor = next(getattr(module, name) for name in names if hasattr(module, name))()
    instrumentor.instrument(**({} if provider is None else {"tracer_provider": provider}))
