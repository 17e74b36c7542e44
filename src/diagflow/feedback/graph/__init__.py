"""The evidence graph as a drawing: folded until it can be read, laid out here, drawn without a script.

`fold` makes a `Drawing` of at most so many nodes, `layers` puts them into columns and orders these, `wide` and `narrow`
give them places: from left to right on a screen, from top to bottom on a telephone.
"""
