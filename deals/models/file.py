"""What was laid beside a deal: offers, contracts, pictures."""

from __future__ import annotations

from django.db import models

from core import clock
from deals.models.deal import Deal
from tenancy.models import Membership, TenantForeignKey, TenantModel


class DealFile(TenantModel):
    """The row; the bytes lie in the storage "files" under `key`, without the name that somebody gave them.

    `content_type` is what the first bytes say, never what the sender said. A picture that was made small has the
    measures of its thumbnail here, so that the page keeps its place.
    """

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    thumb_width = models.PositiveSmallIntegerField(null=True, blank=True)
    thumb_height = models.PositiveSmallIntegerField(null=True, blank=True)
    uploaded_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "deal", "-created_at"], name="deals_dealfile_deal")]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """Where the bytes lie in the storage."""
        return f"{self.workspace_id}/{self.pk}"

    @property
    def thumb_key(self) -> str:
        return f"{self.key}.webp"

    @property
    def has_thumb(self) -> bool:
        return self.thumb_width is not None
