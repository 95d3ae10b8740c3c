from otel import provider
from openai import OpenAI
from openinference.instrumentation import using_attributes
from openinference.instrumentation.openai import OpenAIInstrumentor

import calls

OpenAIInstrumentor().instrument(tracer_provider=provider)
with using_attributes(
    session_id="s1", user_id="ada", tags=["demo"], metadata={"tier": "gold"}
):
    calls.run(OpenAI())
provider.shutdown()
