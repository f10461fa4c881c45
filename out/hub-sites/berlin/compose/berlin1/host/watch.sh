#!/bin/sh
# Starts what has stayed down. Docker starts a container that ended again, but not
# while the log container, which takes its words, is away: then it gives up.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=node.sh
. "$here/node.sh"

prepared
mounted || exit 1
# an update stops containers on purpose
if [ "$(cat "$(facts lock)/.update-$(facts registry)/node" 2>/dev/null)" = "$(facts node)" ]; then exit 0; fi
compose "$bundle" up --detach --no-recreate
