from fields.models.choice import FieldChoice
from fields.models.field import CustomField, FieldKind, Subject
from fields.models.value import FieldValue, value_indexes, value_key

__all__ = ["CustomField", "FieldChoice", "FieldKind", "FieldValue", "Subject", "value_indexes", "value_key"]
