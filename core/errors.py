"""Every refusal that a service can raise. Each surface (HTML, REST, command) translates the same class its own way.

`code` is stable and becomes the last part of a problem's `type`; `status` is the HTTP status that fits it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Text = str | Promise


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that was refused: its name, a stable code, and what to do about it."""

    field: str
    code: str
    detail: Text


class StagecraftError(Exception):
    """The base of every refusal. Nothing was changed when it is raised."""

    code = "error"
    status = 400
    title: Text = _("The request was refused.")

    def __init__(self, detail: Text = "", *, errors: Sequence[FieldError] = (), **extra: Any) -> None:
        self.detail = detail or self.title
        self.errors = tuple(errors)
        self.extra: Mapping[str, Any] = extra
        super().__init__(str(self.detail))


class InvalidInput(StagecraftError):
    """A value that cannot be right; `errors` says which field and why."""

    code = "invalid"
    status = 400
    title = _("Some values need correcting.")

    @classmethod
    def of(cls, field: str, detail: Text, code: str = "invalid") -> InvalidInput:
        return cls(detail, errors=[FieldError(field, code, detail)])


class NotAllowed(StagecraftError):
    """The actor's role, or the token's scope, does not reach."""

    code = "not-allowed"
    status = 403
    title = _("You do not have the right to do this.")


class NotFound(StagecraftError):
    """No such row in this workspace; another workspace's row reads the same."""

    code = "not-found"
    status = 404
    title = _("Not found.")


class StaleVersion(StagecraftError):
    """Somebody changed the object since it was read. `current` is the object as it now is."""

    code = "stale-version"
    status = 409
    title = _("Somebody changed this in the meantime.")

    def __init__(self, *, current: Any, detail: Text = "") -> None:
        super().__init__(detail)
        self.current = current


class Conflict(StagecraftError):
    """The object's state does not admit this."""

    code = "conflict"
    status = 409
    title = _("The current state does not allow this.")


class CriterionComputed(StagecraftError):
    """A criterion that the system evaluates cannot be ticked by hand."""

    code = "criterion-computed"
    status = 409
    title = _("This criterion is computed and cannot be ticked by hand.")


class ExitCriteriaNotMet(StagecraftError):
    """The gate: required criteria of the stages left behind do not hold. `unmet` lists them."""

    code = "exit-criteria-not-met"
    status = 422
    title = _("The exit criteria are not met yet.")

    def __init__(self, *, unmet: Sequence[Any], detail: Text = "") -> None:
        super().__init__(detail)
        self.unmet = tuple(unmet)


class Unprocessable(StagecraftError):
    """Well formed, but it makes no sense for this object."""

    code = "unprocessable"
    status = 422
    title = _("This cannot be done here.")


class DealClosed(Unprocessable):
    """A won or lost deal does not move; it is reopened first."""

    code = "deal-closed"
    title = _("The deal is closed. Reopen it first.")


class LeadCannotBeWon(Unprocessable):
    """A deal in a lead stage is not a deal yet."""

    code = "lead-cannot-be-won"
    title = _("A deal in a lead stage cannot be won. Move it to a deal stage first.")
