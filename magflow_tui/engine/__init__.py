"""The engine: everything composed into one running process that serves the management API.

* `engine`    `Engine`: store, accounts, sync, monitor and schedule, started and ended together
* `process`   the process around it: command line, signals, lifeline, exit codes; `python -m magflow_tui.engine`
* `serving`, `listening`, `access`  its unix socket and, with a token, TCP
* `folder`    the data folder made private and held by one engine
* `api`       the routes
* `live`, `events`, `broadcast`  the 1 Hz snapshot and the event stream
* `actions`   what operators have the marketplace do to orders, safe against crashes
* `limits`    caps and reserves as people set them, in the store and in the limiters
* `recorder`, `pruning`  every request and minute kept in the store, and let go of when it is too old
* `accounts`, `history`, `scheduler`  what it serves, what was done, what is due
* `failures`, `logs`  why it does not start; the log file without secrets
"""
