"""The invitation as a mail, written when it is sent."""

from __future__ import annotations

import uuid

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import clock
from tenancy.models import Invitation, User
from tenancy.scope import current_workspace
from tenancy.services.accept_invitation import find_invitation
from tenancy.services.invite import link_of, link_secret


def invitation_mail(invitation_id: uuid.UUID) -> EmailMultiAlternatives | None:
    """The message, or None where the invitation was used, withdrawn or has expired meanwhile.

    In the language of the account if the address has one, else in the workspace's. Raises RuntimeError if the link
    would lead nowhere, as after the server's key was changed: the mail is then given up where admins see it.
    """
    invitation = Invitation.objects.select_related("invited_by").filter(pk=invitation_id).first()
    if invitation is None or not invitation.is_open(as_of=clock.now()):
        return None
    if find_invitation(link_secret(invitation)) is None:
        raise RuntimeError("the invitation's link would lead nowhere")
    workspace = current_workspace()
    known = User.objects.filter(email=invitation.email).first()
    language = (known.language if known else "") or workspace.language
    with translation.override(language), timezone.override(workspace.zone):
        context = {
            "invitation": invitation,
            "workspace": workspace,
            "url": link_of(invitation),
            "language": language,
        }
        subject = _("Join “%(workspace)s” on Stagecraft") % {"workspace": workspace.name}
        message = EmailMultiAlternatives(
            subject=" ".join(subject.split()),  # a name must not end the header
            body=render_to_string("tenancy/mail/invitation.txt", context).strip() + "\n",
            to=[invitation.email],
        )
        html = render_to_string("tenancy/mail/invitation.html", context)
        message.attach_alternative(html, "text/html")
    return message
