"""One inference request: tokens, times and bill."""
