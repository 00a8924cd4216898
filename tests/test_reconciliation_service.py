"""The Reconciliation Service API 0.2, rule by rule, and what bad requests get."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_reconciliation import ID, IMT, UTS, alias, matcher, ours, record

from coopera.reconciliation import BATCH, LARGEST, Matcher, Reply, answer
from coopera.reconciliation.preview import HEIGHT, WIDTH

HOST = "http://127.0.0.1:8001"


def ask(
    path: str = "",
    query: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
    method: str = "",
    language: str = "en",
    by: Matcher | None = None,
) -> Reply:
    method = method or ("POST" if form is not None else "GET")
    fields = list((query or {}).items()), list((form or {}).items())
    return answer(ours() if by is None else by, path, method, *fields, language, HOST)


def document(reply: Reply) -> Any:
    assert (reply.status, reply.media_type) == (200, "application/json")
    return json.loads(reply.body)


def batch(**queries: object) -> Any:
    return document(ask(form={"queries": json.dumps(queries)}))


def one(query: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = batch(q0=query)["q0"]["result"]
    return found


def extend(ids: list[str], *properties: object, language: str = "en") -> Any:
    asked = {"ids": ids, "properties": properties}
    return document(ask(form={"extend": json.dumps(asked)}, language=language))


def problem(reply: Reply) -> dict[str, Any]:
    assert reply.media_type == "application/problem+json"
    told: dict[str, Any] = json.loads(reply.body)
    assert told["status"] == reply.status >= 400
    assert told["title"]
    assert told["detail"].endswith(".")
    assert told["remedy"]
    return told


# --- Manifest ------------------------------------------------------------------------------------


def test_the_endpoint_without_parameters_gives_the_manifest() -> None:
    manifest = document(ask())

    assert manifest["versions"] == ["0.2"]
    assert manifest["name"] == "Coopera: institutions and organizations"
    assert manifest["identifierSpace"] == ID
    assert manifest["schemaSpace"] == "https://w3id.org/coopera/ontology#"
    assert manifest["batchSize"] == BATCH
    assert [kind["id"] for kind in manifest["defaultTypes"]] == [
        "coop:Institution",
        "coop:School",
        "org:Organization",
    ]


def test_each_type_of_the_manifest_has_a_name_and_those_right_above_it() -> None:
    school = document(ask())["defaultTypes"][1]

    assert school["name"] == "School"
    assert [kind["id"] for kind in school["broader"]] == ["coop:Institution"]


def test_the_manifest_reads_well_in_french() -> None:
    manifest = document(ask(language="fr"))

    assert manifest["name"] == "Coopera\u00a0: établissements et organismes"
    assert manifest["defaultTypes"][0]["name"] == "Établissement"
    assert manifest["extend"]["property_settings"][1]["label"] == "Langue des noms"


def test_the_manifest_says_that_ror_is_there() -> None:
    manifest = document(ask(by=matcher("", record(1, "Alpha"))))

    assert manifest["name"] == "Coopera: institutions and organizations, with ROR"


@pytest.mark.parametrize("encoded", [False, True], ids=["as it is", "encoded"])
@pytest.mark.parametrize("place", ["view", "preview"])
def test_an_id_in_a_template_gives_a_url_that_is_answered(place: str, encoded: bool) -> None:
    """The specification encodes the id as a URI component; OpenRefine puts it in as it is."""
    template = document(ask())[place]["url"]
    assert template.count("{{id}}") == 1

    url = template.replace("{{id}}", quote(UTS, safe="") if encoded else UTS)
    endpoint, _, query = url.partition("?")
    (_, value) = query.split("=", 1)

    assert endpoint.startswith(f"{HOST}/reconcile")
    path = endpoint.removeprefix(f"{HOST}/reconcile")
    value = value if not encoded else UTS
    assert ask(path, {"id": value}).status in (200, 303)


@pytest.mark.parametrize("kind", ["entity", "property", "type"])
def test_the_manifest_leads_to_each_suggest_service_and_its_flyouts(kind: str) -> None:
    service = document(ask())["suggest"][kind]

    suggest = service["service_url"] + service["service_path"]
    flyout = service["flyout_service_url"] + service["flyout_service_path"]

    assert document(ask(suggest.removeprefix(f"{HOST}/reconcile"), {"prefix": "s"}))["result"]
    assert "${id}" in flyout
    assert "?" not in suggest  # clients add theirs


def test_the_urls_of_the_manifest_keep_its_language() -> None:
    text = ask(language="fr").body.decode()

    assert f"{HOST}/reconcile/fr/suggest/" in text.replace('", "service_path": "', "")
    assert "/reconcile/en" not in text


@pytest.mark.parametrize(("path", "query"), [("/fr", {}), ("", {"lang": "fr"}), ("/fr/", {})])
def test_a_language_in_the_path_or_the_query_goes_before_that_of_the_browser(
    path: str, query: dict[str, str]
) -> None:
    reply = ask(path, query, language="en")

    assert "établissements" in document(reply)["name"]
    assert "vary" not in reply.headers


def test_an_answer_in_the_language_of_the_browser_says_so() -> None:
    assert ask(language="fr").headers["vary"] == "Accept-Language"


def test_another_base_is_the_identifier_space() -> None:
    other = Matcher.of([], ours().prefixes, "https://example.org/")

    assert document(ask(by=other))["identifierSpace"] == "https://example.org/id/"


# --- Cross-origin access -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("", {}), ("", {"queries": "{"}), ("/suggest/entity", {"prefix": "i"}),
        ("/preview", {"id": UTS}), ("/view", {"id": UTS}), ("/properties", {}), ("/no", {}),
        ("/flyout/type", {"id": "coop:School"}),
    ],
)  # fmt: skip
def test_every_answer_may_be_read_from_any_origin(path: str, query: dict[str, str]) -> None:
    headers = ask(path, query).headers

    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" in headers
    assert all(value.isascii() and value.isprintable() for value in headers.values())


@pytest.mark.parametrize("path", ["", "/suggest/entity"])
def test_a_preflight_is_answered(path: str) -> None:
    reply = ask(path, method="OPTIONS")

    assert (reply.status, reply.body) == (204, b"")
    assert ("POST" in reply.headers["access-control-allow-methods"]) == (path == "")


def test_jsonp_is_refused() -> None:
    assert "CORS" in problem(ask(query={"callback": "f"}))["remedy"]


# --- Reconciliation queries ----------------------------------------------------------------------


def test_a_batch_is_answered_key_by_key_by_get_and_by_post() -> None:
    queries = {
        "queries": json.dumps({"a": {"query": "UTS"}, "ß": {"query": "zzzz"}, "": {"query": "IMT"}})
    }

    got, posted = document(ask(query=queries)), document(ask(form=queries))

    assert got == posted
    assert list(got) == ["a", "ß", ""]
    assert got["ß"] == {"result": []}
    assert got["a"]["result"][0]["id"] == UTS


def test_a_candidate_has_the_fields_of_the_specification() -> None:
    first = one({"query": "University of Technology Sydney"})[0]

    assert first["id"] == UTS
    assert first["name"] == "University of Technology Sydney"
    assert first["description"] == "university · Australia"
    assert first["score"] == 100
    assert first["match"] is True
    assert first["type"][0] == {"id": "coop:Institution", "name": "Institution"}
    ids = [feature["id"] for feature in first["features"]]
    assert len(ids) == len(set(ids))
    assert all(isinstance(f["value"], bool | int | float) for f in first["features"])


def test_candidates_are_sorted_and_at_most_one_matches() -> None:
    found = one({"query": "Institut Mines-Télécom", "limit": 20})

    assert [c["score"] for c in found] == sorted((c["score"] for c in found), reverse=True)
    assert [c["match"] for c in found].count(True) == 1


def test_an_id_as_the_query_gives_that_entity() -> None:
    assert one({"query": UTS})[0]["id"] == UTS


def test_a_query_in_a_batch_does_not_change_another() -> None:
    alone = one({"query": "mines"})

    assert batch(x={"query": "telecom"}, q0={"query": "mines"})["q0"]["result"] == alone


def test_a_limit_is_kept() -> None:
    assert len(one({"query": "institut", "limit": 2})) == 2
    assert len(one({"query": "institut", "limit": 2.0})) == 2
    assert len(one({"query": "institut", "limit": 10**6})) < 100


@pytest.mark.parametrize("kind", ["coop:School", ["coop:School"], ["no:Such", "coop:School"]])
def test_a_type_is_one_id_or_a_list(kind: object) -> None:
    found = one({"query": "telecom", "type": kind})

    assert found
    assert all(c["type"][0]["id"] == "coop:School" for c in found)


def test_a_type_as_openrefine_sends_it_lowers_scores_only() -> None:
    found = one({"query": "Institut Mines-Télécom", "type": "coop:School", "type_strict": "should"})

    assert {"coop:Institution", "coop:School"} < {c["type"][0]["id"] for c in found}
    assert found[0]["id"] == IMT
    assert not found[0]["match"]


@pytest.mark.parametrize(
    "value", ["Australie", "AU", ["FR", "au"], {"id": "https://w3id.org/coopera/concept/country/au"},
              {"id": "x", "name": "Australia"}],
)  # fmt: skip
def test_a_property_takes_texts_lists_and_entities(value: object) -> None:
    first = one({"query": "UTS", "properties": [{"pid": "schema:location", "v": value}]})[0]

    assert {"id": "schema:location", "value": True} in first["features"]
    assert first["match"] is True


@pytest.mark.parametrize("value", [1988, 1988.0, "1988", "1988-01-01"])
def test_a_property_takes_numbers(value: object) -> None:
    first = one({"query": "UTS", "properties": [{"pid": "schema:foundingDate", "v": value}]})[0]

    assert {"id": "schema:foundingDate", "value": True} in first["features"]


def test_an_entity_matched_before_is_a_value() -> None:
    pid = "coop:memberSchoolOf"

    value = {"id": IMT, "name": "IMT"}

    first = one({"query": "Telecom Pariss", "properties": [{"pid": pid, "v": value}]})[0]

    assert {"id": pid, "value": True} in first["features"]
    assert first["score"] > one({"query": "Telecom Pariss"})[0]["score"]


def test_an_unknown_property_changes_nothing() -> None:
    plain = one({"query": "UTS"})

    assert one({"query": "UTS", "properties": [{"pid": "no:such", "v": True}]}) == plain


def test_properties_may_stand_without_a_query() -> None:
    found = one({"properties": [{"pid": "coop:grid", "v": "grid.117476.2"}]})

    assert [c["id"] for c in found] == [UTS]


@pytest.mark.parametrize(
    "query",
    [
        "UTS", None, [], {}, {"query": ""}, {"query": 7}, {"query": "x", "limit": 0},
        {"query": "x", "limit": -1}, {"query": "x", "limit": 1.5}, {"query": "x", "limit": True},
        {"query": "x", "limit": "5"}, {"query": "x", "type": 7}, {"query": "x", "type": [7]},
        {"query": "x", "type": ["t"] * 21}, {"query": "x", "type_strict": "must"},
        {"query": "x", "types": ["t"]}, {"query": "x", "properties": {}, "limit": 1} | {"properties": {"a": 1}},
        {"query": "x", "properties": [{"pid": "p"}]}, {"query": "x", "properties": [{"v": "p"}]},
        {"query": "x", "properties": [{"pid": "p", "v": [["deep"]]}]},
        {"query": "x", "properties": [{"pid": "p", "v": {"name": "no id"}}]},
        {"query": "x", "properties": [{"pid": "p", "v": ["v"] * 21}]},
        {"query": "x", "properties": [{"pid": "p", "v": "v"}] * 11},
        {"properties": []},
    ],
)  # fmt: skip
def test_a_query_of_another_form_is_refused_by_its_key(query: object) -> None:
    reply = ask(form={"queries": json.dumps({"fine": {"query": "x"}, "wrong": query})})

    assert reply.status == 400
    assert "'wrong'" in problem(reply)["detail"]


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "7", "UTS", '{"q0": {"query": "x"}', '{"q0": NaN}', "[" * 100_000,
        '{"q0":' * 100_000, '{"q0": {"query": "x", "limit": ' + "9" * 5000 + "}}", "\ud800",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["queries", "extend"])
def test_what_is_no_json_object_is_refused(name: str, text: str) -> None:
    reply = ask(form={name: text})

    assert reply.status == 400
    problem(reply)


def test_as_many_queries_as_announced_are_answered_and_one_more_is_too_many() -> None:
    queries = {f"q{n}": {"query": "x"} for n in range(BATCH)}

    assert len(batch(**queries)) == BATCH
    reply = ask(form={"queries": json.dumps(queries | {"more": {"query": "x"}})})
    assert reply.status == 413
    assert str(BATCH) in problem(reply)["remedy"]


@pytest.mark.parametrize("name", ["queries", "extend"])
def test_a_request_that_is_too_long_is_refused_before_it_is_read(name: str) -> None:
    assert ask(form={name: "[" * (LARGEST + 1)}).status == 413


def test_half_a_character_in_a_key_comes_back_as_it_was() -> None:
    assert list(document(ask(form={"queries": '{"\\ud800": {"query": "\\udfff"}}'}))) == ["\ud800"]


def test_a_long_text_is_looked_up_by_its_beginning() -> None:
    assert one({"query": "University of Technology Sydney " + "x" * 200_000}) is not None


@pytest.mark.parametrize(
    ("query", "form", "method"),
    [
        ({}, {}, "POST"), ({"query": "UTS"}, None, "GET"), ({"queries": "{}"}, {}, "POST"),
        ({"queries": "{}", "extend": "{}"}, None, "GET"), ({}, {"query": "{}"}, "POST"),
    ],
)  # fmt: skip
def test_a_request_without_queries_says_how_to_write_them(
    query: dict[str, str], form: dict[str, str] | None, method: str
) -> None:
    reply = ask("", query, form, method)

    assert reply.status == 400
    problem(reply)


def test_a_parameter_that_is_there_twice_is_refused() -> None:
    twice = [("queries", "{}"), ("queries", "{}")]

    assert answer(ours(), "", "GET", twice, [], "en", HOST).status == 400
    assert answer(ours(), "", "POST", [], twice, "en", HOST).status == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "get", ""])
def test_other_methods_are_refused(method: str) -> None:
    reply = answer(ours(), "", method, [], [], "en", HOST)

    assert reply.status == 405
    assert reply.headers["allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize(
    "path", ["/no", "/suggest", "/suggest/no", "/fr/en", "/preview/x", "/../etc"]
)
def test_there_is_nothing_at_other_paths(path: str) -> None:
    assert ask(path, {"prefix": "x", "id": UTS}).status == 404


def test_parameters_that_say_nothing_leave_the_manifest() -> None:
    assert document(ask(query={"_": "1700000000"}))["versions"] == ["0.2"]


# --- Suggest -------------------------------------------------------------------------------------


def suggested(kind: str, prefix: str, **more: str) -> list[dict[str, Any]]:
    language = more.pop("language", "en")
    reply = ask(f"/suggest/{kind}", {"prefix": prefix} | more, language=language)
    found: list[dict[str, Any]] = document(reply)["result"]
    return found


@pytest.mark.parametrize(
    "prefix",
    [
        "University of Technology Sydney",
        "univ",
        "UNIVERSITY OF tech",
        "UTS",
        UTS,
        "Q1145731",
        "Université de Technologie Sydney",
    ],
)
def test_the_beginning_of_a_name_or_an_id_suggests_its_entity(prefix: str) -> None:
    found = {item["id"]: item for item in suggested("entity", prefix)}

    assert found[UTS]["name"] == "University of Technology Sydney"
    assert found[UTS]["description"] == "university · Australia"
    assert found[UTS]["notable"][0]["id"] == "coop:Institution"


def test_a_name_that_begins_so_comes_before_one_that_is_like_it() -> None:
    assert suggested("entity", "imt atl")[0]["name"] == "IMT Atlantique"


def test_a_cursor_skips_suggestions() -> None:
    every = [item["id"] for item in suggested("entity", "i")]
    pages = [
        item["id"]
        for at in range(0, 60, 7)
        for item in suggested("entity", "i", cursor=str(at))[:7]
    ]

    assert pages[: len(every)] == every
    assert len(pages) == len(set(pages))
    assert suggested("entity", "i", cursor="100000") == []


def test_ours_are_suggested_before_those_of_ror() -> None:
    both = matcher(
        'institution:z a coop:Institution ; skos:prefLabel "Universitas Zeta Longa"@en .',
        record(1, "Universitas"),
    )

    found = document(ask("/suggest/entity", {"prefix": "uni"}, by=both))["result"]

    assert [item["name"] for item in found] == ["Universitas Zeta Longa", "Universitas"]


@pytest.mark.parametrize(
    ("prefix", "language", "expected"),
    [("pay", "fr", "schema:location"), ("country", "en", "schema:location"), ("schema:loc", "en", "schema:location"),
     ("iden", "fr", "ror"), ("isni", "fr", "coop:isni"), ("", "en", "skos:prefLabel")],
)  # fmt: skip
def test_a_property_is_suggested_by_its_name_and_id(
    prefix: str, language: str, expected: str
) -> None:
    assert expected in [item["id"] for item in suggested("property", prefix, language=language)]


@pytest.mark.parametrize(
    ("prefix", "language"), [("Schoo", "en"), ("écol", "fr"), ("ECOLE", "fr"), ("coop:Sch", "en"), ("https://w3id.org/coopera/ontology#School", "en")]
)  # fmt: skip
def test_a_type_is_suggested_by_its_name_and_id(prefix: str, language: str) -> None:
    assert [item["id"] for item in suggested("type", prefix, language=language)] == ["coop:School"]


def test_ids_of_types_and_properties_need_no_encoding_in_a_url() -> None:
    """OpenRefine writes them as they are behind `?type=`, where `#` would end the URL."""
    ids = [item["id"] for kind in ("type", "property") for item in suggested(kind, "")]

    assert all(re.fullmatch(r"[A-Za-z:-]+", one) for one in ids)


@pytest.mark.parametrize(
    "query", [{}, {"prefix": "a", "cursor": "-1"}, {"prefix": "a", "cursor": "x"}, {"prefix": "a", "cursor": "9" * 5000},
              {"prefix": "a", "cursor": "²"}]
)  # fmt: skip
def test_a_suggest_query_of_another_form_is_refused(query: dict[str, str]) -> None:
    assert problem(ask("/suggest/entity", query))["status"] == 400


# --- Flyouts, previews and views -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [("entity", UTS, "university · Australia"), ("property", "schema:location", "country"), ("type", "coop:School", "School")],
)  # fmt: skip
def test_a_flyout_gives_the_id_and_a_fragment(kind: str, value: str, told: str) -> None:
    flyout = document(ask(f"/flyout/{kind}", {"id": value}))

    assert flyout["id"] == value
    assert told in flyout["html"]


@pytest.mark.parametrize(
    "path", ["/flyout/entity", "/flyout/property", "/flyout/type", "/preview", "/view"]
)
@pytest.mark.parametrize(
    "value", ["", "no:such", "https://evil.example/", "<script>", "//evil.example", "\r\nX: y"]
)
def test_an_unknown_id_is_not_found_and_leads_nowhere(path: str, value: str) -> None:
    reply = ask(path, {"id": value})

    assert reply.status == 404
    assert "location" not in reply.headers
    assert "<script>" not in reply.body.decode()
    problem(reply)


def test_a_view_leads_to_the_page_of_the_server_or_to_ror() -> None:
    registered = matcher("", record(1, "Alpha"))

    assert ask("/view", {"id": UTS}).headers["location"] == f"{HOST}/id/institution/uts"
    reply = ask("/view", {"id": "https://ror.org/000000100"}, by=registered)
    assert (reply.status, reply.headers["location"]) == (303, "https://ror.org/000000100")


class Elements(HTMLParser):
    """What stands in a page: its elements, their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.said = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.names.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.said += data


