"""The subcommands, one module per noun. Each imports the client when it runs, so that `--help` stays quick."""
