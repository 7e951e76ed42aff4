"""What people write becomes HTML that is safe to show."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.markdown import TAGS, markdown, mentioned_ids

WHO = "0193aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**굵게** _기울임_ ~~취소~~", "<p><strong>굵게</strong> <em>기울임</em> <s>취소</s></p>"),
        ("한 줄\n다음 줄", "<p>한 줄<br>\n다음 줄</p>"),
        ("# 큰 제목\n## 작은", "<h4>큰 제목</h4>\n<h5>작은</h5>"),
        ("- 하나\n- 둘", "<ul>\n<li>하나</li>\n<li>둘</li>\n</ul>"),
        ("`@{x}` `<b>`", "<p><code>@{x}</code> <code>&lt;b&gt;</code></p>"),
    ],
)
def test_markdown_reads_as_it_should(text: str, html: str) -> None:
    assert markdown(text).strip() == html


@pytest.mark.parametrize(
    "text",
    [
        "[여기](https://example.com/a?b=1&c=2)",
        "https://example.com/a?b=1&c=2",
        "<https://example.com/a?b=1&c=2>",
        "[메일](mailto:kim@example.com)",
    ],
)
def test_links_lead_outside_and_tell_nothing(text: str) -> None:
    html = markdown(text)
    assert 'rel="noopener noreferrer nofollow"' in html
    assert 'target="_blank"' in html


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](/w/acme/settings/)",
        "[x](//evil.example)",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_other_links_stay_text(text: str) -> None:
    assert "<a " not in markdown(text)


def test_images_are_not_fetched() -> None:
    assert "<img" not in markdown("![x](https://evil.example/pixel.png)")


def test_who_is_called_is_shown_by_todays_name_and_an_unknown_id_as_written() -> None:
    text = f"@{{{WHO}}}님 보세요"
    assert (
        markdown(text, {WHO: "김<b>도현"})
        == '<p><span class="mention">@김&lt;b&gt;도현</span>님 보세요</p>\n'
    )
    assert WHO in markdown(text)
    assert mentioned_ids(text * 2) == [WHO]


OPENED = re.compile(r"<\s*([a-zA-Z!/?][^\s>/]*)")


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("<>/\\\"'`=&;:()[]{}!#*_~|-@ \n\taimgscriptonerjvxhf:0"), max_size=120)
)
@example("<script>alert(1)</script>")
@example("<img src=x onerror=alert(1)>")
@example("<svg/onload=alert(1)>")
@example('[a](https://x"onmouseover=alert(1))')
@example('https://x.example/"onmouseover=alert(1)')
@example('<a href="javascript:alert(1)">x</a>')
def test_no_markup_but_ours_ever_comes_out(text: str) -> None:
    html = markdown(text)
    for tag in OPENED.findall(html):
        assert tag.lstrip("/").lower() in TAGS
    for attributes in re.findall(r"<[a-z0-9]+([^>]*)>", html):
        assert re.fullmatch(
            r'(?: (?:href="(?:https?:|mailto:)[^"]*"|target="_blank"|rel="noopener noreferrer nofollow"|class="mention"))*',
            attributes,
            re.IGNORECASE,
        ), html
