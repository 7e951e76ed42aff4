from contacts.models.change import Change, ChangeKind
from contacts.models.company import Company
from contacts.models.contact import Contact
from contacts.models.custom_value import CompanyFieldValue, ContactFieldValue

__all__ = ["Change", "ChangeKind", "Company", "CompanyFieldValue", "Contact", "ContactFieldValue"]
