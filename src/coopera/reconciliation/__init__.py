"""Reconciliation: names of organizations in; those of the graph, or of ROR, that they mean out."""

from coopera.reconciliation.matching import Candidate, Given, Matcher
from coopera.reconciliation.requests import BATCH, LARGEST
from coopera.reconciliation.service import MOUNT, Reply, answer

__all__ = ["BATCH", "LARGEST", "MOUNT", "Candidate", "Given", "Matcher", "Reply", "answer"]
