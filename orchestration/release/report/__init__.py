"""The report page of a release: one HTML file that a browser opens without a server or a network."""
