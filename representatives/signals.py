"""Seams for what this app does not know: whoever has cases answers here.

Representatives may not import appeals. So the register asks and tells by signals, inside its own transaction;
`omsportal.handing_over` connects the two.
"""

from django.dispatch import Signal

# Asked with `representative_id`; receivers return the number of open cases in that person's hands.
open_work = Signal()

# Told with `representative`, `successor_id` (or None: whoever fits best), `scope` (None for the portal itself) and
# `now`, when somebody stops working in this position. Receivers return `services.HandedOver`.
leaving = Signal()
