"""The terminal and the link to it: what is sent, when, and what becomes of a terminal that stalls or goes away."""
