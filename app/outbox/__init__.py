"""Messages we owe somebody: written down with what caused them, sent later, never sent twice by themselves."""
