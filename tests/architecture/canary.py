"""What marks a row of the other region, so that a leak sings."""

CANARY = "КАНАРЕЙКА"
REGION = "26"
