"""report.html as text: what it holds, and that nothing a server sends is interpreted as markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from attrs import define, evolve, field
from runloop_conformance.judging.judge import Terms
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import reference
from tests.conformance.outside import TOKEN, quick
from tests.conformance.report.synthetic import CLAUSES, CONTROL, finding, mixed, page, responded, result, violation

HOSTILE = {
    "a script": "</script><script>alert(1)</script>",
    "an attribute": '"><img src=x onerror=alert(1)>',
    "a comment": "<!--<script>",
    "closing tags": "</textarea></title></style><svg onload=alert(1)>",
    "a template": "{{ 7*7 }}{% raw %}${7*7}",
    "bidi marks": "\u202eexe.gpj\u202c \u2066x\u2069",
    "controls": "\x00\x07\x1b[31m\x7f\x9b",
    "invisible": "\ufeff\u200b\u2028\u2029\ud800",
    "stacked marks": "a" + "\u0301" * 400,
}

UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@define
class Read(HTMLParser):
    """The elements of a page, and what each attribute and text says."""

    tags: list[str] = field(factory=list)
    attributes: list[tuple[str, str, str]] = field(factory=list)
    texts: list[str] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data) -> None:
        self.texts.append(data)


def read(text: str) -> Read:
    document = Read()
    document.feed(text)
    document.close()
    return document


def test_the_command_writes_it() -> None:
    with running(reference()) as url:
        done = quick(url, "--select", "run")
    text = (done.folder / "report.html").read_text("utf-8")
    assert f"<title>{done.report['verdict']}: {url}</title>" in text
    for clause in done.report["clauses"]:
        assert f'id="{clause["id"]}"' in text
    for run_id in done.report["run_ids"]:
        assert run_id in text
    assert TOKEN not in text


def test_it_names_nothing_that_a_browser_would_fetch() -> None:
    document = read(page(result(mixed(40))))
    assert {
        tag for tag in document.tags if tag in {"img", "iframe", "object", "embed", "audio", "video", "base"}
    } == set()
    fetched = [(tag, value) for tag, name, value in document.attributes if name in {"src", "srcset", "action", "data"}]
    assert fetched == []
    addresses = {value for _, name, value in document.attributes if name == "href"}
    assert {address for address in addresses if not address.startswith("#")} == {"data:,"}
    assert [name for _, name, _ in document.attributes if name == "style" or name.startswith("on")] == []


def page_with(text: str) -> str:
    """A page with a text in every place that the server, or the person who names the server, controls."""
    sent = evolve(CONTROL, name=text, change=text, query="x=" + text.encode("utf-8", "replace").decode())
    headers = [("X-Header", text), (text, "value")]
    exchange = responded(sent, body=text.encode("utf-8", "surrogatepass"), headers=headers)
    observation = violation(exchange, expected=text, actual=text)
    server = f"https://mock.example/{text}"
    return page(result([finding(CLAUSES[0], "fail", observation)], reason=text, server=server, run_ids=(text,)))


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_what_a_server_sends_is_text_everywhere(hostile: str) -> None:
    text = page_with(hostile)
    # An escape stands in a span; nothing else may be there that is not there otherwise.
    tags, expected = ([tag for tag in read(markup).tags if tag != "span"] for markup in (text, page_with("harmless")))
    assert tags == expected
    assert not UNSEEN.search(text)
    assert "\u0301" * 5 not in text


def test_invisible_characters_are_written_as_escapes() -> None:
    exchange = responded(CONTROL, body=b"a\xff\xfe\x00\xe2\x80\xaeb\r\n", headers=[("X-Bidi", "\u202e")])
    page_text = "".join(read(page(result([finding(CLAUSES[0], "fail", violation(exchange))]))).texts)
    assert "a\\xff\\xfe\\x00\\u202eb\\r\n" in page_text
    assert "X-Bidi: \\u202e" in page_text


def test_a_huge_response_is_cut_with_a_note() -> None:
    body = b"x" * 10_000_000
    text = page(result([finding(clause, "fail", violation(responded(CONTROL, body=body))) for clause in CLAUSES[:20]]))
    assert len(text) < 1_000_000
    assert "10,000,000 bytes" in text
    assert "9,996,000 of them not shown here" in text


def test_many_and_long_headers_are_cut() -> None:
    headers = [(f"X-{n}", "y" * 10_000) for n in range(500)]
    text = page(result([finding(CLAUSES[0], "fail", violation(responded(CONTROL, headers=headers)))]))
    assert len(text) < 500_000
    assert "and 440 more headers" in text


def test_a_clause_without_a_result_shows_the_reason_while_closed() -> None:
    page_text = "".join(
        read(page(result([finding(CLAUSES[0], "not_tested"), finding(CLAUSES[1], "inconclusive")]))).texts
    )
    assert "no request was accepted: 1" in page_text
    assert "no response: timed out: 1" in page_text


def groups(text: str) -> dict[str, list[str]]:
    """The clauses of each heading of the list."""
    _, *parts = re.split(r'<section class="group (\w+)"', text.partition('<section id="contract"')[0])
    return {
        name: re.findall(r'<details class="clause" id="([^"]*)"', part)
        for name, part in zip(parts[::2], parts[1::2], strict=True)
    }


def test_known_failures_have_their_own_group_with_the_reason() -> None:
    first, second, third = (clause for clause in CLAUSES[:3])
    terms = Terms(known={first.id: "issue 12: on its way", third.id: "issue 13"})
    findings = [finding(first, "fail", violation()), finding(second, "fail", violation()), finding(third)]
    text = page(result(findings, terms=terms))
    assert groups(text) == {"fail": [second.id], "known": [first.id], "pass": [third.id]}
    assert "issue 12: on its way" in text
    page_text = " ".join("".join(read(text).texts).split())
    assert f"Stale: {third.id} passes, so it is no longer a known failure." in page_text


def test_a_failed_should_is_a_failure_with_fail_on_should() -> None:
    should = next(clause for clause in CLAUSES if clause.level == "should")
    findings = [finding(should, "fail", violation())]
    assert groups(page(result(findings))) == {"warning": [should.id]}
    assert groups(page(result(findings, terms=Terms(fail_on="should")))) == {"fail": [should.id]}


def test_secrets_are_masked() -> None:
    exchange = responded(CONTROL, body=f"you sent {TOKEN}".encode(), headers=[("X-Token", TOKEN)])
    observation = violation(exchange, actual=f"it said {TOKEN}")
    text = page(result([finding(CLAUSES[0], "fail", observation)], run_ids=(TOKEN,), reason=TOKEN))
    assert TOKEN not in text
    assert "[redacted token]" in text
