"""Parts of the page that plays programs back."""
