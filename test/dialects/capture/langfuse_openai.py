from langfuse import Langfuse, observe, propagate_attributes
from langfuse.openai import OpenAI

import calls

langfuse = Langfuse(public_key="pk-lf-x", secret_key="sk-lf-x", environment="dev", release="1.2")


@observe(as_type="tool")
def tide(port: str) -> dict:
    return {"port": port, "tide": 4.2}


@observe(as_type="agent", name="harbour")
def harbour(question: str) -> str:
    with propagate_attributes(
        session_id="s1", user_id="ada", tags=["demo"], metadata={"tier": "gold"}
    ):
        tide("Brest")
        with langfuse.start_as_current_observation(
            as_type="guardrail", name="polite", input=question
        ) as guardrail:
            guardrail.update(output={"ok": False}, level="WARNING", status_message="too loud")
        calls.run(OpenAI())
    return "done"


harbour("Tide?")
langfuse.flush()
langfuse.shutdown()
