from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    name = "tenancy"

    def ready(self) -> None:
        from core import post
        from tenancy.audit_sentences import register_all
        from tenancy.history import follow_frozen_clock
        from tenancy.isolation import grant_to_application
        from tenancy.scope import install_guard
        from tenancy.selectors.invitations import LETTER
        from tenancy.services.invitation_mail import invitation_mail

        register_all()
        post.register_writer(LETTER, invitation_mail)
        connection_created.connect(install_guard, dispatch_uid="tenancy.guard")
        connection_created.connect(follow_frozen_clock, dispatch_uid="tenancy.history")
        post_migrate.connect(grant_to_application, dispatch_uid="tenancy.grants")
