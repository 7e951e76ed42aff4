"""What people type about a deal, read and checked. The services check again: a form is one door of several."""

from deals.forms.amount import AmountField
from deals.forms.edit import EDIT_FIELDS, NewDealForm, edit_form
from deals.forms.filters import FilterForm
from deals.forms.log import DIRECTION_WORDS, ActivityForm, NoteForm, PersonForm, RoleForm, TagForm, TaskForm
from deals.forms.moves import LoseForm, MoveForm, RetireForm

__all__ = [
    "DIRECTION_WORDS",
    "EDIT_FIELDS",
    "ActivityForm",
    "AmountField",
    "FilterForm",
    "LoseForm",
    "MoveForm",
    "NewDealForm",
    "NoteForm",
    "PersonForm",
    "RetireForm",
    "RoleForm",
    "TagForm",
    "TaskForm",
    "edit_form",
]
