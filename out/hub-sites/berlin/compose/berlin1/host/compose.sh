#!/bin/sh
# Runs docker compose, or docker-compose 1.29, on this bundle:
#   compose.sh ps
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=node.sh
. "$here/node.sh"

compose "$bundle" "$@"
