"""What one chooses for oneself, and that a time zone of one's own moves clock times and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core import clock
from core.errors import InvalidInput
from tenancy.models import User
from tenancy.services.users import choose_timezone
from tests.factories import Cast, make_deal
from tests.tenancy.settings.conftest import entries, fresh

FORM = {"display_name": "김도현", "language": "en", "timezone": "", "theme": "auto"}


def test_all_of_it_is_kept(acme: Cast, door) -> None:
    rep = door("rep")
    chosen = {"display_name": "김도현 (서울)", "language": "ko", "timezone": "Europe/Berlin", "theme": "dark"}
    answer = rep.post("profile/", htmx=False, **chosen)
    assert answer.status_code == 302
    user = User.objects.get(email="dohyun@acme.test")
    assert (user.language, user.timezone, user.theme) == ("ko", "Europe/Berlin", "dark")
    assert fresh(acme.rep).display_name == "김도현 (서울)"
    assert len(entries("member.renamed")) == 1
    page = rep.get("profile/").content.decode()
    assert '<html lang="ko" data-bs-theme="dark">' in page
    assert "저장했습니다." in page


def test_a_name_like_before_is_no_change(acme: Cast, door) -> None:
    door("rep").post("profile/", htmx=False, **FORM)
    assert entries("member.renamed") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("display_name", " "), ("language", "fr"), ("timezone", "Mars/Olympus"), ("theme", "pink")],
)
def test_what_will_not_do(acme: Cast, door, field: str, value: str) -> None:
    answer = door("rep").post("profile/", htmx=False, **{**FORM, field: value})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert User.objects.get(email="dohyun@acme.test").language == ""


def test_a_zone_that_is_none(acme: Cast) -> None:
    user = User.objects.get(email="dohyun@acme.test")
    with pytest.raises(InvalidInput):
        choose_timezone(user=user, timezone="Nowhere/Here")
    user.timezone = "Nowhere/Here"
    assert user.zone is None, "a zone that the system no longer knows is the workspace's"


def test_ones_own_zone_moves_clock_times_and_no_day(acme: Cast, door) -> None:
    """23:30 in Seoul on 2 December is 15:30 in Berlin: the log says so, what is counted by days stays."""
    made = datetime(2026, 12, 2, 14, 30, tzinfo=UTC)
    with clock.frozen_at(made):
        deal = make_deal(actor=acme.actor(), expected_close_date=date(2026, 12, 2))
    choose_timezone(user=User.objects.get(email="dohyun@acme.test"), timezone="America/New_York")
    with clock.frozen_at(
        datetime(2026, 12, 2, 16, 30, tzinfo=UTC)
    ):  # 3 December in Seoul, 2 December in New York
        mine = door("rep").client.get(f"/w/acme/deals/{deal.pk}/").content.decode()
        others = door("leader").client.get(f"/w/acme/deals/{deal.pk}/").content.decode()
    assert "2\u00a0Dec 09:30" in mine
    assert "2\u00a0Dec 23:30" in others
    late = "1\u00a0day\u00a0late"
    assert late in mine
    assert late in others


def test_it_leads_to_the_login_pages(acme: Cast, door) -> None:
    rep = door("rep")
    page = rep.get("profile/").content.decode()
    for at in ("/accounts/email/", "/accounts/password/change/", "/accounts/2fa/"):
        assert f'href="{at}"' in page
        assert rep.client.get(at).status_code == 200
