@rem npm scripts say `exec` so that a signal to npm reaches the program and not only its shell.
@rem Windows has no such word; this gives it one that just runs the command.
@%*
