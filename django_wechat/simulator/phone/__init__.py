"""What does a person see on the pretend phone? QR codes to scan, chats with accounts, and the switches of the demo."""
