"""Runs the pretended model beside the agent, so that the sample works without an API key."""

import atexit
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent


class NodeMissing(Exception):
    """Node.js, which runs the pretended model, was not found."""


def start_scripted_model() -> str:
    """Start the model server in a process of its own and return its base URL.

    The server ends with this process: it stops when its standard input closes.
    """
    node = os.environ.get("GLASSBOX_NODE") or shutil.which("node")
    if node is None:
        raise NodeMissing(
            "The scripted model needs Node.js 18 or later: install it from https://nodejs.org, "
            "or set OPENAI_API_KEY to use a real model."
        )
    env = {name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"}
    # GLASSBOX_NODE may be an editor that runs scripts only when told so; Node itself takes no notice.
    env["ELECTRON_RUN_AS_NODE"] = "1"
    process = subprocess.Popen(
        [node, str(HERE / "server.mjs"), "--script", str(HERE / "script.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=env,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    atexit.register(_stop, process)
    url = process.stdout.readline().decode().strip()
    if not url:
        raise RuntimeError(f"The scripted model ended with code {process.wait()}.")
    return url


def _stop(process: subprocess.Popen) -> None:
    process.stdin.close()
    process.stdout.close()
    process.wait(timeout=5)
