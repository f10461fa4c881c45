#!/bin/sh
# shellcheck disable=SC2016
# Loads Harbor's tables into the external database, when and only when that is
# empty: Harbor 1.x does not make them. It never drops or changes anything, and
# may run any number of times, on several nodes at once.
#   load.sh          the tables of this release, from the database image in which
#                    this runs; its server is started for that, and listens nowhere
#   load.sh DUMP     those of an installation, from a file that mysqldump wrote
# DATABASE_HOST, _PORT, _NAME, _USERNAME and _PASSWORD say where; DATABASE_SCHEMA
# is the revision of the tables that the release needs; DATABASE_WAIT how many
# seconds a server that does not answer is waited for: 120.
set -eu
me=database-bootstrap
dump=${1-}
entrypoint=${DATABASE_ENTRYPOINT:-/entrypoint.sh}
server=''
where="$DATABASE_NAME on $DATABASE_HOST:$DATABASE_PORT"
# one loader at a time, on all nodes; the name of a lock has at most 64 characters
lock="MD5('hagen load $DATABASE_NAME')"

# say prints what is wrong, then why it matters and what to do.
say() {
  printf '%s: %s\n' "$me" "$1" >&2
  shift
  for line; do printf '  %s\n' "$line" >&2; done
}

fail() {
  say "$@"
  exit 1
}

end() {
  [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
  rm -rf "$work"
}

# external is the client of the external server.
external() {
  MYSQL_PWD=$DATABASE_PASSWORD mysql --no-defaults --protocol=tcp --connect-timeout=10 \
    --host="$DATABASE_HOST" --port="$DATABASE_PORT" --user="$DATABASE_USERNAME" \
    --default-character-set=utf8 --batch --skip-column-names "$@" 2>"$work/error"
}

# own is the client of the server that is started here.
own() {
  MYSQL_PWD=throwaway mysql --no-defaults --socket="$work/socket" --user=root --batch --skip-column-names "$@"
}

# number prints the number of the client's error. Some clients call it a failed
# handshake when the server does not let the machine in.
number() {
  if grep -q 'is not allowed to connect' "$work/error"; then echo 1130; else sed -n 's/^ERROR \([0-9]*\).*/\1/p' "$work/error"; fi
}

# explained ends with what the client's error means.
explained() {
  reason=$(sed -n 's/^ERROR //p' "$work/error")
  [ -n "$reason" ] || reason=$(cat "$work/error")
  case $(number) in
  1045 | 1698) fail "$where refuses the user $DATABASE_USERNAME" "$reason" \
    'the password differs from the secret database_password, or the user is not let in from this address: run bootstrap.sql on the server' ;;
  1130) fail "$where lets nobody in from this address" "$reason" \
    'name it in database.bootstrap.hosts, build, and run bootstrap.sql on the server' ;;
  1044 | 1142 | 1227 | 1370) fail "the user $DATABASE_USERNAME lacks a right on $where" "$reason" \
    'run bootstrap.sql on the server' ;;
  1049) fail "there is no database $where" "$reason" 'run bootstrap.sql on the server' ;;
  1251 | 2059) fail "$where wants a login that Harbor 1.x does not know" "$reason" \
    'run bootstrap.sql on the server: it gives the user mysql_native_password' ;;
  *) fail "$where does not do as it is told" "$reason" ;;
  esac
}

ask() { external --execute="$1"; }

# reached waits for a server that does not answer yet.
reached() {
  left=${DATABASE_WAIT:-120}
  until ask 'DO 0'; do
    case $(number) in 2002 | 2003 | 2005 | 2006 | 2013 | 1040 | 1053) ;; *) explained ;; esac
    [ "$left" -gt 0 ] || fail "$where does not answer" "$(cat "$work/error")" 'mend DNS, routes, firewalls, or the address in the spec'
    left=$((left - 2))
    sleep 2
  done
}

# look finds out what the database holds: its tables, and the revision that
# Harbor's own tables name; it is written last.
look() {
  present=$(ask "SELECT table_name FROM information_schema.tables WHERE table_schema = '$DATABASE_NAME' ORDER BY table_name") || explained
  revision=''
  if printf '%s\n' "$present" | grep -qx alembic_version; then
    revision=$(ask "SELECT version_num FROM \`$DATABASE_NAME\`.alembic_version LIMIT 1") || explained
  fi
}

# started waits until the server of the image has made its tables.
started() {
  [ -z "$server" ] || return 0
  chmod 1777 "$work"
  # it must not see where the real one is
  env -u DATABASE_PASSWORD MYSQL_ROOT_PASSWORD=throwaway "$entrypoint" mysqld --user=mysql \
    --skip-networking --socket="$work/socket" --pid-file="$work/pid" >"$work/log" 2>&1 &
  server=$!
  left=300
  until own --execute='SELECT version_num FROM registry.alembic_version' >/dev/null 2>&1; do
    kill -0 "$server" 2>/dev/null || fail 'the server of the database image ended' "$(tail -n 5 "$work/log")"
    [ "$left" -gt 0 ] || fail 'the server of the database image has no tables' "$(tail -n 5 "$work/log")"
    left=$((left - 1))
    sleep 1
  done
}

