"""What `magflow doctor` looks at, from the ground up: machine, settings, data folder, engine, accounts.

* `check`    what a look found
* `machine`  Python, SQLite, open files, the terminal
* `setup`    settings and the data folder, as they are without an engine
* `running`  what the engine tells: its version, store, accounts, health, webhook
"""
