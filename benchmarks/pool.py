"""What a process of its own costs a query: sizes of graphs in; milliseconds out.

Run it as `python benchmarks/pool.py 10000 1000000`. Queries are asked by turns of the store itself,
in this process, and of the pool, on the event loop of `coopera serve`; medians are printed.
`--rounds` is how often.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat, Store

from coopera.limits import LimitError, Limits
from coopera.pool import Pool, Question, Source
from coopera.server import event_loop

EX = "http://example.org/"
QUERIES = {
    "ASK {}": "ASK {}",
    "one entity": f"SELECT ?p ?o {{ <{EX}agreement/5> ?p ?o }}",
    "its parties": f"SELECT ?n {{ <{EX}agreement/5> <{EX}party> ?i . ?i <{EX}name> ?n }}",
    "1,000 rows": f"SELECT ?a ?i {{ ?a <{EX}party> ?i }} LIMIT 1000",
    "10,000 rows": f"SELECT ?a ?i {{ ?a <{EX}party> ?i }} LIMIT 10000",
}
FOREVER = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def write(path: Path, triples: int) -> None:
    """Write about so many triples: agreements, each of four triples, and their parties."""
    with path.open("w", encoding="utf-8") as file:
        for n in range(triples // 4):
            agreement = f"<{EX}agreement/{n}>"
            for m in (n % 997, n % 991 + 1000):
                file.write(f"{agreement} <{EX}party> <{EX}institution/{m}> .\n")
            file.write(f'{agreement} <{EX}title> "Agreement {n}"@en .\n')
            file.write(f'<{EX}institution/{n % 2000}> <{EX}name> "Institution {n}" .\n')


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    """Give the milliseconds that something takes."""
    start = time.perf_counter()
    await work()
    return 1000 * (time.perf_counter() - start)


async def hops(pool: Pool, store: Store, sparql: str, rounds: int) -> tuple[float, float]:
    """Give the median milliseconds of a query, asked of the store and of the pool."""

    async def raw() -> None:
        found = store.query(sparql)
        if not isinstance(found, QueryTriples):
            found.serialize(format=QueryResultsFormat.JSON)

    async def pooled() -> None:
        async with await pool.ask(Question(sparql)) as answer:
            async for _ in answer.rest:
                pass

    times = [(await timed(raw), await timed(pooled)) for _ in range(rounds)]
    return statistics.median(t[0] for t in times), statistics.median(t[1] for t in times)


async def kills(pool: Pool, rounds: int) -> tuple[float, float, float]:
    """Stop queries; give the milliseconds until that is told, the next answer and a new worker."""
    seconds = pool.limits.seconds

    async def stopped() -> None:
        try:
            await pool.ask(Question(FOREVER))
        except LimitError as error:
            if error.limit != "seconds":
                raise

    async def answered() -> None:
        await pool.ask(Question("ASK {}"))

    late, following, new = [], [], []
    for _ in range(rounds):
        late.append(await timed(stopped) - 1000 * seconds)
        start = time.perf_counter()
        following.append(await timed(answered))
        while pool.gauges()["idle"] <= pool.limits.workers:
            await asyncio.sleep(0.0005)
        new.append(1000 * (time.perf_counter() - start))
    return statistics.median(late), statistics.median(following), statistics.median(new)


async def measure(triples: int, rounds: int, on_disk: bool) -> None:
    """Print a table for one graph."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.nq"
        write(path, triples)
        store = Store(str(Path(folder) / "store")) if on_disk else Store()
        store.bulk_load(path=path, format=RdfFormat.N_QUADS)
        if on_disk:
            store.flush()
            path = Path(folder) / "store"
            del store
            store = Store.read_only(str(path))
        pool = Pool(Source(path), Limits(workers=1, client_seconds=0))
        start = await timed(pool.start)
        print(f"\n{triples:,} triples, {'on disk' if on_disk else 'in memory'}; ", end="")
        print(f"the pool starts in {start:,.0f} ms\n")
        print("| query | store, ms | pool, ms | added, ms |\n| --- | --- | --- | --- |")
        for name, sparql in QUERIES.items():
            raw, pooled = await hops(pool, store, sparql, rounds)
            print(f"| {name} | {raw:.3f} | {pooled:.3f} | {pooled - raw:.3f} |")
        await pool.close()
        pool = Pool(Source(path), Limits(workers=1, seconds=0.2, client_seconds=0))
        await pool.start()
        late, following, new = await kills(pool, max(5, rounds // 100))
        print(f"\nA query is told to be stopped {late:.1f} ms after its deadline, the next one is")
        print(f"answered in {following:.1f} ms, and a new worker is there after {new:.1f} ms.")
        await pool.close()


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("triples", nargs="+", type=int)
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--disk", action="store_true", help="a store on disk, too")
    arguments = parser.parse_args()
    for triples in arguments.triples:
        for on_disk in (False, True) if arguments.disk else (False,):
            with asyncio.Runner(loop_factory=event_loop()) as runner:
                runner.run(measure(triples, arguments.rounds, on_disk))


if __name__ == "__main__":
    main()
