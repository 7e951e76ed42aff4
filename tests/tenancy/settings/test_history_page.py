"""The change history: every action in a sentence of both languages, in pages, for admins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from core import clock
from core.ids import uuid7
from tenancy import audit_words
from tenancy.audit_sentences import SENTENCES
from tenancy.audit_words import Line, Told, line_of, register
from tenancy.models import AuditEntry, Invitation
from tenancy.permissions import Actor
from tenancy.selectors import history
from tenancy.selectors.history import history_page
from tenancy.services.audit import record
from tests.factories import Cast
from tests.tenancy.settings.conftest import Door

REP, TEAM, HEIR = str(uuid7()), str(uuid7()), str(uuid7())
NAMES = {REP: "김도현", TEAM: "영업 1팀", HEIR: "최하은"}
HANDED = {"deals": {"count": 12, "to": HEIR}, "tasks": {"count": 1, "to": None}}
# Every action of tenancy with an entry of it, and how it reads.
READS: dict[str, tuple[dict[str, object], str, str]] = {
    "member.renamed": ({}, "changed the name of 김도현", "김도현 님의 이름을 바꿨습니다"),
    "member.role": ({"from": "rep", "to": "leader"}, "changed the role of 김도현: Sales rep → Team leader", "김도현 님의 역할을 바꿨습니다: 영업 담당자 → 팀 리더"),
    "member.team": ({"from": TEAM, "to": None}, "changed the team of 김도현: 영업 1팀 → –", "김도현 님의 팀을 바꿨습니다: 영업 1팀 → –"),
    "member.joined": ({"role": "owner"}, "joined as Owner", "소유자 역할로 들어왔습니다"),
    "member.reactivated": ({}, "reactivated 김도현", "김도현 님을 다시 활성화했습니다"),
    "member.deactivated": (
        {"handed": HANDED},
        "deactivated 김도현 · 12 open deals handed over to 최하은 · 1 open task left unassigned",
        "김도현 님을 비활성화했습니다 · 열린 딜 12건을 최하은 님에게 넘김 · 남은 할일 1건은 담당 없음",
    ),
    "team.created": ({"name": "영업 2팀"}, "made the team “영업 2팀”", "‘영업 2팀’ 팀을 만들었습니다"),
    "team.renamed": ({"from": "A", "to": "B"}, "renamed a team: A → B", "팀 이름을 바꿨습니다: A → B"),
    "team.archived": ({"name": "A"}, "archived the team “A”", "‘A’ 팀을 보관했습니다"),
    "team.restored": ({"name": "A"}, "brought the team “A” back", "‘A’ 팀을 되살렸습니다"),
    "invitation.sent": ({"role": "rep"}, "invited 김도현 as Sales rep", "김도현 주소를 영업 담당자 역할로 초대했습니다"),
    "invitation.resent": ({}, "invited 김도현 once more", "김도현 주소를 다시 초대했습니다"),
    "invitation.revoked": ({}, "withdrew the invitation of 김도현", "김도현 초대를 취소했습니다"),
    "token.created": ({"scope": "read"}, "made the API token “김도현” (Read)", "‘김도현’ API 토큰(읽기)을 만들었습니다"),
    "token.revoked": ({}, "revoked the API token “김도현”", "‘김도현’ API 토큰을 폐기했습니다"),
    "workspace.name": ({"from": "A", "to": "B"}, "renamed the workspace: A → B", "워크스페이스 이름을 바꿨습니다: A → B"),
    "workspace.language": ({"from": "ko", "to": "en"}, "changed the workspace's language: 한국어 → English", "워크스페이스의 언어를 바꿨습니다: 한국어 → English"),
    "workspace.currency": ({"from": "KRW", "to": "USD"}, "changed the workspace's currency: KRW → USD", "워크스페이스의 통화를 바꿨습니다: KRW → USD"),
    "workspace.timezone": ({"from": "Asia/Seoul", "to": "UTC"}, "changed the workspace's time zone: Asia/Seoul → UTC", "워크스페이스의 시간대를 바꿨습니다: Asia/Seoul → UTC"),
    "workspace.fiscal_year_start": ({"from": 1, "to": 4}, "changed the start of the fiscal year: January → April", "회계연도 시작 월을 바꿨습니다: 1월 → 4월"),
    "rate.set": (
        {"name": "USD", "day": "2026-11-03", "from": None, "to": "1385.4"},
        "set the exchange rate of USD from 3\u00a0Nov on: – → 1385.4",
        "11.\u00a03.부터의 USD 환율을 정했습니다: – → 1385.4",
    ),
    "rate.removed": (
        {"name": "USD", "day": "2026-11-03", "from": "1385.4", "to": None},
        "removed the exchange rate of USD from 3\u00a0Nov on: 1385.4 → –",
        "11.\u00a03.부터의 USD 환율을 삭제했습니다: 1385.4 → –",
    ),
}  # fmt: skip


def read(told: Told) -> str:
    with clock.frozen_at(datetime(2026, 11, 23, tzinfo=UTC)):
        line = line_of(told)
    return f"{line.what}: {line.was} → {line.now}" if line.was or line.now else line.what


def test_every_action_of_tenancy_is_read_here() -> None:
    assert set(READS) == set(SENTENCES)


@pytest.mark.parametrize("action", READS)
def test_each_reads_in_both_languages(action: str) -> None:
    detail, english, korean = READS[action]
    told = Told(action, REP, detail, NAMES)
    with translation.override("en"):
        assert read(told) == english
    with translation.override("ko"):
        assert read(told) == korean


class TestOthersActions:
    @pytest.fixture(autouse=True)
    def own_registry(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(audit_words, "_sentences", dict(audit_words._sentences))

    def test_an_app_says_how_its_actions_read(self) -> None:
        def changed(told: Told) -> Line:
            return Line(f"changed {told.value('name')}", told.value("from"), told.value("to"))

        register("quota.changed", changed)
        register("quota.changed", changed)
        told = Told("quota.changed", "", {"name": "Meeting", "from": 50, "to": 70}, {})
        assert read(told) == "changed Meeting: 50 → 70"
        with pytest.raises(RuntimeError):
            register("quota.changed", lambda _told: "something else")

    def test_an_action_that_nobody_registered_reads_all_the_same(self) -> None:
        detail = {"name": "Meeting", "field": "win_rate", "from": 50, "to": 70}
        with translation.override("en"):
            assert read(Told("x.y", "", detail, {})) == "did “x.y” (Meeting · win_rate): 50 → 70"
            assert read(Told("x.y", "", {}, {})) == "did “x.y”"

    def test_an_entry_that_does_not_fit_its_sentence_reads_like_an_unknown_one(self) -> None:
        with translation.override("en"):
            assert read(Told("member.role", REP, {"from": "god"}, NAMES)) == "did “member.role”: god → –"


def told_by(cast: Cast, count: int, action: str = "team.created") -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    for number in range(count):
        with clock.frozen_at(start + timedelta(minutes=number // 2)):
            record(actor=cast.actor("admin"), action=action, detail={"name": f"팀 {number}"})


class TestPages:
    def test_each_entry_once_newest_first(self, acme: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(history, "PAGE", 4)
        told_by(acme, 11)
        seen: list[str] = []
        before = None
        while True:
            page = history_page(before=before)
            seen += [change.line.what for change in page.changes]
            before = page.before
            if before is None:
                break
        assert len(seen) == len(set(seen)) == 11
        assert "팀 0" in seen[-1] or "팀 1" in seen[-1]

    def test_one_kind_alone(self, acme: Cast) -> None:
        told_by(acme, 2)
        told_by(acme, 1, action="workspace.other")
        assert len(history_page(kind="team").changes) == 2
        assert len(history_page(kind="nothing of the kind").changes) == 3

    def test_the_number_of_statements_does_not_grow(self, acme: Cast, query_count) -> None:
        def counted() -> int:
            with query_count() as count:
                history_page()
            return count()

        record(actor=acme.actor("admin"), action="member.renamed", target_id=acme.rep.pk)
        few = counted()
        for _number in range(30):
            record(actor=acme.actor("owner"), action="member.renamed", target_id=acme.leader.pk)
        assert counted() == few == 5

    def test_the_page_tells_it_to_admins(self, acme: Cast, door) -> None:
        record(
            actor=acme.actor("owner"),
            action="member.role",
            target_id=acme.rep.pk,
            detail={"from": "rep", "to": "leader"},
        )
        record(actor=Actor.system(), action="member.reactivated", target_id=acme.rep.pk)
        page = door("admin").get("history/").content.decode()
        assert "<b>김민준</b> changed the role of 김도현" in page
        assert "<s>Sales rep</s> → " in page
        assert "<b>Stagecraft</b> reactivated 김도현" in page

    def test_older_ones_come_as_a_fragment(self, acme: Cast, door, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(history, "PAGE", 2)
        told_by(acme, 3)
        before = history_page().before
        admin: Door = door("admin")
        answer = admin.client.get(f"{admin.root}history/?before={before}", headers={"HX-Request": "true"})
        assert answer.content.decode().strip().startswith("<li")
        assert answer.content.decode().count('class="change"') == 1

    @pytest.mark.parametrize("who", ["leader", "rep", "viewer"])
    def test_others_are_refused(self, acme: Cast, door, who: str) -> None:
        assert door(who).get("history/").status_code == 403

    def test_whose_row_was_erased_reads_without_a_name(self, acme: Cast) -> None:
        """Entries name people by id, so that erasing a row erases the name from the history too."""
        invitation = Invitation.objects.create(email="x@acme.test", expires_at=clock.now())
        record(actor=acme.actor("admin"), action="invitation.revoked", target_id=invitation.pk)
        with translation.override("en"):
            assert "x@acme.test" in history_page().changes[0].line.what
            invitation.delete()
            assert "(no longer there)" in history_page().changes[0].line.what
        assert not AuditEntry.objects.filter(detail__icontains="x@acme.test").exists()
