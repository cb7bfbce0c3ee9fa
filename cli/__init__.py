"""The command line, `./gallery`: parses and prints. What is done is done by the other rooms."""
