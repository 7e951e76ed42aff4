"""Where a deal goes: to a stage, to its end, out of a stage that is retired."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.models import LossReason, Stage
from pipeline.selectors.stages import loss_reasons, stages


def override_reason_field(label: Any = None) -> forms.CharField:
    """Why somebody goes on without the criteria; kept with the stay and the event."""
    return forms.CharField(label=label, required=False, max_length=500)


def loss_reason_field(label: Any) -> forms.ModelChoiceField[LossReason]:
    """Its choices are there once `offer_reasons` was called."""
    return forms.ModelChoiceField(
        LossReason.objects.none(), label=label, widget=forms.RadioSelect, empty_label=None
    )


def offer_reasons(form: forms.Form) -> None:
    form.fields["reason"].queryset = loss_reasons()  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """A drop, or a choice in "Move to…". `after` empty: on top; absent: at the bottom."""

    stage = forms.UUIDField()
    version = forms.IntegerField(required=False, min_value=1)
    after = forms.CharField(required=False, max_length=40)
    override_reason = override_reason_field()


class LoseForm(forms.Form):
    reason = loss_reason_field(_("Why was it lost?"))
    note = forms.CharField(
        label=_("What would have helped?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_reasons(self)


class RetireForm(forms.Form):
    """Where the open deals of the stages that leave go. Nothing is asked when there are none."""

    to_stage = forms.TypedChoiceField(label=_("The deals go to"), coerce=uuid.UUID, empty_value=None)
    automate = forms.BooleanField(label=_("Make the tasks of the new stage"), required=False)

    def __init__(self, *args: Any, leaving: Sequence[Stage], needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_stage"].required = needed
        if needed:
            self.fields["to_stage"].choices = [  # type: ignore[attr-defined]
                ("", _("Choose a stage")),
                *_stages_to_go_to(leaving),
            ]


def _stages_to_go_to(leaving: Sequence[Stage]) -> list[Any]:
    """Every other stage in use, under its pipeline's name; the pipeline of the leaving ones first."""
    gone = {stage.pk for stage in leaving}
    groups: dict[str, list[tuple[str, str]]] = {}
    own = leaving[0].pipeline_id if leaving else None
    for stage in sorted(stages(), key=lambda each: (each.pipeline_id != own, each.pipeline.name)):
        if stage.pk not in gone:
            groups.setdefault(stage.pipeline.name, []).append((str(stage.pk), stage.name))
    return list(groups.items())
