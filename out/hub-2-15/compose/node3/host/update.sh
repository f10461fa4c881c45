#!/bin/sh
# Brings the bundle of this folder onto its node, while the other nodes serve:
#   sh host/update.sh                     in the folder of a new bundle, or of the
#                                         running one, which then is started anew
#   sh host/update.sh --without node2     although node2 is down
# Only one node at a time is let through: it holds a lock, on the shared file
# system if it may write there, and every other node must answer. What ran before is kept beside it,
# and its update.sh is the way back.
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=node.sh
. "$here/node.sh"
without=' ' held=''

usage() {
	say 'usage: update.sh [--without NODE]…'
	exit 2
}

options() {
	while [ $# -gt 0 ]; do
		if [ "$1" != --without ] || [ $# -lt 2 ]; then usage; fi
		without="$without$2 "
		shift 2
	done
}

# expected wants the bundle to be that of this machine.
expected() {
	target=$(facts bundle)
	[ -e "$target/host/node.list" ] || fail "there is no bundle in $target yet" 'this brings a new one to a node that runs' \
		'follow RUNBOOK.md from its first step'
	before=$(awk '$1 == "node" { print $2 }' "$target/host/node.list")
	[ "$before" = "$(facts node)" ] || fail "this is the bundle of $(facts node), and the machine is $before" \
		'two nodes would write into the same logs' "take the folder compose/$before"
}

# lock lets one node through at a time.
lock() {
	held=$(facts lock)/.update-$(facts registry)
	mkdir -p "$(facts lock)"
	if ! mkdir "$held" 2>/dev/null; then
		holder=$(cat "$held/node" 2>/dev/null || echo 'another node')
		[ "$holder" = "$(facts node)" ] || {
			lock=$held held=''
			fail "$holder is being updated" 'two nodes at once leave the clients without a registry' \
				"wait until it is done; if its update was killed: rm -r $lock"
		}
	fi
	facts node >"$held/node"
}

unlock() { [ -z "$held" ] || rm -rf "$held"; }

# quiet ends a look of the timer that is under way: it would start what is stopped
# here. The next one finds the lock.
quiet() {
	[ ! -d /run/systemd/system ] || systemctl stop harbor-watch.service 2>/dev/null || true
}

# others wants every other node to serve.
others() {
	facts peer | while read -r name address port; do
		case $without in *" $name "*) continue ;; esac
		answers "$address" "$port" || {
			say "$name ($address:$port) does not answer" 'with this node down too, clients would be without a registry' \
				"start it first, or say --without $name if it is meant to be down"
			exit 1
		}
	done
}

# images lists those of the services that start by themselves: docker-compose 1.29
# names the others too.
images() {
	compose "$bundle" config | awk '
		function end() { if (image != "" && !once) print image; image = ""; once = 0 }
		/^  [^ ]/ { end() }
		/^    image:/ { gsub(/["'\'']/, "", $2); image = $2 }
		/^    profiles:/ { once = 1 }
		END { end() }' | sort -u
}

# pulled fetches the images while the old containers still run.
pulled() {
	images | while read -r image; do
		docker image inspect "$image" >/dev/null 2>&1 || docker pull --quiet "$image" ||
			fail "the image $image cannot be pulled" 'nothing was changed: the node still runs what it ran' \
				'docker load it, or mend the way to its registry'
	done
}

# units refreshes the units that were installed, and no others. It reads what is in
# its place by now: on the way back, "$bundle" is where the bad one has gone.
units() {
	[ -d /run/systemd/system ] || return 0
	for unit in "$target"/host/*.service "$target"/host/*.timer "$target"/host/*.mount; do
		installed=/etc/systemd/system/${unit##*/}
		[ ! -e "$installed" ] || cmp -s "$unit" "$installed" || install -m 0644 "$unit" "$installed"
	done
	systemctl daemon-reload
}

# moved puts the new bundle into the place of the old one.
moved() {
	[ "$bundle" != "$target" ] || return 0
	rm -rf "$target.new"
	cp -r --no-preserve=mode,ownership "$bundle" "$target.new"
	rm -rf "$target.old"
	mv "$target" "$target.old"
	mv "$target.new" "$target"
}

options "$@"
prepared
expected
mounted || exit 1
trap unlock EXIT
trap 'exit 1' HUP INT TERM
lock
quiet
others
sh "$here/secrets.sh"
sh "$here/directories.sh"
sh "$here/preflight.sh" --start
pulled
# a lock that the others do not see lets two begin at once
[ "$(facts lock)" = "$(facts mount)" ] || others
# The proxy first: it ends what is under way and takes no more, so that the
# balancer turns to the others before anything behind it stops.
compose "$target" stop proxy
moved
units
sh "$target/host/up.sh" --force-recreate ||
	fail 'the new bundle does not come up' 'the other nodes serve; update none of them' \
		"mend it, or go back: sh $target.old/host/update.sh"
