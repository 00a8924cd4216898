"""Indexes: a store in; how many quads each of its indexes holds out.

Oxigraph keeps each quad three times, or six times in a named graph, in other orders. A read looks
into one of them, so damage in another stays unseen. These counts read every block of each, but for
those that going through the whole store reads.
"""

from collections.abc import Iterator

from pyoxigraph import QuerySolution, QuerySolutions, Store

_DEFAULT = {
    "predicates": "?s <p> ?o",
    # Oxigraph 0.5.13 looks the second pattern up for each solution of the first, whose order is
    # that of the index of objects too: block after block.
    "objects": "?s <p> ?o . ?s ?q ?o FILTER(SAMETERM(?q, <p>))",
}
_NAMED = {
    "graphs, predicates": "{ SELECT DISTINCT ?g ?p { GRAPH ?g { ?a ?p ?b } } } "
    "GRAPH ?g { ?s ?p ?o }",
    "graphs, objects": "GRAPH ?g { ?s <p> ?o . ?s ?q ?o FILTER(SAMETERM(?q, <p>)) }",
    "subjects": "GRAPH ?g { ?s <p> ?o } GRAPH ?h { ?s <p> ?o } FILTER(SAMETERM(?g, ?h))",
    "predicates": "GRAPH ?g { ?s <p> ?o }",
    "objects": "GRAPH ?g { ?s <p> ?o } GRAPH ?h { ?s ?q ?o } "
    "FILTER(SAMETERM(?q, <p>) && SAMETERM(?g, ?h))",
}


def counts(store: Store) -> tuple[dict[str, int], dict[str, int]]:
    """Count the quads in each index, for the default graph and for named graphs, if any.

    Raises OSError or RuntimeError where a block is damaged.
    """
    named = any(True for _ in store.named_graphs())
    found = _solutions(store, "DISTINCT ?p", "{ ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } }")
    predicates = [str(solution[0]) for solution in found]

    def count(pattern: str) -> int:
        texts = (pattern.replace("<p>", p) for p in predicates) if "<p>" in pattern else [pattern]
        # No COUNT: Oxigraph 0.5.13 goes on after an error in an aggregate until memory is full.
        return sum(1 for text in texts for _ in _solutions(store, "(1 AS ?one)", text))

    return (
        {name: count(pattern) for name, pattern in _DEFAULT.items()},
        {name: count(pattern) for name, pattern in _NAMED.items()} if named else {},
    )


def _solutions(store: Store, selected: str, pattern: str) -> Iterator[QuerySolution]:
    found = store.query(f"SELECT {selected} {{ {pattern} }}")
    assert isinstance(found, QuerySolutions)  # noqa: S101 - the text is a SELECT
    return found
