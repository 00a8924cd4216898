"""Coopera: a knowledge graph of institutional cooperation, and the tools that keep it right."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coopera.api import graph, query, validate

__all__ = ["__version__", "graph", "query", "validate"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load the Python API when it is first used (PEP 562): `import coopera` stays cheap."""
    if name in ("graph", "query", "validate"):
        from coopera import api

        return getattr(api, name)
    raise AttributeError(f"module 'coopera' has no attribute '{name}'")
