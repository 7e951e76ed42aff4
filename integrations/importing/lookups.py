"""Other files beside the imported one, in which a cell's text is a key."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from integrations.importing.mapping import DealMapping, Lookup
from integrations.importing.reading import read_table
from integrations.importing.rows import Lookups

# Gives the content of a file beside the imported one.
type OpenBeside = Callable[[str], bytes]


def read_lookups(mapping: DealMapping, open_beside: OpenBeside | None) -> Lookups:
    return {
        name: _read_lookup(spec.lookup, mapping, open_beside)
        for name, spec in mapping.fields.items()
        if spec.lookup is not None
    }


def _read_lookup(
    lookup: Lookup, mapping: DealMapping, open_beside: OpenBeside | None
) -> Callable[[str], str]:
    """What a text stands for in the other file; itself where it is not there."""
    try:
        if open_beside is None:
            raise FileNotFoundError
        table = read_table(open_beside(lookup.file), encoding=mapping.encoding)
    except OSError as error:
        if lookup.optional:
            return lambda _text: ""
        detail = _("The mapping needs the file “%(file)s” beside the imported one.") % {"file": lookup.file}
        raise InvalidInput.of("mapping", detail) from error
    for column in (lookup.key, lookup.value):
        if column not in table.headers:
            detail = _("%(file)s has no column “%(column)s”.") % {"file": lookup.file, "column": column}
            raise InvalidInput.of("mapping", detail)
    key, value = table.headers.index(lookup.key), table.headers.index(lookup.value)
    known = {
        record.cells[key].strip(): record.cells[value].strip()
        for record in table.records
        if not record.problem and record.cells[value].strip()
    }
    return lambda text: known.get(text, text)
