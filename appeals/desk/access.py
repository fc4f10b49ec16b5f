from registry.access import roles
from registry.scoping import Role

# Whoever works appeals, at an insurer or at the fund.
DESK = (
    Role.OPERATOR,
    Role.CASE_WORKER,
    Role.EXPERT,
    Role.SUPERVISOR,
    Role.FUND_OPERATOR,
    Role.FUND_ADMIN,
)
HEADS = (Role.SUPERVISOR, Role.FUND_ADMIN)

desk_roles = roles(*DESK)
heads_only = roles(*HEADS)
