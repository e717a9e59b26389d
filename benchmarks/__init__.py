"""How fast the terminal is, side by side with a bare Kivy window: `script/benchmark` runs all of it."""
