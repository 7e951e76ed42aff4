"""What a reader asks of the forecast, from the URL, and the date that a deal is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.formats import today_here

BEFORE, AHEAD = 2, 4  # months around this one, by default
MOST = 24


@dataclass(frozen=True, slots=True)
class MonthRange:
    """First days of the first and the last month. `problem`: why what was asked is not shown."""

    first: date
    last: date
    problem: str = ""

    @classmethod
    def usual(cls, today: date, problem: str = "") -> MonthRange:
        return cls(clock.add_months(today, -BEFORE), clock.add_months(today, AHEAD), problem)


def month_range(*, first: str, last: str, today: date) -> MonthRange:
    """The months of ?from=2027-11&to=2028-01; one alone asks for a year from or up to it. Never raises."""
    if not first and not last:
        return MonthRange.usual(today)
    try:
        begin = parse_month(first) if first else clock.add_months(parse_month(last), -11)
        end = parse_month(last) if last else clock.add_months(begin, 11)
    except ValueError:
        return MonthRange.usual(today, _("Write months as 2027-11. The usual months are shown."))
    count = (end.year - begin.year) * 12 + end.month - begin.month + 1
    if count < 1:
        return MonthRange.usual(
            today, _("The last month lies before the first one. The usual months are shown.")
        )
    if count > MOST:
        return MonthRange.usual(
            today, _("Choose %(most)s months at most. The usual months are shown.") % {"most": MOST}
        )
    return MonthRange(begin, end)


def parse_month(text: str) -> date:
    """The first day of "2027-11". Raises ValueError, also for a year that no deal can have."""
    if len(text) != len("2027-11"):
        raise ValueError(text)
    month = date.fromisoformat(f"{text}-01")
    if not 1990 <= month.year < 2200:
        raise ValueError(text)
    return month


class DateForm(forms.Form):
    """The day on which a deal is now expected to close: today or later, or it would need a date again."""

    expected_close_date = forms.DateField(
        label=gettext_lazy("Expected close date"),
        error_messages={
            "required": gettext_lazy("Choose a day."),
            "invalid": gettext_lazy("Choose a day."),
        },
    )
    version = forms.IntegerField(required=False)

    def clean_expected_close_date(self) -> date:
        day: date = self.cleaned_data["expected_close_date"]
        if day < today_here():
            raise forms.ValidationError(_("Choose today or a later day."))
        return day
