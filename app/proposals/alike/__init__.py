"""What is alike among proposals in Chinese: found, marked, gathered, and a category suggested from it."""
