"""Rules on recorded series: when would they have fired, about what, for how long? See docs/backtest.md."""
