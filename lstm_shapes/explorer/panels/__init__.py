"""What the page's parts show, as plain data: one file a part, nothing is drawn here."""
