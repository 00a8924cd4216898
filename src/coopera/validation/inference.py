"""Inference: triples in; the same with what RDFS or OWL 2 RL entails out."""

from collections.abc import Sequence

from pyoxigraph import Triple

from coopera.tables import Quads


def inferred(triples: Sequence[Triple], regime: str) -> Quads:
    """Add what a regime entails: `rdfs`, `owlrl` or `both`, whose own terms it describes too."""
    import owlrl

    from coopera.engines.rdflib import conversions_kept, graph, triple

    kinds = {
        "rdfs": owlrl.RDFS_Semantics,
        "owlrl": owlrl.OWLRL_Semantics,
        "both": owlrl.RDFS_OWLRL_Semantics,
    }
    whole = graph(triples)
    closure = owlrl.DeductiveClosure(kinds[regime], axiomatic_triples=False, datatype_axioms=False)
    with conversions_kept():
        closure.expand(whole)
    # owlrl 7.6 writes triples with literals as subjects, which RDF 1.1 does not have.
    made = [triple(*three) for three in whole if not hasattr(three[0], "datatype")]
    known = set(triples)
    return [*triples, *(one for one in made if one not in known)]
