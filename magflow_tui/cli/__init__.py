"""The `magflow` command: parse, call the engine's client, print.

* `root`       the command itself and the table of its subcommands, each loaded when it is asked for
* `commands/`  one module per noun (`orders`, `runs`, `engine`, …)
* `grammar`    the click classes: options that hold before and after the subcommand, groups with a default, examples
* `invocation` what the options of one call say
* `looking`    the options of what opens the dashboard
* `failures`   how a command ends other than well: a sentence, the way out, an exit code
* `borrowing`  an engine for the length of one command, started when none runs and stopped after
* `printing`   tables for people, JSON for programs, and which of the two streams each goes to
* `wording`    values as people read them: money, times, durations, masked names
* `demo`       the rehearsal: a marketplace and an engine of its own in a throwaway folder

Importing the command loads click and nothing heavier; what a subcommand needs is imported when it runs.
"""

from __future__ import annotations


def main() -> None:
    """Entry point of the `magflow` script. Ends the process with the command's exit code."""
    from magflow_tui.cli.ending import end_by_unwinding
    from magflow_tui.cli.root import magflow

    end_by_unwinding()
    magflow.main(prog_name="magflow")
