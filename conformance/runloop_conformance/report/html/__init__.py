"""`report.html`: one file that a browser opens from disk. It requests nothing from the network."""
