"""`./run update-translations`: brings the Korean catalogue up to the source: new texts in, those that are gone out."""

import contextlib
import io
from typing import TYPE_CHECKING

from runner.paths import ROOT
from runner.problems import Refusal
from runner.translations import CATALOGUE, LANGUAGE, extract, key_of, read

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message


def main(arguments: list[str]) -> int:
    """Write the catalogue anew, in its order; tell which texts have no Korean yet."""
    if arguments:
        raise Refusal("update-translations takes no arguments")
    path = ROOT / CATALOGUE
    # Babel prints a warning for each plural that Django's tool leaves open.
    with contextlib.redirect_stdout(io.StringIO()):
        catalogue = updated(extract(ROOT), read(path))
    path.write_text(as_text(catalogue, head=head_of(path.read_text(encoding="utf-8"))), encoding="utf-8")
    empty = [message for message in catalogue if message.id and not any(_texts(message))]
    for message in empty:
        print(repr(key_of(message)[1]))
    print(f"{len(empty)} texts without Korean in {CATALOGUE}")
    return 0


def updated(wanted: "Catalog", kept: "Catalog") -> "Catalog":
    """The texts that the source has, with the translations kept. A text that changed is a new one: nothing is guessed."""
    from babel.messages.catalog import Catalog

    have = {key_of(message): message for message in kept if message.id}
    catalogue = Catalog(locale=LANGUAGE, fuzzy=False)
    for message in wanted:
        if message.id:
            old = have.get(key_of(message))
            flags = message.flags - {"fuzzy"} | ({"fuzzy"} if old and old.fuzzy else set())
            catalogue.add(message.id, _translation(message, old), flags=flags, context=message.context)
    return catalogue


def as_text(catalogue: "Catalog", *, head: str) -> str:
    """The file's text under the head that it has: sorted by text, without places, so that a change shows itself alone."""
    from babel.messages.pofile import write_po

    written = io.BytesIO()
    write_po(written, catalogue, sort_output=True, no_location=True, width=100)
    return f"{head}\n\n{written.getvalue().decode().split('\n\n', 1)[1]}"


def head_of(text: str) -> str:
    return text.split("\n\n", 1)[0]


def _translation(message: "Message", old: "Message | None") -> str | tuple[str, ...]:
    text = next(iter(_texts(old)), "") if old else ""
    return text if isinstance(message.id, str) else (text,)


def _texts(message: "Message") -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())
