"""What the login page asks about the demo."""

from __future__ import annotations

from django import template

from integrations.demo import door
from tenancy.models import Membership

register = template.Library()


@register.simple_tag
def demo_members() -> dict[str, Membership]:
    """Whom a visitor of the demo may be, by role; empty where this is no demo."""
    return door.demo_members()
