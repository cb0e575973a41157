"""Another program's project into a new study or an existing one."""
