"""The API of the saved queries, their forms, and its description."""

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving import serving

from coopera import project as room
from coopera.queries import SavedQuery

ROOT = Path(__file__).parents[1]
QUERIES = room.find(ROOT).queries
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with (
        serving("--no-log", "--unisolated", "--no-reload", project=ROOT) as served,
        httpx.Client(base_url=served.url, timeout=120) as one,
    ):
        yield one


def rows(answered: httpx.Response) -> list[list[str]]:
    assert answered.status_code == 200, answered.text
    return list(csv.reader(io.StringIO(answered.text)))


def test_the_list_tells_of_every_saved_query(client: httpx.Client) -> None:
    listed = client.get("/api/queries").json()

    assert {entry["name"] for entry in listed} == set(QUERIES)
    for entry in listed:
        assert entry["summary"].keys() == {"fr", "en"}
        assert httpx.get(entry["page"]["fr"]).status_code == 200


@pytest.mark.parametrize("saved", QUERIES.values(), ids=lambda saved: saved.name)
def test_every_saved_query_is_an_operation_that_answers_as_the_command_does(
    client: httpx.Client, saved: SavedQuery
) -> None:
    answered = client.get(f"/api/queries/{saved.name}", params={"format": "nt"} if
                          saved.gives_a_graph else {"format": "csv"})  # fmt: skip

    assert answered.status_code == 200
    if not saved.gives_a_graph:
        kept = list(csv.reader(io.StringIO(saved.answer.read_text("utf-8"))))
        assert len(rows(answered)) == len(kept)
        assert rows(answered)[0] == kept[0]


def test_a_parameter_is_read_as_on_the_command_line(client: httpx.Client) -> None:
    url = "/api/queries/schools-of-institution?format=csv&institution="
    by_label = rows(client.get(f"{url}Institut%20Mines-T%C3%A9l%C3%A9com"))
    by_curie = rows(client.get(f"{url}institution:imt"))
    by_iri = rows(client.get(f"{url}https://w3id.org/coopera/id/institution/imt"))

    assert by_label == by_curie == by_iri
    assert len(by_label) == 11
    assert len(rows(client.get(f"{url}all"))) >= 11


def test_several_values_are_all_asked_for(client: httpx.Client) -> None:
    url = "/api/queries/agreements-between?format=csv&partner=all"
    one = rows(client.get(f"{url}&institution=institution:imt"))
    other = rows(client.get(f"{url}&institution=institution:university-of-dundee"))
    both = rows(
        client.get(
            f"{url}&institution=institution:imt&institution=institution:university-of-dundee"
        )
    )

    assert sorted(both[1:]) == sorted(one[1:] + other[1:])


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/api/queries/nothing", 404, "no saved query"),
        ("/api/nothing", 404, "nothing at"),
        ("/api/queries/agreements-between?nobody=1", 400, "no parameter 'nobody'"),
        ("/api/queries/agreements-between?" + "language=&" * 101, 400, "language is given 101"),
        ("/api/queries/agreements-between?institution=nobody", 404, "nothing is called"),
        ("/api/queries/agreements-in-force?day=yesterday", 400, "no date"),
        ("/api/queries/agreements-between?format=turtle", 406, "does not fit"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(
    client: httpx.Client, path: str, status: int, told: str
) -> None:
    answered = client.get(path)

    assert answered.status_code == status, answered.text
    assert told in answered.json()["detail"]
    assert answered.json()["remedy"]


def test_a_browser_is_sent_to_the_page_with_the_same_values(client: httpx.Client) -> None:
    answered = client.get(
        "/api/queries/agreements-between?institution=institution:imt",
        headers={"Accept": BROWSER, "Accept-Language": "fr"},
    )

    assert answered.status_code == 303
    place = answered.headers["location"]
    assert place == "/fr/queries/agreements-between.html?institution=institution:imt"
    page = client.get(place)
    assert page.status_code == 200
    assert 'name="institution"' in page.text


def test_an_answer_that_the_client_holds_is_304(client: httpx.Client) -> None:
    url = "/api/queries/agreements-between?format=csv"
    tag = client.get(url).headers["etag"]

    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304


def test_the_form_offers_choices_by_label_and_keeps_what_was_chosen(client: httpx.Client) -> None:
    page = client.get("/fr/queries/schools-of-institution.html?institution=institution:imt").text
    options = re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)</option>', page)

    assert ("institution:imt", " selected", "Institut Mines-Télécom") in options
    assert ("all", "", "toutes les valeurs") in options
    assert "IMT Atlantique" in unescape(page)
    assert "api/queries/schools-of-institution?institution=institution%3Aimt&amp;format=csv" in page


