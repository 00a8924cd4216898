"""Coopera: a knowledge graph of institutional cooperation, and the tools that keep it right."""

__version__ = "0.1.0"
