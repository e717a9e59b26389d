"""The clinic kiosk («инфомат») and the central registry it talks to."""
