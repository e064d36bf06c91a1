"""What :mod:`core.plugin_host` does with plugins: loading, checks, pages, settings, hook calls."""
