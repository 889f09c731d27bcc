"""The optimization page, part by part."""
