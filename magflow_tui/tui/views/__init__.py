"""View models: pure functions from what is known to lines of spans. No Textual in here, no clock, no I/O.

A line is a tuple of `(text, role)` spans; `tui.look.theme` alone turns roles into colours. The same lines are
painted by the dashboard, compared with text goldens by the tests and can be printed where no screen can be drawn.
"""
