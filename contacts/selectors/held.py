"""A company that something is about to refer to: nobody deletes or merges it meanwhile."""

from __future__ import annotations

import uuid

from contacts.models import Company
from tenancy.scope import current_workspace_id

# KEY SHARE, which Django cannot say: it waits for whoever deletes or merges the company and for nobody else.
HOLD = """
SELECT * FROM contacts_company
WHERE workspace_id = %s AND id = %s AND deleted_at IS NULL FOR KEY SHARE
"""


def hold_company(company_id: uuid.UUID) -> Company | None:
    """The company, held to the end of the transaction, or None once it is out of sight."""
    return next(iter(Company.objects.raw(HOLD, [str(current_workspace_id()), str(company_id)])), None)
