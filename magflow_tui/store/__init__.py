"""The local store: tables, migrations, one writer, separate readers, keyset pages.

* `store`     `Store`, the way in: open, read, write, and the queries the engine asks
* `database`  the writer thread, the reader threads, what SQLite is told at connecting
* `schema`    opening: a new file, an older one, a newer one; `migrations` has the steps
* `tables`, `triage_tables`, `monitor_tables`, `alert_tables`  the tables as SQLModel classes; `columns` the types that
  money and times are kept in
* `upsert`    the hot path: one compiled statement a table, rows straight to the driver
* `orders`, `offers`, `rma`, `broken`  what a page of the marketplace becomes, and single items read from it
* `order_list`, `offer_list`  what lists show, sort by and can be asked; `listing` their pages in both directions,
  `conditions` and `searching` their filters, `list_query` what a client wants of them
* `findings`  what the rules find in a page of orders as rows; `findings_list` their pages, `finding_conditions` what
  orders can be asked about them, `standings` what orders say of them, `checking` the checking of stored orders again
* `triage`    what people do to findings at once; `triage_choice` which are meant, `triage_undo` taking it back,
  `ignores` rules that are ignored for what comes
* `notes`, `history`, `order_changes`, `saved_views`  what is known of an order beside its payload, and saved filters
* `actions`   what operators have done to orders, from being asked for to its end
* `runs`      run records, checkpoints, watermarks: everything that lets a sync go on where it was
* `pages`     the pages that a run could not read
* `events`    the append-only event stream
* `limit_settings`, `limit_losses`  caps and reserves as people set them, and what the limits have cost
* `alerts`    alerts as rows, `alert_history` those that were; `mutes`, `looks`, what operators say and when they looked
* `deliveries`  the outbox of the webhook
* `minutes`, `frames`  minutes that are over and the live view at their end, as they were written and as they are read
* `request_log`  requests one by one: pages backwards, searches, the attempts of a call, the next fault
* `pruning`   what is kept for how long, and letting go of it in steps nobody has to wait for
"""

from __future__ import annotations

from magflow_tui.store.broken import BrokenItem
from magflow_tui.store.errors import StoreError, StoreVersionError
from magflow_tui.store.events import EventDraft
from magflow_tui.store.store import Store, StoreSize
from magflow_tui.store.tallies import AccountCounts

__all__ = ["AccountCounts", "BrokenItem", "EventDraft", "Store", "StoreError", "StoreSize", "StoreVersionError"]
