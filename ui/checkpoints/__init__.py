"""The checkpoints page: taking a network home, and bringing one."""
