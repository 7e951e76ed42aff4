"""What was done to a company or a person: their history, and the way back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models.company import Company
from contacts.models.contact import Contact
from core import clock
from tenancy.models import Membership, TenantForeignKey, TenantModel


class ChangeKind(models.TextChoices):
    EDITED = "edited", _("Edited")
    DELETED = "deleted", _("Deleted")
    MERGED = "merged", _("Merged")


class Change(TenantModel):
    """`data`: for an edit `fields`, name → from and to. For a merge `gone`, the id of what was merged into this one,
    `fields`, and `counts`; `moved` then holds the ids of all that changed hands, and is emptied when it is too late to
    undo.

    Personal texts stand here, and not in the log of events, which cannot be erased.
    """

    kind = models.CharField(max_length=8, choices=ChangeKind)
    company = TenantForeignKey(
        Company, on_delete=models.CASCADE, null=True, blank=True, related_name="changes"
    )
    contact = TenantForeignKey(
        Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="changes"
    )
    by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)
    data = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(company=None, contact__isnull=False) | Q(company__isnull=False, contact=None),
                name="contacts_change_of_one",
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace", "company", "-at", "-id"],
                condition=Q(company__isnull=False),
                name="contacts_change_company",
            ),
            models.Index(
                fields=["workspace", "contact", "-at", "-id"],
                condition=Q(contact__isnull=False),
                name="contacts_change_contact",
            ),
            # Merges whose details nobody needs any more.
            models.Index(
                fields=["workspace", "at"],
                condition=Q(kind=ChangeKind.MERGED) & ~Q(moved={}),
                name="contacts_change_merged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.company_id or self.contact_id}"

    @property
    def record(self) -> Company | Contact:
        found = self.company or self.contact
        assert found is not None  # noqa: S101 - contacts_change_of_one
        return found
