from contacts.models.change import Change, ChangeKind
from contacts.models.company import Company
from contacts.models.contact import Contact

__all__ = ["Change", "ChangeKind", "Company", "Contact"]
