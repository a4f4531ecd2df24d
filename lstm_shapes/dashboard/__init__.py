"""What serves the explorer as a page: its settings, its template, and a hub for many people."""
