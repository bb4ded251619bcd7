"""What crosses the wire between the engine and its clients: frozen models, the one vocabulary of engine, TUI and CLI.

Imports nothing of ours. Money is a `Decimal` (a string with a point in JSON), times are aware datetimes
(ISO 8601 with offset in JSON), identifiers are integers, durations are seconds unless a name says `_ms`.

* `snapshot`  the live view, whole and small, sent at 1 Hz
* `minutes`   the last hour, a value a minute, asked for apart
* `events`    the append-only event stream
* `runs`      sync runs: request to start one, progress, record
* `records`   orders, offers, requests and accounts as lists show them
* `management` the answers of the management paths that existing clients call
* `errors`    the one shape of an error body
"""
