"""What the keys do, by concern: each class has a `do_<action id>` for the actions of the registry that are its own.

* `base`       what they all stand on
* `navigation` screens, panes, zoom, help, back
* `listing`    moving in lists, opening rows, reading on, faults
* `reading`    the lists of the store, as the cursor needs them
* `marking`    marks, sorting, columns, the detail pane, offers
* `searching`  filters, the next request that failed
* `inspecting` the run of a request, what a run has to tell
* `timeline`   live, frozen, the past, and how far back plots reach
* `syncing`    what the engine is asked to do
* `limiting`   caps of jobs, reserves of pools, what the limits have cost
* `offering`   the offer under the cursor, the counts of all
* `deciding`   what both of the next have in common: choosing, one question, sending, what became of it
* `ordering`   what the marketplace is asked to do to an order
* `bulk_ordering` the same over many orders
* `triage`     what is said of findings: seen, ignored, snoozed
* `watching`   what is read of alerts, and that somebody looks
* `alerting`   alerts: taken note of, muted
* `undoing`    what was done to findings, alerts and limits, taken back and done again
* `ruling`     findings by rule, ignored rules, what is read beside the orders
* `keeping`    notes on orders, saved views
* `outgoing`   copies, exports, pictures, a row in the pager
* `commanding` command line, palette, theme, language, about
* `terminal`   the shell behind, the mouse, the link
* `leaving`    quitting, in order or at once
"""
