// Package database runs what hagen writes for the external database against
// Debian's MariaDB and PostgreSQL, and the oldest and the newest PostgreSQL that
// package.json brings: bootstrap.sql as an administrator does, and
// the script that loads Harbor's tables as its container does. Harbor's own
// database image cannot be had; testdata/entrypoint.sh stands in for what it
// starts, and testdata/registry.sql for the tables, with texts that a careless
// renaming would break.
package database
