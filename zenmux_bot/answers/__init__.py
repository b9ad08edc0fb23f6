"""From a query to a report: one folder for each kind of answer."""
