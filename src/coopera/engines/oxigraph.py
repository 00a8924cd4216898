"""The default engine: triples in a pyoxigraph store in memory, or a store on disk."""

from collections.abc import Callable, Iterable
from typing import Self

from pyoxigraph import QueryBoolean, QuerySolutions, Store, Triple

from coopera import graphs
from coopera.engines import Answer, refuse_service
from coopera.engines.syntax import syntax_error
from coopera.errors import QueryError, StoreError
from coopera.limits import refuse_deep
from coopera.tables import Table


class Oxigraph:
    """Answers from a store."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Load the triples into the default graph of a store in memory."""
        self.store = graphs.store(triples)
        self._renew: Callable[[], Store] | None = None

    @classmethod
    def of(cls, store: Store, renew: Callable[[], Store] | None = None) -> Self:
        """Answer from a store that is there, such as one on disk.

        Where that turns out to be damaged, `renew` gives another, once.
        """
        engine = cls.__new__(cls)
        engine.store, engine._renew = store, renew
        return engine

    def query(self, sparql: str) -> Answer:
        """Answer one query; see `Engine.query`. Raises StoreError for a store that is damaged."""
        refuse_service(sparql)
        refuse_deep(sparql)
        try:
            return self._answer(sparql)
        except StoreError:
            if self._renew is None:
                raise
        self.store, self._renew = self._renew(), None
        return self._answer(sparql)

    def _answer(self, sparql: str) -> Answer:
        try:
            found = self.store.query(sparql)
            if isinstance(found, QueryBoolean):
                return bool(found)
            if isinstance(found, QuerySolutions):
                names = tuple(variable.value for variable in found.variables)
                return Table(names, tuple(tuple(solution) for solution in found))
            return sorted(set(found), key=str)
        except SyntaxError as error:
            raise syntax_error(sparql, str(error)) from error
        except (OSError, RuntimeError, ValueError) as error:
            # pyoxigraph 0.5.13 raises RuntimeError, which is also for much else, for bad blocks.
            if isinstance(error, OSError) or str(error).startswith("Corruption"):
                raise StoreError(
                    f"the store cannot be read: {error}.",
                    remedy="make it anew from its files, with coopera load.",
                ) from error
            raise QueryError(f"the query cannot be evaluated: {error}.") from error
