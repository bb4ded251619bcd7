"""`magflow keys`: what the keys of the dashboard do, under a preset and with the operator's own."""

from __future__ import annotations

from dataclasses import replace

import click

from magflow_tui.cli.failures import FAILED, OK
from magflow_tui.cli.grammar import Command, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.looking import look_of
from magflow_tui.cli.printing import Column, JsonValue, Printer
from magflow_tui.config.look import LANGUAGES, PRESETS

_COLUMNS = (Column("KEYS"), Column("ACTION"), Column("WHAT IT DOES", flexible=True), Column("WHERE", flexible=True))


@click.command(cls=Command, example="magflow keys --preset k9s")
@click.option("--preset", type=click.Choice(PRESETS), help="Instead of the one in the settings.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Instead of the language in the settings.")
@json_option
@pass_invocation
def keys(invocation: Invocation, preset: str | None, lang: str | None) -> int:
    """Keys of the dashboard, with the id that `[ui.keys]` knows an action by. Exit code 2 when own keys are wrong."""
    from magflow_tui.tui.keyboard.actions import ACTIONS
    from magflow_tui.tui.keyboard.keymap import shown_key
    from magflow_tui.tui.keyboard.presets import keymap_of, problem_sentence
    from magflow_tui.tui.text import speak
    from magflow_tui.tui.views.context import SCREENS

    look = look_of(invocation)
    # The types are those of the options: click lets no other word through.
    look = replace(look, preset=preset or look.preset, language=lang or look.language)  # type: ignore[arg-type]
    say, keymap = speak(look.language), keymap_of(look)
    printer = Printer(json=invocation.json)
    if printer.json:
        listed: dict[str, JsonValue] = {
            action.id: {
                "keys": [shown_key(key) for key in keymap.of(action.id)],
                "help": say(f"action.{action.id}.help"),
                "screens": [name for name in SCREENS if action.belongs_to(name)],
                "mutates": action.mutates,
                "dangerous": action.dangerous,
            }
            for action in ACTIONS
        }
        problems = [problem_sentence(problem, say) for problem in keymap.problems]
        printer.document({"preset": look.preset, "actions": listed, "problems": problems})
    else:
        rows = []
        for action in ACTIONS:
            screens = [say(f"screen.{name}") for name in SCREENS if name in action.scope]
            where = ", ".join(screens) or say("help.everywhere").lower()
            rows.append((keymap.shown(action.id), action.id, say(f"action.{action.id}.help"), where))
        printer.table(_COLUMNS, rows)
        for problem in keymap.problems:
            printer.remark(f"magflow: {problem_sentence(problem, say)}")
    return FAILED if keymap.problems else OK
