"""What people type into the settings, read and checked. The services check again: a form is one door of several."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from core.formats import month_of_year
from core.money import CURRENCY_DIGITS
from tenancy.handover import Holding
from tenancy.models import Membership, Team, User
from tenancy.models.members import Role
from tenancy.models.tokens import TokenScope
from tenancy.permissions import Actor, offered_roles, useful_scopes
from tenancy.selectors.people import possible_heirs, teams_in_use
from tenancy.zones import zone_choices

THEMES = (("auto", _("Automatic")), ("light", _("Light")), ("dark", _("Dark")))
DAYS = (("30", _("30 days")), ("90", _("90 days")), ("365", _("One year")), ("", _("Never")))
NOBODY = "nobody"
SAME = "same"

month_label = lazy(month_of_year, str)


class InviteForm(forms.Form):
    """`for_login`: somebody known only from an import; role, team and name are theirs already."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    display_name = forms.CharField(
        label=_("Name"), max_length=120, required=False, help_text=_("They can change it when they join.")
    )
    role = forms.ChoiceField(label=_("Role"))
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Team"), required=False, empty_label=_("No team")
    )

    def __init__(self, *args: Any, actor: Actor, for_login: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if for_login:
            del self.fields["display_name"], self.fields["role"], self.fields["team"]
            return
        self.fields["role"].choices = role_choices(actor)  # type: ignore[attr-defined]
        self.fields["role"].initial = Role.REP
        self.fields["team"].queryset = teams_in_use()  # type: ignore[attr-defined]


def role_choices(actor: Actor) -> list[tuple[str, str]]:
    """The roles that the actor may give, in ascending order."""
    offered = offered_roles(actor)
    return [(value, str(label)) for value, label in Role.choices if value in offered]


class NameForm(forms.Form):
    display_name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autofocus": True})
    )


class LeaveForm(forms.Form):
    """Who takes over: a choice for each kind that the member holds. The second follows the first unless told otherwise."""

    def __init__(
        self, *args: Any, member: Membership, held: Sequence[tuple[Holding, int]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(heir.pk), _heir_label(heir)) for heir in possible_heirs(leaver=member)] if held else []
        for place, (holding, count) in enumerate(held):
            first = (("", _("Choose who takes over")),) if place == 0 else ((SAME, _("The same person")),)
            self.fields[holding.name] = forms.ChoiceField(
                label=f"{holding.label} ({count})",
                choices=[*first, (NOBODY, _("Leave unassigned")), *people],
                error_messages={"required": _("Choose who takes over, or leave it unassigned.")},
            )

    @property
    def heirs(self) -> dict[str, uuid.UUID | None]:
        """Holding → who takes it, None for nobody."""
        found: dict[str, uuid.UUID | None] = {}
        last: uuid.UUID | None = None
        for name, value in self.cleaned_data.items():
            if value != SAME:
                last = None if value == NOBODY else uuid.UUID(value)
            found[name] = last
        return found


def _heir_label(heir: Membership) -> str:
    return heir.display_name if heir.user_id else _("%(name)s (no login)") % {"name": heir.display_name}


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Team name"), max_length=80)


class ArchiveTeamForm(forms.Form):
    """Where the members of an archived team go."""

    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Its members go to"), required=False, empty_label=_("No team")
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams_in_use().exclude(pk=team.pk)  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("For example: nightly export, website form."),
    )
    scope = forms.ChoiceField(label=_("May"), widget=forms.RadioSelect)
    days = forms.TypedChoiceField(
        label=_("Expires after"), choices=DAYS, required=False, coerce=int, empty_value=None, initial="365"
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = useful_scopes(actor.role)
        scopes = [(value, label) for value, label in TokenScope.choices if value in offered]
        self.fields["scope"].choices = scopes  # type: ignore[attr-defined]
        self.fields["scope"].initial = offered[0]


class ZoneField(forms.ChoiceField):
    """A time zone, by region. `blank`: what no choice means."""

    def __init__(self, *, blank: Any = None, **kwargs: Any) -> None:
        super().__init__(required=blank is None, **kwargs)
        self.blank = blank

    def offer(self, current: str) -> None:
        first = [] if self.blank is None else [("", self.blank)]
        self.choices = [*first, *zone_choices(current=current)]


class ProfileForm(forms.Form):
    display_name = forms.CharField(label=_("Name in this workspace"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    timezone = ZoneField(
        label=_("Time zone"),
        blank=_("As the workspace"),
        help_text=_(
            "For the clock times that you read. Days (close dates, due dates, days in a stage) are counted in the "
            "workspace's zone for everybody."
        ),
    )
    theme = forms.ChoiceField(label=_("Appearance"), choices=THEMES, widget=forms.RadioSelect)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["timezone"].offer(user.timezone)  # type: ignore[attr-defined]


class GeneralForm(forms.Form):
    name = forms.CharField(label=_("Workspace name"), max_length=120)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("Of mails and of pages for those who have not chosen their own."),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCY_DIGITS])
    timezone = ZoneField(
        label=_("Time zone"),
        help_text=_(
            "In it days are counted: days in a stage, stalled deals, overdue tasks, the month of a forecast. A change "
            "counts from now on; the day on which a deal was closed stays as it was."
        ),
    )
    fiscal_year_start = forms.TypedChoiceField(
        label=_("Fiscal year begins in"),
        coerce=int,
        choices=[(month, month_label(month)) for month in range(1, 13)],
        help_text=_("Quarters and yearly targets are counted from it."),
    )

    def __init__(self, *args: Any, zone: str, fixed_currency: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["timezone"].offer(zone)  # type: ignore[attr-defined]
        if fixed_currency:
            self.fields["currency"].disabled = True
            self.fields["currency"].help_text = fixed_currency


class JoinForm(forms.Form):
    """A new person's account; the address is the invitation's."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=lazy(password_validators_help_text_html, str)(),
    )
