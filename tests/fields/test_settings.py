"""Settings › Custom fields: admins make them, others read them, strangers find nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from fields.models import CustomField, FieldChoice
from fields.services.definitions import MOST, add_field
from tenancy.models import AuditEntry
from tenancy.scope import workspace_scope
from tests.factories import Cast

pytestmark = pytest.mark.django_db
URL = "/w/acme/settings/fields/"


@pytest.fixture
def admin(logged_in: Any) -> Client:
    return logged_in("admin")


def add(client: Client, subject: str = "deal", **given: str) -> Any:
    return client.post(f"{URL}new/{subject}/", {"kind": "text", **given}, headers={"HX-Request": "true"})


def one(cast: Cast, **where: Any) -> CustomField:
    with workspace_scope(cast.workspace.pk):
        return CustomField.objects.get(**where)


def test_a_field_is_added_with_its_choices_and_shown(cast: Cast, admin: Client) -> None:
    answer = add(
        admin, name="지역", kind="choice", choices="서울\n부산\n\n서울", key="region", help_text="본사 기준"
    )
    assert "지역" in answer.content.decode()
    with workspace_scope(cast.workspace.pk):
        field = CustomField.objects.get(key="region")
        assert [choice.name for choice in field.choices.order_by("position")] == ["서울", "부산"]
        assert AuditEntry.objects.filter(action="custom_field.added", target_id=field.pk).exists()
    page = admin.get(URL).content.decode()
    assert "본사 기준" in page
    assert "<code>region</code>" in page


def test_the_change_history_tells_of_it(cast: Cast, admin: Client) -> None:
    add(admin, name="지역", kind="choice", choices="서울")
    field = one(cast, name="지역")
    admin.post(f"{URL}{field.pk}/", {"name": "영업 지역", "kind": "choice"})
    page = admin.get("/w/acme/settings/history/").content.decode()
    assert "지역" in page
    assert "영업 지역" in page
    assert "custom_field" not in re.sub(r'value="[^"]*"|href="[^"]*"', "", page)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "errorlist"),
        ({"name": "x" * 81}, "errorlist"),
        ({"name": "지역", "kind": "choice", "choices": "\n"}, "errorlist"),
        ({"name": "지역", "kind": "choice", "choices": "a\nA"}, "errorlist"),
        ({"name": "지역", "key": "1 x"}, "errorlist"),
        ({"name": "메모", "key": "other"}, "메모"),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_typed(
    cast: Cast, admin: Client, given: dict[str, str], said: str
) -> None:
    add(admin, name="메모", key="memo")
    answer = add(admin, **given).content.decode()
    assert "errorlist" in answer
    assert said in answer
    with workspace_scope(cast.workspace.pk):
        assert CustomField.objects.count() == 1


def test_keys_are_made_of_the_name_and_never_twice(cast: Cast, admin: Client) -> None:
    for name in ("Contract type", "contract  Type!", "지역", "예산"):
        add(admin, name=name)
    with workspace_scope(cast.workspace.pk):
        keys = list(CustomField.objects.order_by("position").values_list("key", flat=True))
    assert keys == ["contract_type", "contract_type_2", "field_1", "field_2"]


def test_the_kind_is_fixed_once_there_are_values(cast: Cast, admin: Client, rep: Client, deal: Any) -> None:
    add(admin, name="메모", key="memo")
    field = one(cast, key="memo")
    admin.post(f"{URL}{field.pk}/", {"name": "메모", "kind": "number"}, headers={"HX-Request": "true"})
    assert one(cast, key="memo").kind == "number"
    rep.post(f"/w/acme/deals/{deal.pk}/edit/cf_memo/", {"cf_memo": "3"})
    answer = admin.post(f"{URL}{field.pk}/", {"name": "메모", "kind": "date"}, headers={"HX-Request": "true"})
    assert "errorlist" in answer.content.decode()
    assert one(cast, key="memo").kind == "number"


def test_archived_and_taken_back(cast: Cast, admin: Client, rep: Client, deal: Any) -> None:
    add(admin, name="메모", key="memo")
    field = one(cast, key="memo")
    rep.post(f"/w/acme/deals/{deal.pk}/edit/cf_memo/", {"cf_memo": "내년에 다시"})
    answer = admin.post(f"{URL}{field.pk}/archive/", headers={"HX-Request": "true"})
    assert f"{URL}{field.pk}/restore/" in answer.headers["HX-Trigger"]
    assert "내년에 다시" not in rep.get(f"/w/acme/deals/{deal.pk}/").content.decode()
    assert rep.get(f"/w/acme/deals/{deal.pk}/edit/cf_memo/").status_code == 404
    admin.post(f"{URL}{field.pk}/restore/")
    assert "내년에 다시" in rep.get(f"/w/acme/deals/{deal.pk}/").content.decode()


def test_order_by_steps_and_as_a_whole(cast: Cast, admin: Client, fields: dict[str, CustomField]) -> None:
    def keys() -> list[str]:
        with workspace_scope(cast.workspace.pk):
            return list(CustomField.objects.order_by("position").values_list("key", flat=True))

    before = keys()
    admin.post(f"{URL}{fields['seats'].pk}/step/", {"up": "1"})
    assert keys() == ["seats", "note", *before[2:]]
    ids = [str(fields[key].pk) for key in reversed(before)]
    admin.post(f"{URL}order/deal/", {"order": ",".join(ids)})
    assert keys() == before[::-1]
    answer = admin.post(f"{URL}order/deal/", {"order": ids[0]}, headers={"HX-Request": "true"})
    assert "error" in answer.headers["HX-Trigger"]
    assert keys() == before[::-1]


def test_choices_are_added_renamed_removed_and_offered_again(
    cast: Cast, admin: Client, fields: dict[str, CustomField]
) -> None:
    region = fields["region"]
    url = f"{URL}{region.pk}/choices/"
    assert admin.get(url).status_code == 200
    admin.post(url, {"choice": "광주"})
    assert "errorlist" in admin.post(url, {"choice": "광주"}, headers={"HX-Request": "true"}).content.decode()
    with workspace_scope(cast.workspace.pk):
        busan = FieldChoice.objects.get(field=region, name="부산")
    admin.post(f"{URL}choices/{busan.pk}/", {"choice": "부산·경남"})
    admin.post(f"{URL}choices/{busan.pk}/step/", {"up": "1"})
    admin.post(f"{URL}choices/{busan.pk}/remove/")
    with workspace_scope(cast.workspace.pk):
        names = FieldChoice.objects.filter(field=region, archived_at=None).order_by("position")
        assert [each.name for each in names] == ["서울", "대구", "광주"]
    admin.post(f"{URL}choices/{busan.pk}/restore/")
    assert admin.get(url).content.decode().index("부산·경남") < admin.get(url).content.decode().index("서울")


def test_only_admins_change_fields(
    cast: Cast, rep: Client, mallory: Client, fields: dict[str, CustomField]
) -> None:
    page = rep.get(URL)
    assert page.status_code == 200
    assert f"{URL}new/" not in page.content.decode()
    assert add(rep, name="새 필드").status_code == 403
    assert rep.post(f"{URL}{fields['note'].pk}/archive/").status_code == 403
    assert mallory.get(URL).status_code == 404
    assert mallory.post(f"/w/rival/settings/fields/{fields['note'].pk}/archive/").status_code == 404


def test_there_are_not_more_than_can_be_read(cast: Cast, admin: Client) -> None:
    with workspace_scope(cast.workspace.pk):
        for number in range(MOST):
            add_field(subject="deal", name=f"필드 {number}", kind="text", actor=cast.actor("admin"))
    assert str(MOST) in add(admin, name="하나 더").content.decode()
    assert f"{URL}new/deal/" not in admin.get(URL).content.decode()


def test_the_page_takes_a_fixed_number_of_queries(
    admin: Client, fields: dict[str, CustomField], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(20):
        admin.get(URL)
