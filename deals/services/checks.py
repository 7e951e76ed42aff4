"""What any change of a deal checks first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from contacts.models import Company
from contacts.selectors.held import hold_company
from core.errors import DealClosed, FieldError, InvalidInput, StaleVersion
from core.money import CURRENCY_DIGITS, check_amount, check_unit
from deals.models import Deal
from deals.models.deal import EARLIEST, LATEST
from tenancy.models import Membership

MAX_NAME = 200


def check_version(deal: Deal, expected: int | None) -> None:
    """Raise StaleVersion with the deal as it is, when the caller last saw another version. None: not checked."""
    if expected is not None and expected != deal.version:
        raise StaleVersion(current=deal)


def check_open(deal: Deal) -> None:
    if not deal.is_open:
        raise DealClosed


def checked_name(name: str) -> str:
    name = checked_text(" ".join(name.split()), "name", MAX_NAME)
    if not name:
        raise InvalidInput.of("name", _("A deal needs a name."), "required")
    return name


def checked_text(text: str | None, field: str, limit: int) -> str:
    """`text` without blanks around it. Raises InvalidInput rather than cut it short."""
    text = (text or "").strip()
    if len(text) > limit:
        raise InvalidInput.of(field, _("At most %(max)s characters fit here.") % {"max": limit}, "max_length")
    if "\x00" in text:
        raise InvalidInput.of(field, _("A text cannot contain a null character."), "null_characters")
    return text


def checked_owner(owner: Membership | None) -> Membership | None:
    """Someone who has left gets no deals; a person known only from an import may keep theirs."""
    if owner is not None and not owner.is_active:
        raise InvalidInput.of("owner", _("This person has left the workspace."), "invalid_choice")
    return owner


def checked_company(company: Company | None) -> Company | None:
    """Held to the end of the transaction, so that it is not deleted or merged before the deal refers to it."""
    if company is not None and hold_company(company.pk) is None:
        raise InvalidInput.of("company", _("This company was deleted."), "invalid_choice")
    return company


def checked_amount(amount: Decimal | None) -> Decimal | None:
    if amount is None:
        return None
    try:
        check_amount(amount)
    except ValueError as error:
        raise InvalidInput.of("amount", str(error)) from error
    return amount


def check_amount_unit(amount: Decimal | None, currency: str, field: str = "amount") -> None:
    """Raise InvalidInput for an amount finer than its currency's unit. `field`: which of the two was entered."""
    if amount is None:
        return
    try:
        check_unit(amount, currency)
    except ValueError as error:
        raise InvalidInput.of(field, str(error)) from error


def checked_currency(currency: str) -> str:
    if currency not in CURRENCY_DIGITS:
        known = ", ".join(CURRENCY_DIGITS)
        raise InvalidInput.of(
            "currency",
            _("Unknown currency “%(code)s”. Choose one of: %(known)s.") % {"code": currency, "known": known},
            "invalid_choice",
        )
    return currency


def checked_date(day: date | None, field: str) -> date | None:
    if day is not None and not EARLIEST <= day < LATEST:
        detail = _("Enter a date between 1990 and 2199.")
        raise InvalidInput(detail, errors=[FieldError(field, "out_of_range", detail)])
    return day
