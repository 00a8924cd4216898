"""The shapes of SHACL: nothing in; the shapes graph that validates shapes graphs out."""

from functools import cache
from importlib import resources

from pyoxigraph import RdfFormat, Triple, parse


@cache
def shapes_of_shapes() -> list[Triple]:
    """Read the shapes of SHACL's appendix C, of which pySHACL carries a copy."""
    text = resources.files("pyshacl").joinpath("assets/shacl-shacl.ttl").read_bytes()
    return [quad.triple for quad in parse(input=text, format=RdfFormat.TURTLE)]
