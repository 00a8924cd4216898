"""Small cases of SHACL, each with the section or the issue that it comes from."""

from dataclasses import dataclass

import pytest
from shacl_cases import EX, PREFIXES, Graph, read

from coopera import validation
from coopera.errors import DataError
from coopera.findings import ValidationResult
from coopera.tables import Term
from coopera.terms import SH, Prefixes
from coopera.validation import Report

NAMES = Prefixes(PREFIXES)
QUERY = 'sh:prefixes ex:prefixes ; sh:select "'
PREFIX = (
    'ex:prefixes sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .\n'
)


def validate(shapes: str, data: str) -> Report:
    return validation.validate(read(data), read(PREFIX + shapes), allow_empty=True)


def name(term: Term | None) -> str:
    return "-" if term is None else NAMES.text(term)


def told(shapes: str, data: str) -> list[str]:
    """Write the results as `focus node, path, value: component`."""
    triples = read(PREFIX + shapes)
    graph = Graph(triples)

    def line(result: ValidationResult) -> str:
        path = "-" if result.result_path is None else graph.path(result.result_path)
        where = f"{name(result.focus_node)}, {path.replace(f'<{EX}', '').replace('>', '')}"
        component = result.component.value.removeprefix(SH).removesuffix("ConstraintComponent")
        return f"{where}, {name(result.value_node)}: {component.removeprefix(EX)}"

    found = validation.validate(read(data), triples, allow_empty=True)
    return sorted(map(line, found.results))


# Lexical validity (SHACL, 4.1.2; XML Schema 1.1 Part 2, 3.3 and 3.4)

VALID = [
    '"2020-02-29Z"^^xsd:date', '"2020-01-01+14:00"^^xsd:date', '"-0044-03-15"^^xsd:date',
    '"12020-01-01"^^xsd:date', '"2000-02-29"^^xsd:date', '"0000-01-01"^^xsd:date',
    '"2020-01-01T24:00:00"^^xsd:dateTime', '"2020-01-01T00:00:00.123456789Z"^^xsd:dateTime',
    '"2020-01-01T00:00:00Z"^^xsd:dateTimeStamp', '"23:59:59.5-08:00"^^xsd:time',
    '"24:00:00"^^xsd:time', '"2020"^^xsd:gYear', '"-0001Z"^^xsd:gYear', '"2020-12"^^xsd:gYearMonth',
    '"--02-29"^^xsd:gMonthDay', '"---31"^^xsd:gDay', '"--12Z"^^xsd:gMonth',
    '"P1Y2M3DT4H5M6.7S"^^xsd:duration', '"-P1D"^^xsd:duration', '"P1Y"^^xsd:yearMonthDuration',
    '"PT36H"^^xsd:dayTimeDuration',
    '"+01"^^xsd:integer', '"99999999999999999999999"^^xsd:integer', '"-0"^^xsd:nonNegativeInteger',
    '"127"^^xsd:byte', '"255"^^xsd:unsignedByte', '"-9223372036854775808"^^xsd:long',
    '"18446744073709551615"^^xsd:unsignedLong', '"1."^^xsd:decimal', '"-.5"^^xsd:decimal',
    '"1e3"^^xsd:double', '"+INF"^^xsd:float', '"NaN"^^xsd:double', '"-1.5E-10"^^xsd:float',
    '"1"^^xsd:boolean', '"false"^^xsd:boolean', '""^^xsd:string', '"a b"^^xsd:anyURI',
    '"0aFF"^^xsd:hexBinary', '"YQ=="^^xsd:base64Binary', '"fr-CA"^^xsd:language',
    '"whatever"^^ex:t',
]  # fmt: skip
INVALID = [
    '"2020-13-45"^^xsd:date', '"2020-02-30"^^xsd:date', '"2021-02-29"^^xsd:date',
    '"1900-02-29"^^xsd:date', '"20200101"^^xsd:date', '"2020-2-1"^^xsd:date', '"20"^^xsd:gYear',
    '"2020-01-01"^^xsd:dateTime', '"2020-01-01T25:00:00"^^xsd:dateTime',
    '"2020-01-01T24:00:01"^^xsd:dateTime', '"2020-01-01T00:00"^^xsd:dateTime',
    '"2020-01-01+15:00"^^xsd:date', '"02020-01-01"^^xsd:date', '"+2020"^^xsd:gYear',
    '"2020-01-01T00:00:00"^^xsd:dateTimeStamp', '"24:00:01"^^xsd:time', '"2020-13"^^xsd:gYearMonth',
    '"--02-30"^^xsd:gMonthDay', '"---32"^^xsd:gDay', '"--13"^^xsd:gMonth', '"P"^^xsd:duration',
    '"P1DT"^^xsd:duration', '"P1D"^^xsd:yearMonthDuration', '"P1Y"^^xsd:dayTimeDuration',
    '"1.0"^^xsd:integer', '"abc"^^xsd:integer', '" 1"^^xsd:integer', '""^^xsd:integer',
    '"0"^^xsd:positiveInteger', '"-1"^^xsd:nonNegativeInteger', '"128"^^xsd:byte',
    '"256"^^xsd:unsignedByte', '"9223372036854775808"^^xsd:long', '"1e3"^^xsd:decimal',
    '"."^^xsd:decimal', '"1,5"^^xsd:decimal', '"1e"^^xsd:double', '"inf"^^xsd:float',
    '"yes"^^xsd:boolean', '"TRUE"^^xsd:boolean', '"0aF"^^xsd:hexBinary', '"a"^^xsd:base64Binary',
    '"a\\u0660"^^xsd:language', '"\\u0661"^^xsd:integer',
]  # fmt: skip


@pytest.mark.parametrize("literal", [*VALID, *INVALID])
@pytest.mark.parametrize("target", ["sh:targetObjectsOf ex:v", "sh:targetNode {}"])
def test_a_literal_is_of_its_datatype_if_its_text_is_in_the_lexical_space(
    literal: str, target: str
) -> None:
    datatype = literal.rpartition("^^")[2]
    shape = f"ex:S sh:datatype {datatype} ; {target.format(literal)} ."

    assert len(told(shape, f"ex:a ex:v {literal} .")) == (literal in INVALID)


# Results


