"""What leaves the dashboard: copies, exports, pictures, notices to the terminal, plain lines.

* `passthrough` control sequences through tmux and GNU screen to the terminal behind them
* `clipboard`, `notices` what is sent so: the clipboard, notifications, the bell, the window's title
* `copying`     what is under the cursor, as text
* `export`      rows to CSV and JSON; `rows`: where the rows of each list come from; `names`: which lists, what format
* `pictures`    the screen as an SVG that fetches nothing
* `plain`       a screen as lines of words, for logs, cron mail and screen readers
* `private_file` files that nobody else can read, written whole or not at all
* `outside`     a text in the operator's own pager or editor
* `despatch`    all of it on the dashboard: what is sent, written and said

Encoders are pure. Personal data is masked before anything gets here (`views.masking`).
"""
