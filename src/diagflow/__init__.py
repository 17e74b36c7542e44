from diagflow._version import __version__
