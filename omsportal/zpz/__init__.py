"""Form ЗПЗ counted from the data of all wings: tables 1 (appeals), 9 (representatives) and 10 (informing)."""
