"""What surrounds every page: its frame, the navigation, link parameters, sharing, and the status line."""
