"""A mapping from the headers alone: our own field names, and the labels that people use, in Korean and English."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from deals.models import Outcome
from fields.models import CustomField
from integrations.importing.mapping import CUSTOM, DealMapping, FieldSpec

SOURCE = "import"  # whose ids an `external_id` column without a mapping holds
LABELS: dict[str, tuple[str, ...]] = {
    "external_id": ("deal id", "딜 id", "딜 번호", "외부 id"),
    "name": ("deal", "deal name", "딜", "딜 이름", "딜명"),
    "pipeline": ("파이프라인",),
    "stage": ("deal stage", "stage name", "단계", "딜 단계", "스테이지", "딜 스테이지"),
    "outcome": ("status", "상태", "결과"),
    "owner": ("deal owner", "sales rep", "owner email", "담당자", "영업 담당자", "담당자 이메일"),
    "company": ("company name", "account", "회사", "회사명", "고객사"),
    "amount": ("deal amount", "value", "금액", "딜 금액"),
    "currency": ("통화",),
    "revenue_type": ("매출 유형", "금액 유형"),
    "expected_close_date": (
        "expected close",
        "close date",
        "수주 예정일",
        "예상 마감일",
        "마감 예정일",
        "마감일",
    ),
    "source": ("lead source", "유입 경로", "출처"),
    "created_at": ("created", "created date", "create date", "생성일", "등록일"),
    "stage_entered_at": ("stage entered", "단계 진입일", "스테이지 진입일"),
    "closed_at": ("closed", "closed date", "closed on", "종료일", "수주일"),
    "loss_reason": ("lost reason", "실주 사유", "실주 이유"),
}
VALUES: dict[str, dict[str, tuple[str, ...]]] = {
    "outcome": {
        Outcome.OPEN: ("진행", "진행 중", "진행중"),
        Outcome.WON: ("수주", "성공", "closed won"),
        Outcome.LOST: ("실주", "실패", "closed lost"),
    },
    "revenue_type": {
        "one_off": ("one-off", "일회성"),
        "per_year": ("per year", "yearly", "연간"),
    },
}


def mapping_from_headers(headers: Sequence[str], custom: Sequence[CustomField] = ()) -> DealMapping:
    """`custom`: the fields that the workspace has added. Raises InvalidInput where two columns claim one field, or none
    holds the name.
    """
    meanings = _own_meanings(custom)
    meanings |= {fold(label): name for name, labels in LABELS.items() for label in (name, *labels)}
    fields: dict[str, FieldSpec] = {}
    unused: list[str] = []
    for header in headers:
        name = meanings.get(fold(header))
        if name is None:
            unused.append(header)
            continue
        if name in fields:
            reason = _("The columns “%(first)s” and “%(second)s” both mean “%(field)s”. Rename one.") % {
                "first": fields[name].column,
                "second": header,
                "field": name,
            }
            raise InvalidInput.of("file", reason)
        fields[name] = FieldSpec(column=header, values=_synonyms(name))
    if "name" not in fields:
        reason = _(
            "No column holds the deals' names. Name one “name” or “딜 이름”, or give a mapping. Columns: %(columns)s."
        ) % {"columns": ", ".join(headers)}
        raise InvalidInput.of("file", reason)
    return DealMapping(
        fields=fields,
        external_source=SOURCE if "external_id" in fields else "",
        make=frozenset({"company"}),
        unused=unused,
    )


def _own_meanings(custom: Sequence[CustomField]) -> dict[str, str]:
    """An added field by its key, by its name, and as our own files head it; where two claim a label, the surer one."""
    found: dict[str, str] = {}
    for labels in (
        lambda field: (field.key,),
        lambda field: (field.name, f"{field.name} ({field.currency})"),
        lambda field: (field.column, f"{CUSTOM}{field.key}"),
    ):
        for field in reversed(custom):
            found |= {fold(label): f"{CUSTOM}{field.key}" for label in labels(field)}
    return found


def fold(text: str) -> str:
    """Case, blanks, hyphens and underscores do not matter in a label: Close Date, close_date, CloseDate."""
    return re.sub(r"[\s_\-]+", "", text).casefold()


def _synonyms(name: str) -> dict[str, str | None] | None:
    if name not in VALUES:
        return None
    return {word: value for value, words in VALUES[name].items() for word in (value, *words)}
