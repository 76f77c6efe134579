"""How cost grows with what is stored: the same requests in stages of different size."""
