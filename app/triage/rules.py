"""What a complete card is, who may assess, which decision may follow. Pure."""
