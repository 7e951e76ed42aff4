from django.apps import AppConfig


class FieldsConfig(AppConfig):
    name = "fields"

    def ready(self) -> None:
        from fields.audit_sentences import register_all

        register_all()
