"""What a correct order or offer is: pure functions over the marketplace's schema.

* `totals`       what a customer pays for an order
* `sellability`  whether an offer can be bought, and which conditions fail
"""
