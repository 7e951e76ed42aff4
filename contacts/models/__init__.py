from contacts.models.company import Company
from contacts.models.contact import Contact

__all__ = ["Company", "Contact"]
