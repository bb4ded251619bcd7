"""What can be written behind `:`, read into verbs and arguments, or into what is wrong with it. Pure; never raises.

Beside the verbs below every action of the registry is a command by its id, and every screen by its name or number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from magflow_tui.tui.views.context import Say

#: What an argument may be, by the name of its kind: `screen`, `account`, `theme`, …
Choices = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Verb:
    """A command and what it takes.

    `takes` has the kind of each argument: a name in `Choices`, `number`, or `text` for all the rest of the line. The
    first `needed` of them must be there.
    """

    name: str
    aliases: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    needed: int = 0


VERBS: tuple[Verb, ...] = (
    Verb("screen", (), ("screen",), 1),
    Verb("order", ("o",), ("number", "account"), 1),
    Verb("offers", (), ()),
    Verb("ack", (), ("number", "account")),
    Verb("status", (), ("number", "order_status", "account")),
    Verb("cancel", (), ("number", "reason", "account")),
    Verb("reread", (), ("number", "account")),
    Verb("run", (), ("number",), 1),
    Verb("account", ("acct", "a"), ("account",)),
    Verb("sync", (), ("resource", "extent")),
    Verb("filter", ("f",), ("text",)),
    Verb("note", (), ("text",)),
    Verb("view", (), ("view",), 1),
    Verb("reserve", (), ("reserve",)),
    Verb("time", (), ("text",)),
    Verb("range", ("t",), ("range",)),
    Verb("export", (), ("export", "format")),
    Verb("theme", (), ("theme",), 1),
    Verb("language", ("lang",), ("language",), 1),
    Verb("about", ("version",), ()),
    Verb("help", ("h",), ()),
    Verb("quit", ("q", "exit"), ()),
)
#: Kinds that are numbers, whether or not choices of them are known.
NUMBERS = frozenset({"number", "reason"})
#: Kinds of which a choice may be several words: it takes all the rest of the line.
PHRASES = frozenset({"view", "reserve"})
#: Screens are commands of their own, by what else they are called too.
SCREEN_ALIASES: Mapping[str, str] = {"log": "api", "requests": "api", "rate": "limits", "backup": "backups"}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command that can be carried out: a verb or the id of an action, and its arguments in order."""

    verb: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a line: `word` is at fault, `known` is what could stand there."""

    kind: Literal["unknown", "ambiguous", "missing", "not_a_number", "not_a_choice", "too_much"]
    word: str
    known: tuple[str, ...] = ()


def usage(verb: Verb, say: Say) -> str:
    """How a verb is written: `:order NUMBER [ACCOUNT]`."""
    words = [say(f"argument.{kind}") for kind in verb.takes]
    words = [word if place < verb.needed else f"[{word}]" for place, word in enumerate(words)]
    return " ".join([f":{verb.name}", *words])


def read(text: str, actions: Iterable[str], choices: Choices) -> Spoken | Mistake | None:
    """A line behind `:` as a command, None for an empty one. `actions` are the ids of the registry."""
    words = text.split()
    if not words:
        return None
    first, rest = words[0].lower(), words[1:]
    screens = choices.get("screen", ())
    if first in _numbers(screens):
        return Spoken("screen", (screens[int(first) - 1],)) if not rest else Mistake("too_much", rest[0])
    found = _found(first, actions, screens)
    if isinstance(found, Mistake):
        return found
    if isinstance(found, str):
        return Spoken(found, ()) if not rest else Mistake("too_much", rest[0])
    if found.name == "screen" and first != "screen":
        return Spoken("screen", (SCREEN_ALIASES.get(first, first),)) if not rest else Mistake("too_much", rest[0])
    return _arguments(found, text.strip()[len(words[0]) :].strip(), choices)


def completions(text: str, actions: Iterable[str], choices: Choices) -> list[str]:
    """Lines that go on from this one: names of commands first, then what their next argument may be."""
    head, space, last = text.rpartition(" ")
    if not space:
        names = (
            {verb.name for verb in VERBS} | {_spelled(action) for action in actions} | set(choices.get("screen", ()))
        )
        return sorted(name for name in names if name.startswith(text.lower()))
    words = head.split()
    if not words:
        return []
    found = _found(words[0].lower(), actions, choices.get("screen", ()))
    if isinstance(found, Verb) and found.takes[:1] and found.takes[0] in PHRASES:
        verb, _, rest = text.lstrip().partition(" ")
        offered = choices.get(found.takes[0], ())
        return [f"{verb} {choice}" for choice in offered if choice.lower().startswith(rest.lower())]
    if not isinstance(found, Verb) or len(words) > len(found.takes):
        return []
    offered = choices.get(found.takes[len(words) - 1], ())
    return [f"{head} {choice}" for choice in offered if choice.lower().startswith(last.lower())]


def asked_for(text: str, actions: Iterable[str], choices: Choices) -> Verb | None:
    """The verb that a line names, when it takes something: its usage can be told while it is written."""
    words = text.split()
    found = _found(words[0].lower(), actions, choices.get("screen", ())) if words else None
    named = isinstance(found, Verb) and words[0].lower() in (found.name, *found.aliases)
    return found if isinstance(found, Verb) and named and found.takes else None


def _spelled(action: str) -> str:
    """An action's id as a command."""
    return action.replace("_", "-")


def _found(word: str, actions: Iterable[str], screens: Sequence[str]) -> Verb | str | Mistake:
    """The verb or the action that a word names, in full or by its beginning."""
    named: dict[str, Verb | str] = {_spelled(action): action for action in actions}
    screen = VERBS[0]
    named |= dict.fromkeys((*screens, *SCREEN_ALIASES), screen)
    named |= {name: verb for verb in VERBS for name in (verb.name, *verb.aliases)}
    exact = named.get(word.replace("_", "-"))
    if exact is not None:
        return exact
    begun = sorted(name for name in named if name.startswith(word.replace("_", "-")))
    if len({id(named[name]) for name in begun}) == 1 and named[begun[0]] is not screen:
        return named[begun[0]]
    if begun:
        return Mistake("ambiguous", word, tuple(begun))
    from difflib import get_close_matches  # here, since nothing before the first mistake needs it

    return Mistake("unknown", word, tuple(get_close_matches(word, named, n=1)))


def _arguments(verb: Verb, rest: str, choices: Choices) -> Spoken | Mistake:
    """The arguments of a verb, each checked against its kind."""
    read_so_far: list[str] = []
    for kind in verb.takes:
        if kind == "text" or (kind in PHRASES and rest):
            return Spoken(verb.name, (rest,))
        word, _, rest = rest.partition(" ")
        rest = rest.strip()
        if not word:
            break
        if kind in NUMBERS:
            if not (word.isascii() and word.isdecimal() and len(word) <= 18):
                return Mistake("not_a_number", word)
            read_so_far.append(word)
            continue
        allowed = choices.get(kind, ())
        numbered = allowed[int(word) - 1] if kind == "screen" and word in _numbers(allowed) else None
        choice = numbered or next((each for each in allowed if each.lower() == word.lower()), None)
        if choice is None:
            return Mistake("not_a_choice", word, tuple(allowed))
        read_so_far.append(choice)
    if rest:
        return Mistake("too_much", rest.split()[0])
    if len(read_so_far) < verb.needed:
        missing = verb.takes[len(read_so_far)]
        return Mistake("missing", verb.name, tuple(choices.get(missing, ())))
    return Spoken(verb.name, tuple(read_so_far))


def _numbers(allowed: Sequence[str]) -> list[str]:
    return [str(number) for number in range(1, len(allowed) + 1)]