def test_a_preview_is_a_small_page_with_its_own_style_and_no_script() -> None:
    reply = ask("/preview", {"id": UTS}, language="fr")
    page = Elements(reply.body.decode())

    assert reply.media_type == "text/html; charset=utf-8"
    assert len(reply.body) < 5000
    assert page.names <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "h1",
        "a",
        "p",
        "dl",
        "dt",
        "dd",
        "br",
    }
    assert ("lang", "fr") in page.attributes
    for told in (
        "University of Technology Sydney",
        "Aussi appelé",
        "Australie",
        "Accords dans ce graphe",
    ):
        assert told in page.said


def test_the_policy_of_a_preview_admits_its_style_and_nothing_else_and_lets_it_be_framed() -> None:
    reply = ask("/preview", {"id": UTS})
    style = re.search(r"<style>(.*?)</style>", reply.body.decode(), re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()

    policy = reply.headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert f"style-src 'sha256-{digest}'" in policy
    assert "frame-ancestors" not in policy
    assert "x-frame-options" not in reply.headers


def test_a_preview_says_that_a_record_is_of_ror_and_has_ended() -> None:
    some = matcher("", record(1, "Alpha", status="inactive"))

    said = Elements(
        ask("/preview", {"id": "https://ror.org/000000100"}, language="fr", by=some).body.decode()
    ).said

    assert "absent de ce graphe" in said
    assert "N’est plus en activité" in said


def test_html_in_names_is_shown_and_not_obeyed() -> None:
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;"
    some = matcher(
        "",
        record(
            1, hostile, town=hostile, names=[alias(hostile + "2")],
            links=[{"type": "website", "value": "https://x.example/?a='x'&b=c"}],
        ),
    )  # fmt: skip
    asked = {"id": "https://ror.org/000000100"}

    page = ask("/preview", asked, by=some).body.decode()
    flyout = document(ask("/flyout/entity", asked, by=some))["html"]

    for html in (page, flyout):
        elements = Elements(html)
        assert not {"script", "img"} & elements.names
        assert not [name for name, _ in elements.attributes if name.startswith("on")]
        assert hostile in elements.said


def test_the_dimensions_of_a_preview_are_pixels() -> None:
    preview = document(ask())["preview"]

    assert (preview["width"], preview["height"]) == (WIDTH, HEIGHT)


# --- Data extension ------------------------------------------------------------------------------


def test_properties_are_proposed_for_a_type_up_to_a_limit() -> None:
    proposed = document(ask("/properties", {"type": "coop:School", "limit": "3"}))

    assert [item["id"] for item in proposed["properties"]] == [
        "skos:prefLabel",
        "skos:altLabel",
        "schema:location",
    ]
    assert (proposed["type"], proposed["limit"]) == ("coop:School", 3)


@pytest.mark.parametrize("kind", ["", "no:such", "coop:Institution"])
def test_properties_are_proposed_for_any_type(kind: str) -> None:
    assert len(document(ask("/properties", {"type": kind}))["properties"]) > 20


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1e3"])
def test_a_limit_of_proposals_that_is_no_number_is_refused(limit: str) -> None:
    assert ask("/properties", {"limit": limit}).status == 400


def test_every_proposed_property_has_values_of_the_form_that_the_specification_names() -> None:
    proposed = document(ask("/properties"))["properties"]
    answered = extend(list(ours().entities), *({"id": item["id"]} for item in proposed))

    assert [column["id"] for column in answered["meta"]] == [item["id"] for item in proposed]
    forms = {
        frozenset(cell)
        for row in answered["rows"].values()
        for cells in row.values()
        for cell in cells
    }
    assert forms == {frozenset({"str"}), frozenset({"int"}), frozenset({"id", "name"})}
    filled = {name for row in answered["rows"].values() for name, cells in row.items() if cells}
    assert {item["id"] for item in proposed} - filled == {"town"}  # only ROR tells it


def test_values_are_given_in_the_language_and_several_where_there_are_several() -> None:
    answered = extend(
        [IMT],
        {"id": "schema:location"},
        {"id": "org:classification"},
        {"id": "skos:altLabel"},
        language="fr",
    )

    row = answered["rows"][IMT]
    assert [column["name"] for column in answered["meta"]] == [
        "pays",
        "nature de l’organisme",
        "autre nom",
    ]
    assert row["schema:location"] == [{"str": "France"}]
    assert len(row["org:classification"]) == 2
    assert {"str": "IMT"} in row["skos:altLabel"]


def test_a_value_that_is_an_organization_is_an_entity_of_the_service() -> None:
    school = f"{ID}institution/imt-atlantique"

    answered = extend([school], {"id": "coop:memberSchoolOf"})

    assert answered["rows"][school]["coop:memberSchoolOf"] == [
        {"id": IMT, "name": "Institut Mines-Télécom"}
    ]
    assert answered["meta"][0]["type"]["id"] == "org:Organization"


def test_settings_limit_values_and_choose_the_language_of_names() -> None:
    answered = extend(
        [IMT],
        {"id": "skos:altLabel", "settings": {"language": "fr", "limit": "1"}},
    )

    (only,) = answered["rows"][IMT]["skos:altLabel"]
    assert only["str"] in {n.text for n in ours().entities[IMT].names if n.language == "fr"}


def test_dates_keep_their_precision() -> None:
    rows = extend([IMT, UTS], {"id": "schema:foundingDate"})["rows"]

    assert rows[IMT]["schema:foundingDate"] == [{"str": "2012-03-01"}]
    assert rows[UTS]["schema:foundingDate"] == [{"str": "1988"}]


def test_unknown_ids_and_properties_have_no_values() -> None:
    answered = extend(["no:such", UTS], {"id": "no:such"}, {"id": "schema:location"})

    assert answered["meta"][0] == {"id": "no:such", "name": "no:such"}
    assert answered["rows"] == {
        "no:such": {"no:such": [], "schema:location": []},
        UTS: {"no:such": [], "schema:location": [{"str": "Australia"}]},
    }


def test_values_are_asked_for_by_get_too() -> None:
    asked = json.dumps({"ids": [UTS], "properties": [{"id": "agreements"}]})

    assert document(ask(query={"extend": asked}))["rows"][UTS]["agreements"] == [
        {"int": ours().entities[UTS].agreements}
    ]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400), ({"ids": "x", "properties": []}, 400), ({"ids": [7], "properties": []}, 400),
        ({"ids": [], "properties": {}}, 400), ({"ids": [], "properties": ["x"]}, 400),
        ({"ids": [], "properties": [{"id": 7}]}, 400), ({"ids": [], "properties": [{"id": "x", "settings": [1]}]}, 400),
        ({"ids": [UTS], "properties": [{"id": "x", "settings": {"limit": "x"}}]}, 400),
        ({"ids": ["x"] * 201, "properties": []}, 413), ({"ids": [], "properties": [{"id": "x"}] * 51}, 413),
    ],
)  # fmt: skip
def test_a_request_for_values_of_another_form_is_refused(asked: object, status: int) -> None:
    assert problem(ask(form={"extend": json.dumps(asked)}))["status"] == status


# --- Anything ------------------------------------------------------------------------------------

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(exclude_categories=()), max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["query", "type", "limit", "properties", "pid", "v", "id", "ids", "settings", "x"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
PATHS = st.sampled_from(
    [
        "",
        "/fr",
        "/suggest/entity",
        "/suggest/type",
        "/flyout/property",
        "/preview",
        "/view",
        "/properties",
    ]
)
NAMES = st.sampled_from(
    ["queries", "extend", "prefix", "cursor", "id", "type", "limit", "lang", "callback", "x"]
)


@given(
    PATHS,
    st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT"]),
    st.lists(
        st.tuples(NAMES, st.text(st.characters(exclude_categories=()), max_size=30)), max_size=4
    ),
    JUNK,
    st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_no_request_breaks_the_service(
    path: str, method: str, fields: list[tuple[str, str]], junk: object, asks: bool
) -> None:
    form = [("queries" if asks else "extend", json.dumps({"q": junk} if asks else junk))]

    reply = answer(ours(), path, method, fields, form, "xx", HOST)

    assert reply.status in (200, 204, 303, 400, 404, 405, 413)
    assert all("\n" not in value and "\r" not in value for value in reply.headers.values())
    if reply.media_type.endswith("json"):
        json.loads(reply.body)
