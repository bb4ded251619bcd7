"""What is read from the engine: snapshots, lists page by page, requests, runs, the last hour, what limits cost."""
