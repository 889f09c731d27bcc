"""Signs in a text that point to one cause of a symptom among several."""