# shipped dumps the tables of the image. alembic_version gets the key without which
# group replication refuses its row.
shipped() {
  started
  own --execute='ALTER TABLE registry.alembic_version ADD PRIMARY KEY (version_num)' 2>/dev/null || true
  MYSQL_PWD=throwaway mysqldump --no-defaults --socket="$work/socket" --user=root \
    --default-character-set=utf8 --databases registry >"$work/dump" 2>"$work/error" || fail 'the tables of the image cannot be read' "$(cat "$work/error")"
}

# renamed gives the database its name where a statement names it, and nowhere
# else: mysqldump begins each statement with a line of its own, and writes the
# line breaks of values as \n. It leaves out what drops or locks, and who a view
# belonged to, for which the user has no right; the row of alembic_version comes
# last, so that a database which has it has all.
renamed() {
  sed -e "s/^\\(CREATE DATABASE [^\`]*\\)\`[^\`]*\`/\\1\`$DATABASE_NAME\`/" \
    -e "s/^USE \`.*\`;\$/USE \`$DATABASE_NAME\`;/" \
    -e '/^DROP /d' -e '/^\/\*![0-9]* DROP DATABASE /d' \
    -e '/^LOCK TABLES /d' -e '/^UNLOCK TABLES/d' -e '/^\/\*!40000 ALTER TABLE .* KEYS \*\/;$/d' \
    -e '/^\/\*!50013 DEFINER=/d' \
    -e '/^INSERT INTO `alembic_version` .*;$/{' -e 'H' -e 'd' -e '}' \
    -e '/^INSERT INTO `alembic_version` /,/;$/{' -e 'H' -e 'd' -e '}' -e '$G'
}

# prepared writes the statements to load.
prepared() {
  if [ -z "$dump" ]; then shipped; else
    [ -r "$dump" ] || fail "there is no file $dump"
    cat "$dump" >"$work/dump"
  fi
  tail -n 1 "$work/dump" | grep -q '^-- Dump completed' ||
    fail "the dump ${dump:-of the image} has no end" 'half of a registry would be loaded' 'make it anew with mysqldump'
  case $(grep '^USE `' "$work/dump" | sort -u | grep -c .) in
  0) echo "USE \`$DATABASE_NAME\`;" >"$work/tables" ;;
  1) : >"$work/tables" ;;
  *) fail "the dump $dump holds several databases" "all of them would end in $where" 'make it of one: mysqldump --databases registry' ;;
  esac
  grep -q '^INSERT INTO `alembic_version` ' "$work/dump" || fail "the dump $dump is not one of Harbor" 'it has no row of the table alembic_version'
  renamed <"$work/dump" >>"$work/tables"
}

# load runs in one session, which holds the lock. Who comes second finds the
# first table there, and looks again.
load() {
  {
    echo "SELECT GET_LOCK($lock, 300);"
    cat "$work/tables"
  } | external >/dev/null || {
    [ "$(number)" = 1050 ] || explained
    return 0
  }
  loaded=true
}

# refuse ends: what is there is neither nothing nor all.
refuse() {
  count=$(printf '%s\n' "$present" | grep -c .)
  foreign=''
  if [ -x "$entrypoint" ]; then
    started
    ours=$(own --execute='SHOW TABLES' registry)
    foreign=$(printf '%s\n' "$present" | grep -vxF "$ours" | head -n 3 | tr '\n' ' ') || true
  fi
  [ -z "$foreign" ] || fail "$where holds tables that are not Harbor's: $foreign" 'nothing was changed' \
    'give Harbor a database of its own: database.name'
  fail "$where holds $count tables, and not all of Harbor's" 'nothing was changed; an earlier load was broken off there' \
    "if nothing of it is needed, let an administrator drop the database, then run bootstrap.sql and this again"
}

# settled tells whether all is done; it is asked again while another one loads.
settled() {
  look
  if [ -z "$present" ]; then
    [ -s "$work/tables" ] || prepared
    load
    return 1
  fi
  if [ -z "$revision" ]; then
    busy=$(ask "SELECT IS_USED_LOCK($lock) IS NOT NULL") || explained
    [ "$busy" = 0 ] || return 1
    # it may have ended in between
    look
    [ -n "$revision" ] || refuse
  fi
  [ "$revision" = "$DATABASE_SCHEMA" ] || fail "the tables of $where are of revision $revision, and this release needs $DATABASE_SCHEMA" \
    "Harbor would fail on columns that are not there; nothing was changed" 'migrate them first, as the release notes say'
}

work=$(mktemp -d)
trap end EXIT
trap 'exit 1' HUP INT TERM
reached
loaded=false
until settled; do sleep 1; done
if [ "$loaded" = true ]; then echo "$me: $where has the tables of revision $revision"; else
  echo "$me: $where has its tables already, nothing was changed"
fi
