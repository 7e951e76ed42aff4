from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        from contacts.models import CompanyFieldValue, ContactFieldValue
        from fields.registry import register_store

        register_store("company", CompanyFieldValue)
        register_store("contact", ContactFieldValue)
