"""Rules of shapes: a project in; each shape that has a code, explained, out."""

import dataclasses
import textwrap
from collections.abc import Mapping, Sequence

from pyoxigraph import Literal, NamedNode

from coopera import conformance, graphs, places
from coopera.errors import Place
from coopera.project import Project
from coopera.rules import own
from coopera.rules.rule import Rule
from coopera.rules.words import Words, after_colon, in_both, predicates
from coopera.tables import Term
from coopera.terms import COOP, DCTERMS, LANGUAGES, RDFS, SH
from coopera.validation.nodes import Nodes
from coopera.validation.shapes import Shape

FEW = 4
"""Terms whose meanings help to see why a shape is there; those of more would bury the reason."""


class CodedShapes:
    """The shapes of a project that have codes of their own."""

    def __init__(self, project: Project) -> None:
        """Read them. Raises DataError, with its place, for a shape that is not well-formed."""
        self.project = project
        self._files = conformance.parse(project.shape_files)
        self.read = conformance.read_shapes(self._files)
        self.nodes, self.all = self.read.nodes, self.read.all
        self.codes: dict[Term, str] = {
            node: identifier.value
            for node in self.all
            for identifier in self.nodes.values(node, DCTERMS + "identifier")[:1]
            if isinstance(identifier, Literal)
        }
        self.sources = {project.prefixes.text(node): self.all[node] for node in self.codes}
        vocabulary = Nodes(graphs.read_all(project.vocabulary_files))
        self.words = Words(project.prefixes, vocabulary)

    def rules(self) -> list[Rule]:
        """Give the rule of each shape that has a code, without its place and its examples."""
        return [self._rule(shape) for shape in self.sources.values()]

    def placed(self, rule: Rule) -> Rule:
        """Give a rule with the place of its shape, below the folder of the project."""
        place = places.place_of(self._files, self.sources[rule.source].node)
        if place is None:
            return rule
        file = place.path.relative_to(self.project.root)
        return dataclasses.replace(rule, place=Place(file, place.line))

    def family(self, shape: Shape) -> list[Shape]:
        """Give a shape and those of which it is a property shape, up to those with targets."""
        found = [shape]
        for one in found:  # grows while it is read
            above = (self.all[node] for node in self.nodes.subjects(SH + "property", one.node))
            found += [parent for parent in above if parent not in found]
        return found

    def _rule(self, shape: Shape) -> Rule:
        words, family, code = self.words, self.family(shape), self.codes[shape.node]
        message = self._texts([shape.node, *self.nodes.shacl(shape.node, "sparql")], SH + "message")
        curie = words.prefixes.text(shape.node)
        query = "\n\n".join(c.sparql.text for c in shape.constraints if c.sparql)
        return Rule(
            code,
            shape.severity,
            "shape",
            name=in_both(self._texts([shape.node], SH + "name", RDFS + "label") or {"en": curie}),
            demand={tag: words.demand(shape, tag, self.codes) for tag in LANGUAGES},
            why={tag: self._why(family, tag) for tag in LANGUAGES},
            message=in_both(message),
            remedy=after_colon(in_both(message)),
            source=curie,
            target={tag: words.target(family, tag) for tag in LANGUAGES},
            path=words.path(shape.path) if shape.path is not None else "",
            path_words={
                tag: words.labels(shape.path, tag) if shape.path is not None else ""
                for tag in LANGUAGES
            },
            query=textwrap.dedent(query).strip(),
        )

    def _why(self, family: Sequence[Shape], language: str) -> str:
        """Give what the shape says of itself, else why its like are there; then its terms."""
        own_words = self._texts([family[0].node], SH + "description", RDFS + "comment")
        reason = own_words or own.why(self.codes[family[0].node])
        classes = [t.value for shape in family for t in shape.targets if t.kind == "class"]
        terms = [*classes, *predicates(family[0].path)]
        known = dict.fromkeys(t for t in terms if isinstance(t, NamedNode))
        ours = [term for term in known if term.value.startswith(COOP)]
        told = [self.words.meaning(term, language) for term in ours if len(ours) <= FEW]
        return " ".join(filter(None, [in_both(reason)[language], *told]))

    def _texts(self, nodes: Sequence[Term], *predicates: str) -> Mapping[str, str]:
        """Give the texts of the first of these properties that some of these nodes have."""
        for predicate in predicates:
            texts = [text for node in nodes for text in self.nodes.values(node, predicate)]
            if found := {t.language or "": t.value for t in texts if isinstance(t, Literal)}:
                return found
        return {}
