"""One module per family of questions: resolve the days, ask the API, compute a view."""
