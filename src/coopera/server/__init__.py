"""The server: a project, or files, and settings in; its pages, SPARQL and an API on a port out."""

import asyncio
import gc
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from coopera.errors import CooperaError
from coopera.limits import Limits
from coopera.pool import Pool, Source
from coopera.server.app import App
from coopera.server.snapshot import Inputs, Loaded, Snapshot, load

LOOK = 1.0
"""Seconds between two looks at the files."""
GRACE = 10
"""Seconds that requests have to end when the server is told to stop."""
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """Where and how it serves."""

    host: str = "127.0.0.1"
    port: int = 8001
    url: str | None = None
    """The URL of its root as the world knows it."""
    limits: Limits = field(default_factory=Limits)
    reload: bool = True
    """Whether it looks for changes of the files."""
    log: bool = True
    proxied: bool = False
    """Whether a proxy on this machine tells who asks (X-Forwarded-For)."""
    unisolated: bool = False
    """Whether it serves where the workers cannot be cut off from the network."""


def run(inputs: Inputs, settings: Settings, tell: Tell) -> None:
    """Serve until a signal comes. Raises CooperaError where it cannot begin to."""
    with asyncio.Runner(loop_factory=event_loop()) as runner:
        runner.run(_run(inputs, settings, tell))


def event_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Give what makes the faster event loop, where there is one for this system."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _run(inputs: Inputs, settings: Settings, tell: Tell) -> None:
    import uvicorn

    from coopera.server import connections

    with tempfile.TemporaryDirectory(prefix="coopera-") as folder:
        first = await asyncio.to_thread(load, inputs)
        snapshot = await begin(first, settings, Path(folder))
        settle()
        app = App(snapshot, settings.limits, settings.url, sys.stderr if settings.log else None)
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            http=connections.Connection,
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="critical",
            server_header=False,
            proxy_headers=settings.proxied,
            limit_concurrency=connections.MOST,
            timeout_graceful_shutdown=GRACE,
        )
        watching = asyncio.create_task(watch(app, settings, Path(folder), tell))
        server = connections.Server(config, lambda port: tell(_hello(app, settings, port)))
        try:
            await server.serve()
        except SystemExit as error:
            raise CooperaError(
                f"nothing can be served at {settings.host}:{settings.port}.",
                remedy="look whether another program listens there; choose another --port.",
            ) from error
        finally:
            watching.cancel()
            await app.snapshot.pool.close()
    tell("stopped.")


async def begin(loaded: Loaded, settings: Settings, folder: Path) -> Snapshot:
    """Start workers for a graph. Raises CooperaError where they may not be cut off."""
    path = folder / f"{loaded.version[:32]}.nq"
    await asyncio.to_thread(loaded.write, path)
    prefixes = loaded.inputs.project.prefixes.namespaces
    pool = Pool(
        Source(path), settings.limits, prefixes=prefixes, waive_isolation=settings.unisolated
    )
    try:
        await pool.start()
    finally:
        path.unlink()
    return Snapshot(loaded, pool)


def settle() -> None:
    """Leave the graph out of the collections of garbage that requests bring about.

    Each would look at every object of it, while nobody is answered: 160 ms at 100,000 triples.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


async def watch(app: App, settings: Settings, folder: Path, tell: Tell) -> None:
    """Load the files anew whenever they change; what cannot be loaded leaves the old graph."""
    inputs = app.snapshot.loaded.inputs
    seen = inputs.stamp()
    draining: set[asyncio.Task[None]] = set()
    while settings.reload:
        await asyncio.sleep(LOOK)
        try:
            inputs = inputs.again()
            stamp = await asyncio.to_thread(inputs.stamp)
            if stamp == seen:
                continue
            seen = stamp
            loaded = await asyncio.to_thread(load, inputs)
            if loaded.version == app.snapshot.version:
                continue
            former, app.snapshot = app.snapshot, await begin(loaded, settings, folder)
        except (CooperaError, OSError) as error:
            if app.problem != str(error):
                tell(f"the files have changed and cannot be loaded; the old graph stays: {error}")
            app.problem = str(error)
            app.metrics.reloads["failed"] += 1
            continue
        settle()
        app.problem = ""
        app.metrics.reloads["done"] += 1
        tell(f"loaded anew: {len(loaded.publication.triples)} triples.")
        task = asyncio.create_task(_drain(former, settings.limits.seconds))
        draining.add(task)
        task.add_done_callback(draining.discard)


async def _drain(former: Snapshot, seconds: float) -> None:
    """End the workers of a former graph when the requests that began with it have ended."""
    await asyncio.sleep(seconds + 5)
    await former.pool.close()


def _hello(app: App, settings: Settings, port: int) -> str:
    """Say what is served, and where."""
    triples = len(app.snapshot.publication.triples)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    root = settings.url or f"http://{host}:{port}"
    lines = [
        f"{triples:,} triples · {root.rstrip('/')}/ (fr, en) · read only",
        "SPARQL /sparql · API /api (OpenAPI 3.1) · reconciliation /reconcile · metrics /metrics",
    ]
    pool = app.snapshot.pool
    if not pool.isolated:
        lines.append(f"warning: the workers are not cut off from the network: {pool.reason}")
    return "\n".join(lines)
