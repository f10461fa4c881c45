#!/bin/sh
# Starts this bundle and waits until every container is healthy. A second time it
# changes nothing. Options go to "compose up":
#   up.sh [--force-recreate]
# HAGEN_WAIT is how many seconds to wait: 900, for the first start of a new
# version migrates the database.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=node.sh
. "$here/node.sh"

# states prints name, state and health of every container of the bundle.
states() {
	# shellcheck disable=SC2046  # one word per container
	docker inspect --format '{{.Name}} {{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}-{{end}}' \
		$(compose "$bundle" ps --all --quiet)
}

# late prints those that are not ready yet.
late() {
	states | awk '$2 != "running" || ($3 != "healthy" && $3 != "-") { sub(/^\//, ""); print }'
}

# ready tells what is still waited for, nothing when the node serves.
ready() {
	waiting=$(late)
	[ -n "$waiting" ] || answers 127.0.0.1 "$(facts serve)" || waiting="port $(facts serve) does not answer"
	[ -z "$waiting" ]
}

settled() {
	end=$(($(date +%s) + ${HAGEN_WAIT:-900}))
	until ready; do
		[ "$(date +%s)" -lt "$end" ] || return 1
		sleep 1
	done
}

prepared
[ "$bundle" = "$(facts bundle)" ] ||
	fail "this bundle lies in $bundle, not in $(facts bundle)" 'Compose takes the name of the project from the folder' \
		'run host/update.sh, which brings it there'
mounted || exit 1
compose "$bundle" up --detach --remove-orphans "$@"
settled || fail 'this node does not serve yet:' "$waiting" \
	"its containers go on trying; sh $here/preflight.sh and the log directory say what is in the way"
echo "$(facts registry) on $(facts node): serving"
