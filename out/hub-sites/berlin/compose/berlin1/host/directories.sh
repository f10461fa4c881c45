#!/bin/sh
# Makes the directories of this node with the owners that the containers need.
# Docker would make them itself, as root's, and a push would end in 500.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=node.sh
. "$here/node.sh"

prepared
mounted || exit 1
facts directory | while read -r path owner mode; do
	# a server that takes root for nobody refuses even to change nothing
	[ "$(stat -c '%u %g %a' "$path" 2>/dev/null)" != "$owner $owner ${mode#0}" ] || continue
	install -d -o "$owner" -g "$owner" -m "$mode" "$path" ||
		fail "$path cannot be given to user $owner" 'a container that cannot write there answers a push with 500' \
			'make it on the server, or let root keep its rights there (NFS: no_root_squash; CephFS: a user with rw on the path)'
done
echo "directories of $(facts node): as they should be"
