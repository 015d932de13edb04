"""Reading files: each format becomes the same rows of cells, each cell with its place. No file is trusted."""
