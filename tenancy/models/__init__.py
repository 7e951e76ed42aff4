from tenancy.models.audit import AuditEntry
from tenancy.models.base import AppendOnly, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from tenancy.models.change import Change
from tenancy.models.directory import Credential, DueWork, MembershipKey, WorkspaceKey
from tenancy.models.invitation import Invitation
from tenancy.models.members import Membership, MembershipVersion, Team
from tenancy.models.rate import ExchangeRate
from tenancy.models.tokens import ApiToken
from tenancy.models.user import User
from tenancy.models.workspace import Workspace

__all__ = [
    "ApiToken",
    "AppendOnly",
    "AuditEntry",
    "Change",
    "Credential",
    "DueWork",
    "ExchangeRate",
    "Invitation",
    "Membership",
    "MembershipKey",
    "MembershipVersion",
    "Team",
    "TenantForeignKey",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
    "User",
    "Workspace",
    "WorkspaceKey",
]
