"""The datasets page, part by part."""
