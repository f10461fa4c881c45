#!/bin/sh
# Stands in for the entrypoint of Harbor's database image: it makes a server of its
# own, with the tables of a file, and becomes that server.
#   FRESH is a server's directory without tables, TABLES the statements
set -eu
[ "$1" = mysqld ] && [ -n "$MYSQL_ROOT_PASSWORD" ] && [ -z "${DATABASE_PASSWORD-}" ]
shift
data=$(mktemp -d)
cp -a "$FRESH/." "$data"
chown -R mysql:mysql "$data"
{
	echo "ALTER USER 'root'@'localhost' IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';"
	cat "$TABLES"
} >"$data/first.sql"
exec mariadbd --no-defaults --datadir="$data" --skip-log-bin --innodb-flush-log-at-trx-commit=0 --init-file="$data/first.sql" "$@"
