"""What is done by name: the command line behind `:`, the palette, theme and language, about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from magflow_tui.config.look import LANGUAGES, THEMES
from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.doing.limiting import POOLS
from magflow_tui.tui.doing.ordering import STATUSES
from magflow_tui.tui.keyboard import command_line
from magflow_tui.tui.keyboard.actions import ACTIONS, action_named, reason_against
from magflow_tui.tui.keyboard.command_line import Mistake, Spoken
from magflow_tui.tui.output.names import FORMATS, LIST_NAMES
from magflow_tui.tui.views.context import SCREENS
from magflow_tui.tui.views.palette import Entry
from magflow_tui.tui.views.reason_picker import found_reasons, reason_text
from magflow_tui.tui.views.spans import clean
from magflow_tui.tui.views.time_range import RANGES

if TYPE_CHECKING:
    from magflow_tui.config.look import Language
    from magflow_tui.tui.views.context import ScreenName

_IDS = tuple(action.id for action in ACTIONS)
#: Verbs of which the palette has an entry for each choice.
_OFFERED = ("theme", "language")
_ALL = "all"


class Commanding(Doing):
    """Commands by their names."""

    def choices(self) -> Mapping[str, Sequence[str]]:
        """What the arguments of commands may be now."""
        snapshot = self._app.snapshot
        accounts = [clean(account.name) for account in snapshot.accounts] if snapshot is not None else []
        return {
            "screen": SCREENS,
            "account": [*accounts, _ALL],
            "resource": ("orders", "offers", "rma", _ALL),
            "extent": ("incremental", "full"),
            "export": (*LIST_NAMES, *FORMATS),
            "format": FORMATS,
            "order_status": tuple(STATUSES),
            "reason": [str(reason.code) for reason in self._app.lists.reasons.known],
            "view": self._app.keys.keeping.names(),
            "reserve": [f"{pool} " for pool in POOLS],
            "range": tuple(RANGES),
            "theme": THEMES,
            "language": LANGUAGES,
        }

    # the command line

    def do_command(self) -> None:
        self._app.run_worker(self._command_line(), group="command", exit_on_error=False)

    async def _command_line(self) -> None:
        def complete(text: str) -> list[str]:
            return self._reasons_of(text) or command_line.completions(text, _IDS, self.choices())

        def explain(text: str) -> None:
            verb = command_line.asked_for(text, _IDS, self.choices())
            usage = command_line.usage(verb, self._app.say) if verb is not None else ""
            self._app.prompt.remark(self._reason_named(text) or usage)
            if verb is not None and "reason" in verb.takes:
                self._learn_reasons()

        text = await self._app.prompt.enter(":", complete=complete, on_change=explain)
        if text is not None:
            self.carry_out(text)

    def _learn_reasons(self) -> None:
        """Have the reasons of cancellations at hand for a line that wants one."""
        app, client = self._app, self._app.client
        if client is not None and not app.lists.reasons.known:

            async def read() -> None:
                await app.lists.reasons.read(client)

            self.beside("reasons", partial(app.commands.attempt, read), exclusive=True)

    def _reasons_of(self, text: str) -> list[str]:
        """Lines that go on from `:cancel 448120331 lips`: with the numbers of the reasons that have such a text."""
        head, _, last = text.rpartition(" ")
        words = head.split()
        if len(words) != 2 or words[0].lower() != "cancel" or not last or last.isdecimal():
            return []
        return [f"{head} {reason.code}" for reason in found_reasons(self._app.lists.reasons.known, last)]

    def _reason_named(self, text: str) -> str:
        """What the reason says whose number stands at the end of `:cancel 448120331 1`; empty for any other line."""
        words = text.split()
        if len(words) != 3 or words[0].lower() != "cancel" or not words[2].isdecimal() or len(words[2]) > 9:
            return ""
        reason = self._app.lists.reasons.named(int(words[2]))
        return "" if reason is None else reason_text(self._app.say, reason)

    def carry_out(self, text: str) -> None:
        """Do what is written, or say what is wrong with it."""
        app = self._app
        spoken = command_line.read(text, _IDS, self.choices())
        if isinstance(spoken, Mistake):
            known = ", ".join(spoken.known[:12])
            kind = spoken.kind if spoken.known or spoken.kind not in ("unknown", "missing") else f"{spoken.kind}_alone"
            app.tell(app.say(f"command.{kind}", word=clean(spoken.word), known=clean(known)), "warn")
        elif spoken is not None:
            self._perform(spoken)

    def _perform(self, spoken: Spoken) -> None:
        app, arguments = self._app, spoken.arguments
        match spoken.verb, arguments:
            case "screen", (name,):
                app.keys.go(cast("ScreenName", name))
            case "order", (number, *account):
                self._open_order(int(number), account[0] if account else None)
            case "run", (number,):
                app.keys.go("sync")
                app.keys.inspecting.show_run(int(number))
            case "view", (words,):
                app.keys.keeping.named(words)
            case "account", (name,):
                self._show_account(None if name == _ALL else name)
            case "sync", (resource, *extent):
                app.attempt(action_named("sync_new"), resource, extent[0] if extent else "incremental")
            case "sync", ():
                app.attempt(action_named("sync_new"))
            case "offers", () if app.place.offers_open:
                app.keys.go("orders")
            case verb, _:
                action = action_named(verb)
                if not action.belongs_to(app.place.screen) and len(action.scope) == 1:
                    app.keys.go(next(iter(action.scope)))
                app.attempt(action, *(argument for argument in arguments if argument))

    def _open_order(self, order_id: int, account: str | None) -> None:
        app, client = self._app, self._app.client
        app.keys.go("orders")
        if client is None:
            app.tell(app.say("why.no_engine"), "warn")
            return

        async def find_and_open() -> None:
            detail = await client.order(order_id, account=account or app.place.account)
            app.keys.reading.show_order(detail)

        self.quietly(find_and_open)

    def _show_account(self, shown: str | None) -> None:
        snapshot = self._app.snapshot
        accounts = snapshot.accounts if snapshot is not None else ()
        name = next((account.name for account in accounts if clean(account.name) == shown), None)
        self.quietly(lambda: self._app.keys.show_account(name))

    # the palette

    def do_palette(self) -> None:
        self._app.run_worker(self._palette(), group="command", exit_on_error=False)

    async def _palette(self) -> None:
        app, palette = self._app, self._app.palette
        palette.open(self._entries())
        app.paint()

        def narrow(text: str) -> None:
            palette.narrow(text)
            app.paint()

        def move(key: str) -> bool:
            moved = palette.press(key)
            if moved:
                app.paint()
            return moved

        try:
            text = await app.prompt.enter(app.say("palette.prompt"), on_change=narrow, on_key=move)
            if text is not None and text != palette.text:
                palette.narrow(text)
            chosen = palette.chosen if text is not None else None
        finally:
            palette.close()
            app.paint()
        if chosen is not None:
            self.carry_out(chosen.command)

    def _entries(self) -> list[Entry]:
        """Every action with its keys, those that can be done now first; then what the settings can be."""
        app, say = self._app, self._app.say
        now = app.situation(help_open=False)
        entries = []
        for action in ACTIONS:
            if action.id in ("palette", "command", "screen"):
                continue
            reached = action.belongs_to(now.screen) or len(action.scope) == 1  # the only screen it has is gone to
            reason = reason_against(action, now) if reached else "why.not_here"
            entries.append(
                Entry(
                    action.id.replace("_", "-"),
                    say(f"action.{action.id}"),
                    app.keymap.shown(action.id),
                    say(f"action.{action.id}.help"),
                    say(reason) if reason else None,
                )
            )
        entries.sort(key=lambda entry: entry.blocked is not None)
        keys = app.keymap.of("screen")
        screens = [
            Entry(name, say(f"screen.{name}"), key, say("action.screen.help"))
            for name, key in zip(SCREENS, keys, strict=False)
        ]
        choices = self.choices()
        offered = [
            Entry(f"{verb} {choice}", f"{say(f'action.{verb}')}: {choice}", "", say(f"action.{verb}.help"))
            for verb in _OFFERED
            for choice in choices[verb]
        ]
        return [*screens, *entries, *offered]

    # how it looks and is called

    def do_theme(self, name: str | None = None) -> None:
        app = self._app
        if name is None:
            app.run_worker(self._ask_theme(), group="command", exit_on_error=False)
            return
        app.wear(name)
        app.tell(app.say("said.theme", name=app.appearance.theme))

    async def _ask_theme(self) -> None:
        choices = [(str(number), name) for number, name in enumerate(THEMES, 1)]
        picked = await self._app.ask(self._app.say("ask.theme"), [*choices, ("esc", self._app.say("ask.cancel"))])
        if picked is not None:
            self.do_theme(dict(choices)[picked])

    def do_language(self, name: str | None = None) -> None:
        """To a language, or from one to the next."""
        app = self._app
        following = LANGUAGES[(LANGUAGES.index(app.appearance.language) + 1) % len(LANGUAGES)]
        app.appearance.speak(cast("Language", name or following))
        app.tell(app.say("said.language"))

    def do_about(self) -> None:
        self._app.place.about_open = True
        self._app.paint()
