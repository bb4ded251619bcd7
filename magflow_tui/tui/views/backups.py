"""Backups: said honestly to come with a later version."""

from __future__ import annotations

from magflow_tui.tui.views.context import Body, View
from magflow_tui.tui.views.spans import rule, stack


def body(view: View, width: int, height: int) -> Body:
    """The whole body of the screen."""
    title = rule(((view.say("screen.backups"), "title"),), (), width, stroke=view.glyphs.line)
    texts = (view.say("backups.later"), view.say("backups.meanwhile"))
    return Body(stack([title, (), *(((f"  {text}", "muted"),) for text in texts)], height))
