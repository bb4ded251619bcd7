"""The few widgets of the dashboard, on Textual's Line API. None of Textual's own live widgets is used."""
