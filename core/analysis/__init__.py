"""What a network makes of images, why it says so, and what its layers and parameters look like.

Import the modules: each is the home of one way of looking.
"""
