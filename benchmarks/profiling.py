"""Where the product's time goes: the same server under cProfile, loaded with one workload.

Python's profiler makes every function call dearer, so read shares and not times.
"""

import asyncio
import cProfile
import io
import pstats
import signal
import sys
from pathlib import Path

import uvicorn
import uvloop

from benchmarks.measure import Bench, folder
from benchmarks.product import make
from benchmarks.servers import free_port, launch
from benchmarks.workloads import Asking, look_up
from benchmarks.world import secret_of

SHOWN = 25


def profile(url: str, name: str, seconds: float) -> str:
    """Load a profiled product with one workload; the functions that took most time of their own."""
    facts = asyncio.run(look_up(url))
    first, token = f"/v1/networks/{facts['networks'][0]}", secret_of(facts["viewers"][0])
    port = free_port()
    with folder() as path:
        out = Path(path) / "profile"
        command = [sys.executable, "-m", "benchmarks.profiling", str(port), str(out)]
        server = launch("profiled product", command, port, url, first, token)
        try:
            bench = Bench(
                url, {"product": server, "floor": server}, Asking(facts, server), Path(path)
            )
            bench.prepare(name)
            server.process.send_signal(signal.SIGUSR1)
            taken = bench.take(name, "product", seconds)
            server.process.send_signal(signal.SIGUSR1)
            server.process.wait(30)
        finally:
            server.stop()
        text = io.StringIO()
        stats = pstats.Stats(str(out), stream=text).strip_dirs()
        stats.sort_stats("tottime").print_stats(SHOWN)
    return f"{name}: {taken.rps:.0f} requests a second under the profiler\n{text.getvalue()}"


def main(port: int, out: Path) -> None:
    """Serve; profile between the first SIGUSR1 and the second, which also ends it."""
    config = uvicorn.Config(
        make,
        factory=True,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_level="warning",
    )
    server = uvicorn.Server(config)
    profiler = cProfile.Profile()
    running = False

    def signalled() -> None:
        nonlocal running
        if running:
            profiler.disable()
            server.should_exit = True
        else:
            profiler.enable()
        running = True

    async def both() -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, signalled)
        await server.serve()

    uvloop.run(both())
    profiler.dump_stats(out)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
