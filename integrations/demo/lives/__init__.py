"""What happened to each deal of the demo, from its creation to today or to its end."""
