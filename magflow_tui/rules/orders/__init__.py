"""Tells good orders from bad: `check_order` finds all that is wrong with one.

Each subject has a module with its rules (code, severity, source, sentences in both languages) and the small functions
that apply them to an order as the schema read it. What the live API really sends is good, quirks included.

* `checking`      `check_order`, and the order of the checks
* `check`         the order under examination, and what was found in it
* `structure`     what could not be read: no JSON, wrong types
* `heading`       what every order has: status, type, who ships, what it is part of
* `dates`         well formed, possible, in order
* `customer`      who buys: name, phone, company and tax code
* `delivery`      where to: address, locker, country
* `lines`         products: identity, price, quantity and storno
* `vouchers`      discounts, and how splits share them out
* `deposits`      packaging deposits (SGR)
* `payment`       money that was collected and given back, against what the order costs
* `currency`      by platform and date, the same throughout
* `vat`           rates as fractions, and those a country knows
* `reasons`       why an order was cancelled
* `proforma`      proforma invoices, against themselves and the lines
* `attachments`   invoices and other files
* `texts`         control characters, endless texts
* `nesting`       unknown values without end
* `findings`      from what was noted to findings, with paths and values
* `amounts`       amounts as sentences show them
"""

from magflow_tui.rules.orders.checking import check_order

__all__ = ["check_order"]
