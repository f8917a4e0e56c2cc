"""The roof: the application, its home, shell, jobs and commands. Nobody sees it."""
