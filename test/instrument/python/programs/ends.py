"""Makes one model call or one agent run and ends in the way the arguments name."""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
import time

from openai import OpenAI

what, end = sys.argv[1], sys.argv[2]


def throw():
    raise ValueError("uncaught on purpose")


def ready():
    print("ready", flush=True)
    time.sleep(20)


def daemon():
    """The call is made by a daemon thread, which is still alive at the end."""
    done = threading.Event()

    def work():
        call()
        done.set()
        time.sleep(20)

    threading.Thread(target=work, daemon=True).start()
    done.wait()


def fork():
    call()
    child = os.fork()
    if child == 0:
        call()
        os._exit(0)
    os.waitpid(child, 0)
    call()


def processes(method):
    """Two children at once, and one call in the parent after them."""
    context = multiprocessing.get_context(method)
    children = [context.Process(target=call) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    print([child.exitcode for child in children])
    call()


ends = {
    "return": lambda: None,
    "exit": lambda: sys.exit(3),
    "message": lambda: sys.exit("a last word"),
    "_exit": lambda: os._exit(4),
    "throw": throw,
    "interrupt": lambda: signal.raise_signal(signal.SIGINT),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "wait": ready,
}


def call():
    OpenAI(max_retries=0).chat.completions.create(
        model="gpt-5-mini", messages=[{"role": "user", "content": "hello"}]
    )


def failing():
    OpenAI(max_retries=0).chat.completions.create(
        model="gpt-5-mini", messages=[{"role": "user", "content": "refuse"}]
    )


async def agent(in_tool):
    from agents import Agent, Runner, function_tool

    @function_tool(failure_error_function=None)
    def look():
        """looks"""
        return ends[end]() if in_tool else "seen"

    await Runner.run(Agent(name="Looker", model="gpt-5-mini", tools=[look]), "hello")


def main():
    if what == "tool":
        asyncio.run(agent(True))
        return
    if what == "agent":
        asyncio.run(agent(False))
    elif what == "daemon":
        daemon()
    elif what == "fork":
        fork()
    elif what in ("spawn", "forkserver", "forked"):
        processes("fork" if what == "forked" else what)
    elif what == "failing":
        failing()
    else:
        call()
    ends[end]()


if __name__ == "__main__":
    main()
