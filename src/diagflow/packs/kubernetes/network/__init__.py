"""Services, and what sends to them."""
