"""Functions an experiment may be pointed at, good ones and bad ones."""

import asyncio
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

print("garbage at import")


@dataclass
class Answer:
    text: str
    score: float


def act(value):
    """Does what it is told; the tests name what."""
    if not isinstance(value, str):
        return value
    if value == "raise":
        raise ValueError("no such order")
    if value == "exit":
        sys.exit(3)
    if value == "crash":
        os._exit(7)
    if value == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if value == "hang":
        time.sleep(60)
    if value == "flood":
        for _ in range(2000):
            sys.stderr.write("x" * 1000 + "\n")
        print("y" * 100_000)
        os.system("echo from a child")
    if value == "fork":
        if os.fork() == 0:
            return "from the child"
    if value == "object":
        return Answer("good", float("nan"))
    if value == "circle":
        circle = []
        circle.append(circle)
        return circle
    if value == "nothing":
        return None
    return f"did {value}"


async def act_async(value):
    if value == "hang":
        await asyncio.sleep(60)
    if value == "block":
        time.sleep(60)
    await asyncio.sleep(0.01)
    return act(value)


def place(_value):
    """Where spans belong: here, in a thread, in a pool and in a coroutine."""
    from glassbox_hook.places import outer_place

    found = [outer_place()]
    thread = threading.Thread(target=lambda: found.append(outer_place()))
    thread.start()
    thread.join()
    with ThreadPoolExecutor(1) as pool:
        found.append(pool.submit(outer_place).result())

    async def inside():
        return await asyncio.get_running_loop().run_in_executor(None, outer_place)

    found.append(asyncio.run(inside()))
    time.sleep(0.05)
    found.append(outer_place())
    return [one.trace_id for one in found]
