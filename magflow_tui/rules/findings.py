"""What a rule is, and what it finds.

A finding keeps the rule's code and the facts; its sentences are made of these when somebody reads them, in their
language, so that what is stored stays small and says the same in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Severity = Literal["error", "warning", "info"]
Language = Literal["en", "ro"]

#: Gravest first.
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages; `{name}` stands for a fact of a finding, `{value}` for the value found."""

    en: str
    ro: str

    def of(self, language: Language, facts: Mapping[str, str] | None = None) -> str:
        """The text in a language, with the facts in their places."""
        text = self.ro if language == "ro" else self.en
        return text if facts is None else text.format_map(facts)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its stable code (`line.quantity`), its severity, and where what it checks is written.

    `title` says in a few words what is checked, `expected` what a value should be, `sentence` what is wrong.
    """

    code: str
    severity: Severity
    source: str
    title: Words
    expected: Words
    sentence: Words


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: where (`$.products[0].quantity`), and the value there as short JSON (None: nothing is there).

    `facts` fill the rule's sentences; all are text.
    """

    rule: Rule
    path: str
    value: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return self.rule.severity

    def message(self, language: Language = "en") -> str:
        """What is wrong, as a sentence for people."""
        return self.rule.sentence.of(language, self._all_facts())

    def expected(self, language: Language = "en") -> str:
        """What the value should have been, in a few words."""
        return self.rule.expected.of(language, self._all_facts())

    def __str__(self) -> str:
        return f"{self.path.removeprefix('$.')}: {self.message()}"

    def _all_facts(self) -> dict[str, str]:
        return {"value": "-" if self.value is None else self.value, "path": self.path} | dict(self.facts)
