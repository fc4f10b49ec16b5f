"""Official form ЗПЗ: what its tables are made of, how they are checked and handed over. Counting joins the wings
and lives in `omsportal.zpz`."""
