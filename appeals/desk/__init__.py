"""The staff's side of appeals: queue, case, what can be done with it, calls, the supervisor's board."""
