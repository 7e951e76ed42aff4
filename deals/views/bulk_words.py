"""What is said of many deals at once, once it is done."""

from __future__ import annotations

from django.utils.translation import ngettext

from core.templatetags.stagecraft import josa
from deals.forms.bulk import BulkForm
from deals.models import BulkKind
from deals.selectors.bulk_tags import tag_name
from deals.services.many import BulkResult
from deals.services.undo_bulk import Undone
from pipeline.selectors.stages import stage_in_use


def said(kind: str, result: BulkResult, form: BulkForm) -> str:
    """What was done to how many."""
    count = result.done
    if kind == BulkKind.MOVE:
        stage = stage_in_use(form.cleaned_data["stage"])
        text = ngettext("%(count)s deal moved to %(stage)s.", "%(count)s deals moved to %(stage)s.", count)
        return text % {"count": count, "stage": josa(stage.name, "으로/로")}
    if kind == BulkKind.TAG:
        return _said_of_tags(count, form)
    texts = {
        BulkKind.SOURCE: ngettext(
            "%(count)s deal has a new source.", "%(count)s deals have a new source.", count
        ),
        BulkKind.OWNER: ngettext(
            "%(count)s deal has a new owner.", "%(count)s deals have a new owner.", count
        ),
        BulkKind.CLOSE_DATE: ngettext(
            "%(count)s deal has a new expected close date.",
            "%(count)s deals have a new expected close date.",
            count,
        ),
        BulkKind.WIN: ngettext("%(count)s deal is won.", "%(count)s deals are won.", count),
        BulkKind.LOSE: ngettext("%(count)s deal is lost.", "%(count)s deals are lost.", count),
        BulkKind.DELETE: ngettext("%(count)s deal was deleted.", "%(count)s deals were deleted.", count),
    }
    return texts[BulkKind(kind)] % {"count": count}


def _said_of_tags(count: int, form: BulkForm) -> str:
    if form.cleaned_data["how"] == "remove":
        text = ngettext(
            "The tag “%(tag)s” was removed from %(count)s deal.",
            "The tag “%(tag)s” was removed from %(count)s deals.",
            count,
        )
        return text % {"count": count, "tag": form.cleaned_data["tag"].name}
    text = ngettext("%(count)s deal has the tag “%(tag)s”.", "%(count)s deals have the tag “%(tag)s”.", count)
    return text % {"count": count, "tag": tag_name(form.cleaned_data["name"])}


def stayed(count: int) -> str:
    text = ngettext("%(count)s deal stays as it is.", "%(count)s deals stay as they are.", count)
    return text % {"count": count}


def said_undone(undone: Undone) -> str:
    count = len(undone.deals)
    text = ngettext(
        "Undone: %(count)s deal is as it was.", "Undone: %(count)s deals are as they were.", count
    ) % {"count": count}
    return f"{text} {stayed(undone.left)}" if undone.left else text
