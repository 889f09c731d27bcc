"""The parts of the Class page: opening a room, leading it, the wall that all see, and the phones."""
