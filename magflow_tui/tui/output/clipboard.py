"""The clipboard of the operator's own machine, over whatever lies between (OSC 52)."""

from __future__ import annotations

from base64 import b64encode

from magflow_tui.tui.output.passthrough import BEL, ESC, Multiplexer, through

#: Bytes of text (UTF-8) that go to the clipboard at once: terminals drop sequences of more than 100 000 characters.
MOST_BYTES = 74_994


def to_clipboard(text: str, multiplexer: Multiplexer = None) -> str | None:
    """The sequence that puts `text` on the clipboard; None when it is too long for one.

    The text is inside as base64: nothing of it can be taken for a control sequence. tmux gets it twice: wrapped for the
    terminal (`allow-passthrough`), and bare for tmux itself (`set-clipboard`); it uses what it was told to use.
    """
    content = text.encode("utf-8", errors="replace")
    if len(content) > MOST_BYTES:
        return None
    sequence = f"{ESC}]52;c;{b64encode(content).decode('ascii')}{BEL}"
    wrapped = through(sequence, multiplexer)
    return wrapped + sequence if multiplexer == "tmux" else wrapped
