"""Template filters: money, dates and names as each language writes them."""

from django import template

register = template.Library()
