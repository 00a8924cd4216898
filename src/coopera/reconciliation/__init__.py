"""Reconciliation: names of organizations in; those of the graph, or of ROR, that they mean out."""

from coopera.reconciliation.matching import Candidate, Given, Matcher

__all__ = ["Candidate", "Given", "Matcher"]
