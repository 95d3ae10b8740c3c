"""The OpenAI client, traced by what the first argument names."""

import sys

import setup_tracing

via, end = sys.argv[1:]
finish = setup_tracing.instrument(via, "openai")
import calls

if via == "langfuse":
    from langfuse import observe, propagate_attributes
    from langfuse.openai import OpenAI

    @observe(name="morning")
    def morning() -> None:
        with propagate_attributes(session_id="thread-9"):
            calls.run(OpenAI(), end)

    morning()
elif via == "logfire":
    import logfire
    from openai import OpenAI

    with logfire.span("morning"):
        calls.run(OpenAI(), end)
else:
    from openai import OpenAI

    calls.run(OpenAI(), end)
finish()
