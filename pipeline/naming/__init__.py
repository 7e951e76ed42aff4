"""What a stage's name says: the buyer's step or our own action, and in which tense. Pure functions over text.

The method is the articles': a stage is named for what the buyer has reached, and its tense is plain ("Meeting booked",
not "Meeting"). A name is judged in the language in which it is written.
"""

from pipeline.naming.findings import Finding, NameFault, guess_tense, name_findings
from pipeline.naming.tense import Tense

__all__ = ["Finding", "NameFault", "Tense", "guess_tense", "name_findings"]
