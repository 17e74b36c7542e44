"""What users download: the wheel, and a folder for Windows that brings its own Python.

python -m release [--folder dist]
"""
