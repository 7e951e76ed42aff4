"""Matching keys: what counts as the same name, domain, address, number."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import Company, Contact
from tests.factories import Cast

KINDS = ("plain", "name", "domain", "email", "phone")
WORDS = st.sampled_from(
    [
        "주식회사",
        "유한회사",
        "(주)",
        "㈜",
        "Inc",
        "inc.",
        "Co.,",
        "Ltd",
        "GmbH",
        "&",
        "한결",
        "모터스",
        "Acme",
        "Ａｃｍｅ",
    ]
)
WRITTEN = st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=5).map(" ".join))
TEXTS = WRITTEN.map(lambda text: text.replace("\x00", "")).filter(
    lambda text: text.encode("utf-8", "ignore").decode() == text
)


def key(kind: str, text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT contacts_{kind}_key(%s)", [text])
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("kind", "spellings"),
    [
        (
            "name",
            ["한결모터스", "(주)한결모터스", "㈜ 한결 모터스", "주식회사 한결모터스", "한결·모터스 주식회사"],
        ),
        ("name", ["Acme", "ACME, Inc.", "acme co., ltd.", "Ａｃｍｅ GmbH", "Acme GmbH & Co. KG"]),
        ("name", ["A.B.C.", "ABC Corp"]),
        ("domain", ["hangyeol.example", "https://www.Hangyeol.example/kr?a=1", "WWW.hangyeol.example:8080"]),
        ("email", ["jieun@hangyeol.example", " JiEun@Hangyeol.example "]),
        (
            "phone",
            ["010-1234-5678", "010 1234 5678", "+82 10-1234-5678", "+82 (0)10 1234 5678", "0082 10 12345678"],
        ),
        ("plain", ["강서윤", "강 서윤", "강서윤 "]),
    ],
)
def test_spellings_of_one(db: None, kind: str, spellings: list[str]) -> None:
    assert {key(kind, text) for text in spellings} == {key(kind, spellings[0])}


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("name", "한결모터스", "한결모터"),
        ("name", "Daco", "Da"),  # a legal form is a word of its own
        ("name", "Inc", "Ltd"),  # a name that is nothing else keeps it
        ("name", "C++", "C#"),
        ("name", "!!!", "???"),
        ("domain", "hangyeol.example", "shop.hangyeol.example"),
        ("phone", "02-123-4567", "031-123-4567"),
    ],
)
def test_different_ones(db: None, kind: str, one: str, other: str) -> None:
    assert key(kind, one) != key(kind, other)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_the_key_of_a_key_is_itself(db: None, kind: str, text: str) -> None:
    once = key(kind, text)
    assert key(kind, once) == once


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_a_name_with_signs_has_a_key(db: None, text: str) -> None:
    """Else everybody without one would be everybody else's duplicate."""
    visible = any(sign.isalnum() for sign in text)
    assert not visible or key("name", text) != ""


def test_every_writer_fills_the_columns(inside: Cast) -> None:
    company = Company.objects.create(name="㈜ 한결", domain="https://www.hangyeol.example")
    Company.objects.bulk_create([Company(name="세진 주식회사")])
    Company.objects.filter(pk=company.pk).update(name="주식회사 오름")
    assert set(Company.objects.values_list("name_key", "domain_key")) == {
        ("오름", "hangyeol.example"),
        ("세진", ""),
    }
    person = Contact.objects.create(name="Ji Eun", email="Ji@A.example", phone="+82 10-1234-5678")
    assert (person.name_key, person.email_key, person.phone_key) == ("jieun", "ji@a.example", "01012345678")
