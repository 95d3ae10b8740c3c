from otel import provider
from openai import OpenAI
from opentelemetry.instrumentation.openai import OpenAIInstrumentor

import calls

OpenAIInstrumentor().instrument(tracer_provider=provider)
with provider.get_tracer("desk").start_as_current_span("morning"):
    calls.run(OpenAI())
provider.shutdown()