def test_the_page_of_a_query_leads_to_its_text_where_it_can_be_changed(
    client: httpx.Client,
) -> None:
    page = client.get("/fr/queries/agreements-between.html?institution=institution:uts").text
    (href,) = re.findall(r'href="../../(sparql\?[^"]*)"', page)
    opened = client.get(f"/{unescape(href)}")

    assert opened.status_code == 200
    assert "institution/uts" in opened.text
    assert "modifi" in page.lower()


def test_a_form_tells_what_is_wrong_in_the_page(client: httpx.Client) -> None:
    answered = client.get("/fr/queries/agreements-between.html?institution=%3Cscript%3E")

    assert answered.status_code == 400
    assert "Pas de réponse" in answered.text
    assert "«\u00a0&lt;script&gt;\u00a0» n’est pas un" in answered.text
    assert "<script>" not in answered.text
    assert "&lt;script&gt;" in answered.text


@pytest.mark.parametrize(
    ("language", "default", "answered_with"),
    [("en", "Default", "Value in this answer"),
     ("fr", "Valeur par défaut", "Valeur dans cette réponse")],
)  # fmt: skip
def test_a_page_without_an_answer_tells_defaults_and_no_values_of_the_answer(
    client: httpx.Client, language: str, default: str, answered_with: str
) -> None:
    path = f"/{language}/queries/expiring-or-unknown-end.html"
    refused, answered = client.get(f"{path}?begin=soon"), client.get(path)

    assert refused.status_code == 400
    assert default in refused.text
    assert answered_with not in refused.text
    assert default not in answered.text
    assert answered_with in answered.text


def test_a_language_that_there_is_not_is_refused_by_the_api_and_its_description(
    client: httpx.Client,
) -> None:
    path = "/api/queries/agreements-between"
    refused, region = client.get(f"{path}?language=de"), client.get(f"{path}?language=fr-CA")

    assert refused.status_code == 400
    assert refused.json()["remedy"] == "choose among en, fr."
    assert region.text == client.get(f"{path}?language=fr").text
    asked = client.get("/api/openapi.json").json()["paths"][path]["get"]["parameters"]
    schema = next(p for p in asked if p["name"] == "language")["schema"]["items"]
    told = {tag: bool(re.search(schema["pattern"], tag)) for tag in ("fr", "fr-CA", "all", "de")}
    assert told == {"fr": True, "fr-CA": True, "all": True, "de": False}


@pytest.mark.parametrize("value", ["begin=soon", f"begin={'2025,' * 3000}", "institution=nobody"])
def test_no_refusal_speaks_of_options_of_the_command(client: httpx.Client, value: str) -> None:
    told = client.get(f"/api/queries/expiring-or-unknown-end?{value}").json()

    assert "begin" in told["detail"] or "nobody" in told["detail"]
    assert "-p " not in told["detail"] + told["remedy"]


def test_a_page_tells_what_was_left_at_its_default_where_there_is_no_answer(
    client: httpx.Client,
) -> None:
    path = "queries/agreements-between.html?institution=institution:uts"
    french, english = (client.get(f"/{language}/{path}").text for language in ("fr", "en"))

    assert (
        "Établissement partenaire a gardé sa valeur par défaut\u00a0: "
        "University of Technology Sydney." in french
    )
    assert "Partner institution was left at its default" in english
    assert "Institution and Partner institution are the same" in english
    whole = client.get(f"/en/{path}&partner=institution:imt").text
    assert "was left at its default" not in whole


def test_the_description_is_openapi_with_every_operation(client: httpx.Client) -> None:
    document = client.get("/api/openapi.json").json()

    assert document["openapi"].startswith("3.1.")
    paths = {f"/api/queries/{name}" for name in QUERIES} | {"/api/queries"}
    assert document["paths"].keys() == paths
    assert document["servers"] == [{"url": str(client.base_url)}]
    asked = document["paths"]["/api/queries/agreements-between"]["get"]["parameters"]
    assert {p["name"] for p in asked} == {"institution", "partner", "language", "format"}


PIECES = [
    '"',
    "'",
    "}",
    "{",
    "\\",
    "\n",
    "#",
    ">",
    "<",
    "?x",
    "u0022",
    "SERVICE",
    "é",
    "all",
    "%00",
]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.sampled_from(
    ["agreements-between", "agreements-in-force", "promises-without-news"]))  # fmt: skip
def test_no_value_whatever_breaks_the_server(client: httpx.Client, text: str, name: str) -> None:
    for parameter in QUERIES[name].parameters:
        answered = client.get(
            f"/api/queries/{name}", params={parameter.name: text, "format": "csv"}
        )

        assert answered.status_code in (200, 400, 404)