@dataclass(frozen=True)
class Case:
    """Shapes and data, and the results that they must give."""

    what: str
    """What is shown, and where it comes from."""
    shapes: str
    data: str
    results: list[str]


ONE = "ex:a ex:p 1 ."
CASES = [
    # Terms and values
    Case(
        "sh:hasValue and sh:in compare terms, not values (SHACL, 4.8.3)",
        """ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:hasValue true ] ,
            [ sh:path ex:q ; sh:in ( 4 ) ] .""",
        'ex:a ex:p "1"^^xsd:boolean ; ex:q "4"^^xsd:byte , "04"^^xsd:integer , 4 .',
        ["ex:a, p, -: HasValue", 'ex:a, q, 04: In', 'ex:a, q, "4"^^xsd:byte: In'],
    ),
    Case(
        "sh:uniqueLang, like any switch, is on for true only (W3C test uniqueLang-002)",
        """ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:uniqueLang "1"^^xsd:boolean ] .""",
        'ex:a ex:p "a"@en , "b"@en .',
        [],
    ),
    Case(
        "sh:uniqueLang gives one result for each language, whatever its case (SHACL, 4.4.5)",
        "ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:uniqueLang true ] .",
        'ex:a ex:p "a"@en , "b"@EN , "c"@en , "a"@fr , "b"@fr , "a"@de , "a" , "b" .',
        ["ex:a, p, -: UniqueLang", "ex:a, p, -: UniqueLang"],
    ),
    Case(
        "sh:languageIn takes ranges: fr holds fr-CA, and nothing holds a text without a tag (4.4.4)",
        'ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:languageIn ( "FR" "en-GB" ) ] .',
        'ex:a ex:p "a"@fr , "a"@fr-CA , "a"@fro , "a"@en , "a"@en-gb , "a" , ex:b .',
        ['ex:a, p, "a": LanguageIn', 'ex:a, p, "a"@en: LanguageIn', 'ex:a, p, "a"@fro: LanguageIn',
         "ex:a, p, ex:b: LanguageIn"],
    ),
    Case(
        "sh:minLength counts characters, not bytes, and no blank node has a length (4.4.1)",
        "ex:S sh:targetObjectsOf ex:p ; sh:minLength 2 ; sh:maxLength 2 .",
        'ex:a ex:p "é" , "\\U0001f600\\U0001f600" , "éa" , "e\\u0301" , _:x .',
        ['"é", -, "é": MinLength', "_:x, -, _:x: MaxLength", "_:x, -, _:x: MinLength"],
    ),
    Case(
        "sh:pattern looks at the text of an IRI and of any literal, and matches a part (4.4.3)",
        'ex:S sh:targetObjectsOf ex:p ; sh:pattern "0[12]" .',
        'ex:a ex:p ex:x01 , 01 , "2020-02-03"^^xsd:date , "a"@en , 1 .',
        ['"a"@en, -, "a"@en: Pattern', "1, -, 1: Pattern"],
    ),
    Case(
        "sh:nodeKind and sh:class of literals and blank nodes (4.1.1, 4.1.3)",
        "ex:S sh:targetObjectsOf ex:p ; sh:class ex:C ; sh:nodeKind sh:BlankNodeOrIRI .",
        "ex:a ex:p 1 , _:x . _:x a ex:D . ex:D rdfs:subClassOf ex:E . ex:E rdfs:subClassOf ex:C , ex:D .",
        ["1, -, 1: Class", "1, -, 1: NodeKind"],
    ),
    # Order
    Case(
        "Values that cannot be compared are violations, also of a text and a number (4.3)",
        """ex:S sh:targetObjectsOf ex:p ; sh:minInclusive 1 .""",
        'ex:a ex:p 1.0 , 0.5 , "1" , "2"@en , true , "2020-01-01"^^xsd:date , ex:b , "1e0"^^xsd:double , "x"^^xsd:integer .',
        ['"1", -, "1": MinInclusive', '"2"@en, -, "2"@en: MinInclusive',
         '"2020-01-01"^^xsd:date, -, "2020-01-01"^^xsd:date: MinInclusive',
         '"x"^^xsd:integer, -, "x"^^xsd:integer: MinInclusive', '"0.5"^^xsd:decimal, -, "0.5"^^xsd:decimal: MinInclusive',
         "ex:b, -, ex:b: MinInclusive", "true, -, true: MinInclusive"],
    ),
    Case(
        "Numbers compare by value across datatypes, however large",
        "ex:S sh:targetObjectsOf ex:p ; sh:maxExclusive 99999999999999999999 .",
        'ex:a ex:p 99999999999999999998 , 99999999999999999999 , 100000000000000000000 , "1e19"^^xsd:double , 1.5 .',
        ["100000000000000000000, -, 100000000000000000000: MaxExclusive",
         "99999999999999999999, -, 99999999999999999999: MaxExclusive"],
    ),
    Case(
        "Booleans have an order (SPARQL 1.1, 17.3: op:boolean-less-than)",
        "ex:S sh:targetObjectsOf ex:p ; sh:minExclusive false .",
        'ex:a ex:p true , false , "1"^^xsd:boolean , "0"^^xsd:boolean .',
        ['"0"^^xsd:boolean, -, "0"^^xsd:boolean: MinExclusive', "false, -, false: MinExclusive"],
    ),
    Case(
        "A time with a zone and one without compare when 14 hours cannot matter (w3c/data-shapes#68)",
        'ex:S sh:targetObjectsOf ex:p ; sh:minInclusive "2002-10-10T12:00:00+14:00"^^xsd:dateTime .',
        """ex:a ex:p "2002-10-10T12:00:01"^^xsd:dateTime ,
            "2002-10-10T11:59:59"^^xsd:dateTime , "2002-10-09T22:00:00Z"^^xsd:dateTime .""",
        ['"2002-10-10T11:59:59"^^xsd:dateTime, -, "2002-10-10T11:59:59"^^xsd:dateTime: MinInclusive'],
    ),
    Case(
        "sh:lessThan gives a result for each pair (W3C test lessThan-002)",
        "ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:lessThan ex:q ] .",
        "ex:a ex:p 1 , 5 ; ex:q 2 , 3 , ex:b .",
        ["ex:a, p, 1: LessThan", *["ex:a, p, 5: LessThan"] * 3],
    ),
    Case(
        "sh:lessThanOrEquals: equal values hold, identical terms without an order do not (4.5.4)",
        "ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:lessThanOrEquals ex:p ] .",
        'ex:a ex:p "a"@en .',
        ['ex:a, p, "a"@en: LessThanOrEquals'],
    ),
    # Sets of values
    Case(
        "Several paths to one value are one value (SHACL, 3.7)",
        "ex:S sh:targetNode ex:a ; sh:property [ sh:path ( ex:p ex:q ) ; sh:maxCount 1 ] .",
        "ex:a ex:p ex:b , ex:c . ex:b ex:q 1 . ex:c ex:q 1 .",
        [],
    ),
    Case(
        "01 and 1 are two values, true and 1 too: counting counts terms",
        "ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:maxCount 3 ; sh:minCount 5 ] .",
        'ex:a ex:p 1 , 01 , true , "1"^^xsd:boolean .',
        ["ex:a, p, -: MaxCount", "ex:a, p, -: MinCount"],
    ),
    Case(
        "sh:equals tells of the values on either side (4.5.1), and stands on node shapes too (w3c/data-shapes#149)",
        """ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:equals ex:q ] .
        ex:T a sh:NodeShape ; sh:targetNode ex:a ; sh:equals ex:r ; sh:disjoint ex:s .""",
        "ex:a ex:p 1 , 2 ; ex:q 2 , 3 ; ex:r ex:b ; ex:s ex:a , ex:b .",
        ["ex:a, -, ex:a: Disjoint", "ex:a, -, ex:a: Equals", "ex:a, -, ex:b: Equals",
         "ex:a, p, 1: Equals", "ex:a, p, 3: Equals"],
    ),
    Case(
        "A path may start at a literal, go backwards, and lead nowhere but to its start",
        """ex:S sh:targetNode 1 ; sh:property [ sh:path [ sh:inversePath ex:p ] ; sh:maxCount 1 ] ,
            [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:class ex:C ] .""",
        "ex:a ex:p 1 . ex:b ex:p 1 .",
        ["1, (p^), -: MaxCount", "1, (p*), 1: Class"],
    ),
    Case(
        "Backwards along a sequence is the last step first",
        """ex:S sh:targetNode ex:c ; sh:property [ sh:path [ sh:inversePath ( ex:p [ sh:oneOrMorePath ex:q ] ) ] ;
            sh:nodeKind sh:Literal ] .""",
        "ex:a ex:p ex:b . ex:b ex:q ex:d . ex:d ex:q ex:c . ex:c ex:p ex:b .",
        ["ex:c, ((p/(q+))^), ex:a: NodeKind", "ex:c, ((p/(q+))^), ex:c: NodeKind"],
    ),
    Case(
        "sh:xone of classes: an instance of a class and of one below it is of one kind (4.6.4)",
        """ex:S sh:targetSubjectsOf ex:is ; sh:xone ( [ sh:class ex:C ] [ sh:class ex:D ] [ sh:class ex:E ] ) ;
            sh:property [ sh:path ex:p ; sh:xone ( [ sh:class ex:C ] [ sh:class ex:D ] [ sh:class ex:C1 ] ) ] .""",
        """ex:C1 rdfs:subClassOf ex:C . ex:C2 rdfs:subClassOf ex:C1 .
            ex:one ex:is 1 ; a ex:C , ex:C1 , ex:C2 , ex:F . ex:two ex:is 1 ; a ex:C2 , ex:D . ex:none ex:is 1 ; a ex:F .
            ex:low ex:is 1 ; a ex:C2 ; ex:p ex:low , ex:none , ex:top , 1 . ex:top ex:is 1 ; a ex:C .""",
        ["ex:low, p, 1: Xone", "ex:low, p, ex:low: Xone", "ex:low, p, ex:none: Xone",
         "ex:none, -, ex:none: Xone", "ex:two, -, ex:two: Xone"],
    ),
    # Closed shapes
    Case(
        "A closed shape knows the paths that are IRIs only (zazuko/rdf-validate-shacl#64)",
        """ex:S sh:targetNode ex:a ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ;
            sh:property [ sh:path ex:p ] , [ sh:path [ sh:alternativePath ( ex:q ex:r ) ] ] .""",
        "ex:a a ex:C ; ex:p 1 ; ex:q 2 .",
        ["ex:a, q, 2: Closed"],
    ),
    Case(
        "A closed property shape looks at its value nodes (TopQuadrant/shacl#171)",
        "ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:closed true ; sh:property [ sh:path ex:q ] ] .",
        "ex:a ex:p ex:b ; ex:r 1 . ex:b ex:q 1 ; ex:r 2 .",
        ["ex:a, r, 2: Closed"],
    ),
    Case(
        "The path of a deactivated property shape is known to a closed one all the same (4.8.1)",
        "ex:S sh:targetNode ex:a ; sh:closed true ; sh:property [ sh:path ex:p ; sh:deactivated true ; sh:maxCount 0 ] .",
        ONE,
        [],
    ),
    Case(
        "sh:closed does not look into sh:or (TopQuadrant/shacl#110)",
        "ex:S sh:targetNode ex:a ; sh:closed true ; sh:or ( [ sh:path ex:p ; sh:minCount 1 ] [ sh:path ex:q ] ) .",
        ONE,
        ["ex:a, p, 1: Closed"],
    ),
    # Shapes within shapes
    Case(
        "A property shape below a property shape looks at each value, each time that it is reached (4.7.2)",
        """ex:S sh:targetNode ex:a , ex:b ; sh:property [ sh:path ex:p ; sh:property ex:Q ] .
        ex:Q sh:path ex:q ; sh:minCount 1 .""",
        "ex:a ex:p ex:c , ex:d . ex:b ex:p ex:c . ex:d ex:q 1 .",
        ["ex:c, q, -: MinCount", "ex:c, q, -: MinCount"],
    ),
    Case(
        "sh:node tells of the value node once, whatever is wrong with it, at its own severity (RDFLib/pySHACL#222)",
        """ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:node ex:N ] .
        ex:N sh:severity sh:Info ; sh:nodeKind sh:IRI ; sh:minLength 9 .""",
        ONE,
        ["ex:a, p, 1: Node"],
    ),
    Case(
        "sh:or on a property shape asks of each value by itself (zazuko/rdf-validate-shacl#70)",
        "ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:or ( [ sh:hasValue ex:b ] [ sh:hasValue ex:c ] ) ] .",
        "ex:a ex:p ex:b , ex:d .",
        ["ex:a, p, ex:d: Or"],
    ),
    Case(
        "sh:or within sh:not (RDFLib/pySHACL#74)",
        "ex:S sh:targetClass ex:A ; sh:not [ sh:or ( [ sh:class ex:B ] [ sh:class ex:C ] ) ] .",
        "ex:a a ex:A , ex:B . ex:b a ex:A .",
        ["ex:a, -, ex:a: Not"],
    ),
    Case(
        "sh:not within sh:or (RDFLib/pySHACL#179), and several sh:not (RDFLib/pySHACL#219)",
        """ex:S sh:targetClass ex:A ; sh:or ( [ sh:not [ sh:path ex:p ; sh:hasValue 1 ] ]
            [ sh:path ex:q ; sh:minLength 4 ] ) ; sh:not [ sh:class ex:B ] , [ sh:class ex:C ] .""",
        'ex:a a ex:A ; ex:p 1 ; ex:q "abc" . ex:b a ex:A , ex:B , ex:C ; ex:p 1 ; ex:q "abcd" .',
        ["ex:a, -, ex:a: Or", "ex:b, -, ex:b: Not", "ex:b, -, ex:b: Not"],
    ),
    Case(
        "sh:not of a deactivated shape never holds: everything conforms to that (2.1.6)",
        "ex:S sh:targetNode ex:a ; sh:not [ sh:deactivated true ; sh:class ex:C ] .",
        ONE,
        ["ex:a, -, ex:a: Not"],
    ),
    Case(
        "sh:xone counts members, a shape that is there twice twice; no member of an empty list holds",
        """ex:S sh:targetNode ex:a ; sh:xone ( ex:N ex:N ) , () ; sh:or () ; sh:and () .
        ex:N a sh:NodeShape .""",
        ONE,
        ["ex:a, -, ex:a: Or", "ex:a, -, ex:a: Xone", "ex:a, -, ex:a: Xone"],
    ),
    Case(
        "A member of sh:and may be a property shape",
        "ex:S sh:targetNode ex:a ; sh:and ( [ sh:path ex:p ; sh:minCount 1 ] [ sh:path ex:q ; sh:minCount 1 ] ) .",
        ONE,
        ["ex:a, -, ex:a: And"],
    ),
    Case(
        "sh:qualifiedMinCount is violated where there is no value at all (RDFLib/pySHACL#213)",
        """ex:S sh:targetNode ex:a ; sh:property
            [ sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMinCount 1 ] .""",
        "ex:b ex:p 1 .",
        ["ex:a, p, -: QualifiedMinCount"],
    ),
    Case(
        "Sibling shapes are left out of the count only where the shape says so (rdf-ext/shacl-engine#8)",
        """ex:S sh:targetClass ex:Family ; sh:property
            [ sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMinCount 1 ] ,
            [ sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:D ] ; sh:qualifiedMinCount 1 ;
              sh:qualifiedValueShapesDisjoint true ] .""",
        "ex:a a ex:Family ; ex:p ex:b . ex:b a ex:C , ex:D .",
        ["ex:a, p, -: QualifiedMinCount"],
    ),
    Case(
        "A thumb that is a finger too counts as neither (w3c/data-shapes#47)",
        """ex:S sh:targetClass ex:Hand ; sh:property
            [ sh:path ex:digit ; sh:qualifiedValueShape [ sh:class ex:Thumb ] ;
              sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1 ] ,
            [ sh:path ex:digit ; sh:qualifiedValueShape [ sh:class ex:Finger ] ;
              sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMinCount 2 ; sh:qualifiedMaxCount 2 ] .""",
        """ex:h1 a ex:Hand ; ex:digit [ a ex:Thumb ] , [ a ex:Finger ] , [ a ex:Finger ] .
        ex:h2 a ex:Hand ; ex:digit [ a ex:Thumb , ex:Finger ] , [ a ex:Finger ] , [ a ex:Finger ] .
        ex:h3 a ex:Hand ; ex:digit [ a ex:Thumb , ex:Finger ] , [ a ex:Thumb ] , [ a ex:Finger ] .""",
        ["ex:h2, digit, -: QualifiedMinCount", "ex:h3, digit, -: QualifiedMinCount"],
    ),
    Case(
        "A shape that has a shape's parameters without its path is no part of the siblings of another parent",
        """ex:S sh:targetNode ex:a ; sh:property ex:P . ex:T a sh:NodeShape ; sh:property ex:P , ex:Q .
        ex:P sh:path ex:p ; sh:qualifiedValueShape ex:C1 ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint true .
        ex:Q sh:path ex:q ; sh:qualifiedValueShape ex:D1 ; sh:qualifiedMaxCount 9 .
        ex:C1 sh:class ex:C . ex:D1 sh:class ex:D .""",
        "ex:a ex:p ex:b . ex:b a ex:C , ex:D .",
        ["ex:a, p, -: QualifiedMinCount"],
    ),
    # Targets
    Case(
        "Targets of a shape make one set (2.1.3); those of a shape that another refers to are its own",
        """ex:S sh:targetNode ex:a , 1 ; sh:targetObjectsOf ex:p ; sh:targetSubjectsOf ex:p ;
            sh:targetClass ex:C ; sh:class ex:D ; sh:node ex:N .
        ex:N sh:targetNode ex:z ; sh:nodeKind sh:Literal .""",
        "ex:a a ex:C ; ex:p 1 .",
        ["1, -, 1: Class", "ex:a, -, ex:a: Class", "ex:a, -, ex:a: Node", "ex:z, -, ex:z: NodeKind"],
    ),
    Case(
        "A shape that is a class targets its instances, and those of its subclasses (2.1.3.3)",
        "ex:C a rdfs:Class , sh:NodeShape ; sh:nodeKind sh:Literal .",
        "ex:a a ex:C . ex:b a ex:D . ex:D rdfs:subClassOf ex:E . ex:E rdfs:subClassOf ex:C .",
        ["ex:a, -, ex:a: NodeKind", "ex:b, -, ex:b: NodeKind"],
    ),
    Case(
        "A property shape may have a target of its own",
        "ex:S sh:path ex:p ; sh:targetSubjectsOf ex:p ; sh:maxCount 0 .",
        "_:x ex:p 1 .",
        ["_:x, p, -: MaxCount"],
    ),
    Case(
        "A subclass is one in the data graph, not in the shapes graph",
        "ex:D rdfs:subClassOf ex:C . ex:S sh:targetClass ex:C ; sh:nodeKind sh:Literal .",
        "ex:a a ex:D . ex:b a ex:C .",
        ["ex:b, -, ex:b: NodeKind"],
    ),
    # SPARQL
    Case(
        "A SELECT gives focus node, path and value, or leaves them to the shape (5.3.2)",
        f"""ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql [ {QUERY}SELECT $this (ex:q AS ?path) ?value WHERE {{ $this ex:p ?value }}" ] ,
            [ {QUERY}SELECT ?this WHERE {{ ?this ex:p ?o }}" ] .
        ex:T sh:path ex:p ; sh:targetNode ex:a ; sh:sparql [ {QUERY}SELECT $this WHERE {{ $this $PATH ?o }}" ] .""",
        ONE,
        ["ex:a, -, ex:a: SPARQL", "ex:a, p, -: SPARQL", "ex:a, q, 1: SPARQL"],
    ),
    Case(
        "There is one result for each solution, alike or not (5.3.1)",
        f'ex:S sh:path ( ex:p ex:q ) ; sh:targetNode ex:a ; sh:sparql [ {QUERY}SELECT $this ?value WHERE {{ $this $PATH ?value }}" ] .',
        "ex:a ex:p ex:b , ex:c . ex:b ex:q 1 . ex:c ex:q 1 .",
        ["ex:a, (p/q), 1: SPARQL", "ex:a, (p/q), 1: SPARQL"],
    ),
    Case(
        "Each focus node is asked of by itself: LIMIT, GROUP BY and subqueries",
        f"""ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ;
            sh:sparql [ {QUERY}SELECT $this ?value WHERE {{ $this ex:p ?value }} ORDER BY ?value LIMIT 1" ] ,
            [ {QUERY}SELECT $this (COUNT(?o) AS ?value) WHERE {{ $this ex:p ?o }} GROUP BY $this HAVING (COUNT(?o) > 1)" ] ,
            [ {QUERY}SELECT $this ?value WHERE {{ {{ SELECT $this (MAX(?o) AS ?value) WHERE {{ $this ex:p ?o }} GROUP BY $this }} }}" ] .""",
        "ex:a ex:p 1 , 2 . ex:b ex:p 3 .",
        ["ex:a, -, 1: SPARQL", "ex:a, -, 2: SPARQL", "ex:a, -, 2: SPARQL", "ex:b, -, 3: SPARQL", "ex:b, -, 3: SPARQL"],
    ),
    Case(
        "$this is bound in FILTER, BIND, OPTIONAL, UNION and EXISTS, also to literals and blank nodes (Appendix A)",
        f"""ex:S a sh:NodeShape ; sh:targetNode 1 ; sh:targetSubjectsOf ex:p ;
            sh:sparql [ {QUERY}SELECT $this WHERE {{ FILTER (isLiteral($this) || isBlank($this)) }}" ] ,
            [ {QUERY}SELECT $this ?value WHERE {{ BIND ($this AS ?value) OPTIONAL {{ $this ex:p ?o }} FILTER (bound(?o)) }}" ] ,
            [ {QUERY}SELECT $this WHERE {{ {{ FILTER (isIRI($this)) }} UNION {{ FILTER (isBlank($this)) }} }}" ] ,
            [ {QUERY}SELECT $this WHERE {{ FILTER NOT EXISTS {{ $this ex:p ?o }} }}" ] .""",
        "_:x ex:p 5 .",
        ["1, -, 1: SPARQL", "1, -, 1: SPARQL", *["_:x, -, _:x: SPARQL"] * 3],
    ),
    Case(
        "$currentShape and $shapesGraph (5.3.1)",
        """ex:S a sh:NodeShape ; sh:targetNode ex:a ; ex:limit 3 ; sh:sparql [ sh:prefixes ex:prefixes ;
            sh:select "SELECT $this WHERE { $this ex:p ?o GRAPH $shapesGraph { $currentShape ex:limit ?n } FILTER (?o < ?n) }" ] .""",
        ONE,
        ["ex:a, -, ex:a: SPARQL"],
    ),
    Case(
        "Prefixes come along owl:imports, in rings too (5.2.1)",
        """ex:one owl:imports ex:two . ex:two owl:imports ex:one , ex:prefixes .
        ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql [ sh:prefixes ex:one ;
            sh:select "SELECT $this WHERE { $this ex:p ?o }" ] .""",
        ONE,
        ["ex:a, -, ex:a: SPARQL"],
    ),
    Case(
        "A deactivated SPARQL constraint says nothing (5.3)",
        f'ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql [ sh:deactivated true ; {QUERY}SELECT $this WHERE {{ $this ex:p ?o }}" ] .',
        ONE,
        [],
    ),
    Case(
        "A word of SPARQL in a text, a comment or a name is no word of SPARQL",
        f"""ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql [ {QUERY}SELECT $this WHERE {{ $this ex:p ?o . # MINUS VALUES \\n FILTER (?o != 'MINUS {{ VALUES }} $this' && ?o != ex:values && ?o != ex:MINUS) }}" ] .""",
        ONE,
        ["ex:a, -, ex:a: SPARQL"],
    ),
    # Components
    Case(
        "An ASK is asked of each value node, with optional parameters or without (6.3)",
        """ex:K a sh:ConstraintComponent ; sh:labelTemplate "At most {$limit}" ;
            sh:parameter [ sh:path ex:limit ] , [ sh:path ex:except ; sh:optional true ] ;
            sh:validator [ a sh:SPARQLAskValidator ; sh:ask
                "ASK { FILTER (STRLEN(STR($value)) <= $limit || (bound($except) && $value = $except)) }" ] .
        ex:S sh:targetNode "abc" ; ex:limit 2 . ex:T sh:targetNode "abc" ; ex:limit 2 ; ex:except "abc" .
        ex:U sh:targetNode ex:a ; sh:property [ sh:path ex:p ; ex:limit 0 ] . ex:V sh:targetNode "abc" ; ex:except "d" .""",
        ONE,
        ['"abc", -, "abc": K', "ex:a, p, 1: K"],
    ),
    Case(
        "An ASK compares the value of a literal, however it is written",
        """ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:above ] ;
            sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER ($value > $above) }" ] .
        ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; ex:above 1 ] .""",
        'ex:a ex:p "02"^^xsd:integer , "3"^^xsd:nonNegativeInteger , 2 .',
        [],
    ),
    Case(
        "Nor does it matter how a parameter is written, to what looks at its value",
        """ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:above ] ;
            sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER ($value > $above) }" ] .
        ex:L a sh:ConstraintComponent ; sh:parameter [ sh:path ex:below ] ;
            sh:propertyValidator [ a sh:SPARQLSelectValidator ; sh:select
                "SELECT $this ?value WHERE { $this $PATH ?value FILTER (?value >= $below) }" ] .
        ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; ex:above "01"^^xsd:integer ; ex:below "02"^^xsd:integer ] .""",
        "ex:a ex:p 2 .",
        ["ex:a, p, 2: L"],
    ),
    Case(
        "A component has validators of node shapes and of property shapes; without a fit one it is ignored (6.2.3)",
        """ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:banned ] ;
            sh:nodeValidator [ a sh:SPARQLSelectValidator ; sh:select "SELECT $this WHERE { $this $banned ?o }" ] .
        ex:L a sh:ConstraintComponent ; sh:parameter [ sh:path ex:wanted ] ;
            sh:propertyValidator [ a sh:SPARQLSelectValidator ; sh:select
                "SELECT $this WHERE { FILTER NOT EXISTS { $this $PATH $wanted } }" ] .
        ex:S sh:targetNode ex:a ; ex:banned ex:p ; ex:wanted 2 ; sh:property [ sh:path ex:p ; ex:banned ex:p ; ex:wanted 2 ] .""",
        ONE,
        ["ex:a, -, ex:a: K", "ex:a, p, -: L"],
    ),
    Case(
        "Each value of a component's only parameter is a constraint (2.1.1)",
        """ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:limit ] ; sh:validator
            [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER (STRLEN(STR($value)) <= $limit) }" ] .
        ex:S sh:targetNode "abc" ; ex:limit 1 , 2 , 3 .""",
        ONE,
        ['"abc", -, "abc": K', '"abc", -, "abc": K'],
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_shapes_and_data_give_the_results_that_the_specification_demands(case: Case) -> None:
    assert told(case.shapes, case.data) == sorted(case.results)


# Shapes that are not well-formed (SHACL, 3.4.2 and 4)

ASK = 'sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK {}" ]'
BROKEN = {
    # what a parameter may be
    "minCount as text": 'ex:S sh:path ex:p ; sh:minCount "x" .',
    "minCount as a string": 'ex:S sh:path ex:p ; sh:minCount "1" .',
    "minCount as a decimal": "ex:S sh:path ex:p ; sh:minCount 1.0 .",
    "minCount ill-typed": 'ex:S sh:path ex:p ; sh:minCount "x"^^xsd:integer .',
    "minCount below zero": "ex:S sh:path ex:p ; sh:minCount -1 .",
    "maxCount below zero": "ex:S sh:path ex:p ; sh:maxCount -1 .",
    "maxLength below zero": "ex:S sh:maxLength -1 .",
    "qualifiedMinCount below zero": "ex:S sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMinCount -1 .",
    "minCount twice": "ex:S sh:path ex:p ; sh:minCount 1 , 2 .",
    "minCount on a node shape": "ex:S sh:minCount 1 .",
    "uniqueLang on a node shape": "ex:S sh:uniqueLang true .",
    "lessThan on a node shape": "ex:S sh:lessThan ex:p .",
    "qualifiedValueShape on a node shape": "ex:S sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMinCount 1 .",
    "qualifiedMinCount as text": 'ex:S sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMinCount "x" .',
    "a parameter that is none": "ex:S sh:mincount 1 .",
    "class as text": 'ex:S sh:class "C" .',
    "class as a blank node": "ex:S sh:class [] .",
    "datatype as text": 'ex:S sh:datatype "xsd:date" .',
    "datatype twice": "ex:S sh:datatype xsd:date , xsd:gYear .",
    "nodeKind that is none": "ex:S sh:nodeKind sh:Iri .",
    "nodeKind as text": 'ex:S sh:nodeKind "IRI" .',
    "minInclusive as an IRI": "ex:S sh:minInclusive ex:a .",
    "minInclusive twice": "ex:S sh:minInclusive 1 , 2 .",
    "pattern that is no regular expression": 'ex:S sh:pattern "(" .',
    "pattern as an IRI": "ex:S sh:pattern ex:p .",
    "pattern with a language": 'ex:S sh:pattern "a"@en .',
    "flags that are none": 'ex:S sh:pattern "a" ; sh:flags "z" .',
    "pattern twice": 'ex:S sh:pattern "a" , "b" .',
    "languageIn as text": 'ex:S sh:languageIn "en" .',
    "languageIn of IRIs": "ex:S sh:languageIn ( ex:en ) .",
    "languageIn twice": 'ex:S sh:languageIn ( "en" ) , ( "fr" ) .',
    "uniqueLang as text": 'ex:S sh:path ex:p ; sh:uniqueLang "true" .',
    "uniqueLang as a number": "ex:S sh:path ex:p ; sh:uniqueLang 1 .",
    "equals as text": 'ex:S sh:equals "p" .',
    "lessThan as a blank node": "ex:S sh:path ex:p ; sh:lessThan [] .",
    "in that is no list": "ex:S sh:in ex:a .",
    "in twice": "ex:S sh:in ( 1 ) , ( 2 ) .",
    "closed as text": 'ex:S sh:closed "true" .',
    "ignoredProperties that are no list": "ex:S sh:closed true ; sh:ignoredProperties rdf:type .",
    "ignoredProperties of text": 'ex:S sh:closed true ; sh:ignoredProperties ( "p" ) .',
    "deactivated as text": 'ex:S sh:deactivated "maybe" ; sh:class ex:C .',
    "deactivated twice": "ex:S sh:deactivated true , false ; sh:class ex:C .",
    "severity as text": 'ex:S sh:severity "high" ; sh:class ex:C .',
    "severity twice": "ex:S sh:severity sh:Info , sh:Warning ; sh:class ex:C .",
    "message as an IRI": "ex:S sh:message ex:m ; sh:class ex:C .",
    "message as a number": "ex:S sh:message 1 ; sh:class ex:C .",
    "targetClass as text": 'ex:S sh:targetClass "C" .',
    "targetSubjectsOf as text": 'ex:S sh:targetSubjectsOf "p" .',
    "targetObjectsOf a blank node": "ex:S sh:targetObjectsOf [] .",
    "a blank node that is a class and a shape": "[] a rdfs:Class , sh:NodeShape ; sh:class ex:C .",
    # parameters that stand idle
    "qualifiedMaxCount as text, without its shape": 'ex:S sh:path ex:p ; sh:qualifiedMaxCount "x" .',
    "qualifiedValueShapesDisjoint as an IRI, without its shape": "ex:S sh:path ex:p ; sh:qualifiedValueShapesDisjoint ex:x .",
    "qualifiedMinCount without its shape": "ex:S sh:path ex:p ; sh:qualifiedMinCount 1 .",
    "qualifiedValueShape without a count": "ex:S sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:C ] .",
    "ignoredProperties that are no list, of an open shape": "ex:S sh:ignoredProperties rdf:type .",
    "flags as a number, without a pattern": "ex:S sh:flags 1 .",
    # lists
    "a list without an end": "ex:S sh:in [ rdf:first 1 ] .",
    "a list without a first": "ex:S sh:in [ rdf:rest () ] .",
    "a list with two firsts": "ex:S sh:in [ rdf:first 1 , 2 ; rdf:rest () ] .",
    "a list with two rests": "ex:S sh:in [ rdf:first 1 ; rdf:rest () , ( 2 ) ] .",
    "a list in a ring": "ex:S sh:in _:l . _:l rdf:first 1 ; rdf:rest _:l .",
    "a list that ends in text": 'ex:S sh:or [ rdf:first [ sh:class ex:C ] ; rdf:rest "" ] .',
    # paths
    "no path": "ex:S a sh:PropertyShape ; sh:class ex:C .",
    "two paths": "ex:S sh:path ex:p , ex:q ; sh:class ex:C .",
    "a node shape with a path": "ex:S a sh:NodeShape ; sh:path ex:p ; sh:class ex:C .",
    "a path as text": 'ex:S sh:path "p" ; sh:class ex:C .',
    "a path that says nothing": "ex:S sh:path [] ; sh:class ex:C .",
    "a sequence of one": "ex:S sh:path ( ex:p ) ; sh:class ex:C .",
    "one alternative": "ex:S sh:path [ sh:alternativePath ( ex:p ) ] ; sh:class ex:C .",
    "alternatives that are no list": "ex:S sh:path [ sh:alternativePath ex:p ] ; sh:class ex:C .",
    "text backwards": 'ex:S sh:path [ sh:inversePath "p" ] ; sh:class ex:C .',
    "two kinds of path in one": "ex:S sh:path [ sh:inversePath ex:p ; sh:zeroOrMorePath ex:p ] ; sh:class ex:C .",
    "two inverse paths in one": "ex:S sh:path [ sh:inversePath ex:p , ex:q ] ; sh:class ex:C .",
    "a path of itself": "ex:S sh:path _:p ; sh:class ex:C . _:p sh:inversePath _:p .",
    # shapes within shapes
    "node as text": 'ex:S sh:node "N" .',
    "node that is a property shape": "ex:S sh:node [ sh:path ex:p ; sh:minCount 1 ] .",
    "not as text": 'ex:S sh:not "N" .',
    "property as text": 'ex:S sh:property "P" .',
    "property that is a node shape": "ex:S sh:property [ sh:class ex:C ] .",
    "or of text": 'ex:S sh:or ( "a" ) .',
    "and that is no list": "ex:S sh:and [ sh:class ex:C ] .",
    # SPARQL
    "sparql as text": 'ex:S sh:sparql "SELECT" .',
    "no query": "ex:S sh:sparql [ ] .",
    "a query that does not parse": 'ex:S sh:sparql [ sh:select "SELECT $this WHERE {" ] .',
    "a query as an IRI": "ex:S sh:sparql [ sh:select ex:q ] .",
    "two queries": 'ex:S sh:sparql [ sh:select "SELECT $this { $this ?p 1 }" , "SELECT $this { $this ?p 2 }" ] .',
    "an ASK where a SELECT is due": 'ex:S sh:sparql [ sh:select "ASK { $this ?p ?o }" ] .',
    "a query without $this": 'ex:S sh:sparql [ sh:select "SELECT ?o WHERE { ?s ?p ?o }" ] .',
    "a prefix that is not declared": 'ex:S sh:sparql [ sh:select "SELECT $this { $this none:p ?o }" ] .',
    "a prefix declared twice": """ex:S sh:sparql [ sh:prefixes ex:prefixes , ex:more ; sh:select "SELECT $this { $this ex:p 1 }" ] .
        ex:more sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.com/"^^xsd:anyURI ] .""",
    "a declaration without a namespace": """ex:S sh:sparql [ sh:prefixes ex:more ; sh:select "SELECT $this { $this ?p 1 }" ] .
        ex:more sh:declare [ sh:prefix "more" ] .""",
    "MINUS": 'ex:S sh:sparql [ sh:select "SELECT $this { $this ?p ?o MINUS { $this ?p 1 } }" ] .',
    "VALUES": 'ex:S sh:sparql [ sh:select "SELECT $this { $this ?p ?o } VALUES ?o { 1 }" ] .',
    "SERVICE": 'ex:S sh:sparql [ sh:select "SELECT $this { SERVICE <http://example.org/> { $this ?p ?o } }" ] .',
    "a subquery without $this": 'ex:S sh:sparql [ sh:select "SELECT $this { { SELECT ?o { ?s ?p ?o } } $this ?q ?o }" ] .',
    "$this assigned": 'ex:S sh:sparql [ sh:select "SELECT $this { BIND (1 AS $this) }" ] .',
    "$PATH outside a triple pattern": 'ex:S sh:path ex:p ; sh:sparql [ sh:select "SELECT $this { $this $PATH ?o FILTER (bound($PATH)) }" ] .',
    "$PATH on a node shape": 'ex:S a sh:NodeShape ; sh:sparql [ sh:select "SELECT $this { $this $PATH ?o }" ] .',
    # components
    "a component without parameters": f"ex:K a sh:ConstraintComponent ; {ASK} .",
    "a component with optional parameters only": f"ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:k ; sh:optional true ] ; {ASK} .",
    "a parameter without a path": f"ex:K a sh:ConstraintComponent ; sh:parameter [ ] ; {ASK} .",
    "a parameter named this": f"ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:this ] ; {ASK} .",
    "a parameter named value": f"ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:value ] ; {ASK} .",
    "two parameters of one name": f"ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:k ] , [ sh:path rdf:k ] ; {ASK} .",
    "a validator without a query": "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:k ] ; sh:validator [ a sh:SPARQLAskValidator ] .",
    "a SELECT where an ASK is due": """ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:k ] ;
        sh:validator [ a sh:SPARQLAskValidator ; sh:ask "SELECT $this { $this ?p ?o }" ] .""",
    "a parameter that its query assigns": """ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:k ] ;
        sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { BIND (1 AS ?k) }" ] .""",
    "several values of one of two parameters": f"""ex:K a sh:ConstraintComponent ;
        sh:parameter [ sh:path ex:k ] , [ sh:path ex:l ] ; {ASK} . ex:S ex:k 1 , 2 ; ex:l 1 .""",
}  # fmt: skip


@pytest.mark.parametrize("shapes", BROKEN.values(), ids=BROKEN.keys())
def test_shapes_that_are_not_well_formed_are_refused(shapes: str) -> None:
    with pytest.raises(DataError):
        validate(shapes + " ex:S sh:targetNode ex:a .", ONE)


@pytest.mark.parametrize(
    "shapes",
    [
        "ex:S sh:node ex:S .",
        "ex:S sh:node ex:T . ex:T sh:property ex:P . ex:P sh:path ex:p ; sh:node ex:S .",
        "ex:S sh:property ex:P . ex:P sh:path ex:p ; sh:property ex:P .",
        "ex:S sh:not [ sh:or ( [ sh:class ex:C ] [ sh:and ( ex:S ) ] ) ] .",
        "ex:S sh:xone ( ex:T ) . ex:T sh:path ex:p ; sh:qualifiedValueShape ex:S ; sh:qualifiedMinCount 1 .",
    ],
)
def test_shapes_that_refer_to_themselves_are_refused_by_name(shapes: str) -> None:
    """SHACL leaves their meaning open (3.4.3)."""
    with pytest.raises(DataError, match=r"http://example\.org/[SP]"):
        validate(shapes + " ex:S sh:targetNode ex:a .", ONE)


def test_a_shape_that_two_shapes_refer_to_is_no_recursion() -> None:
    shapes = "ex:S sh:targetNode ex:a ; sh:node ex:T ; sh:and ( ex:T ex:U ) . ex:U sh:node ex:T . ex:T sh:class ex:C ."

    assert told(shapes, ONE) == ["ex:a, -, ex:a: And", "ex:a, -, ex:a: Node"]


# Messages (SHACL, 2.1.5 and 5.3.2)

COMPONENT = """ex:K a sh:ConstraintComponent ; sh:message "component {$limit}" ; sh:parameter [ sh:path ex:limit ] ;
    sh:validator ex:V . ex:V a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER (STRLEN(STR($value)) <= $limit) }" ."""


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ('ex:S sh:class ex:C ; sh:message "no"@en , "non"@fr .', {"en": "no", "fr": "non"}),
        (f'ex:S a sh:NodeShape ; sh:message "shape"@en ; sh:sparql [ sh:message "{{?value}} of {{$this}}: {{?more}}, {{?none}}"@en ; {QUERY}SELECT $this ?value (2 AS ?more) WHERE {{ $this ex:p ?value }}" ] .',
         {"en": "1 of http://example.org/a: 2, {?none}"}),
        (f'ex:S a sh:NodeShape ; sh:message "of {{$this}}"@en ; sh:sparql [ {QUERY}SELECT $this WHERE {{ $this ex:p ?o }}" ] .',
         {"en": "of http://example.org/a"}),
        (f"""ex:S a sh:NodeShape ; sh:sparql [ sh:message "no"@en ; {QUERY}SELECT $this ('bound' AS ?message) WHERE {{ $this ex:p ?o }}" ] .""",
         {"en": "bound"}),
        (COMPONENT + ' ex:V sh:message "validator {$limit} {?value}"@en . ex:S ex:limit 2 .',
         {"en": "validator 2 http://example.org/a"}),
        (COMPONENT + " ex:S ex:limit 2 .", {"en": "component 2"}),
    ],
)  # fmt: skip
def test_a_result_says_what_its_constraint_or_shape_says(
    shapes: str, message: dict[str, str]
) -> None:
    (result,) = validate(shapes + " ex:S sh:targetNode ex:a .", ONE).results

    assert result.message == message


def test_a_query_that_says_failure_stops_the_validation() -> None:
    """SHACL, 5.3.1."""
    query = f'{QUERY}SELECT $this ?failure WHERE {{ $this ex:p ?o BIND (true AS ?failure) }}"'

    with pytest.raises(DataError):
        validate(f"ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:sparql [ {query} ] .", ONE)


def test_the_severity_is_that_of_the_shape_that_declares_the_constraint() -> None:
    """SHACL, 2.1.4 and 3.6.2.7."""
    shapes = """ex:S sh:targetNode ex:a ; sh:severity sh:Info ; sh:class ex:C ;
        sh:property [ sh:path ex:p ; sh:maxCount 0 ] ,
            [ sh:path ex:p ; sh:class ex:C ; sh:severity sh:Warning ] ."""

    found = {
        r.component.value.removeprefix(SH): r.severity
        for r in validate(shapes, ONE).results
        if r.result_path
    }

    assert found == {"MaxCountConstraintComponent": "error", "ClassConstraintComponent": "warning"}
