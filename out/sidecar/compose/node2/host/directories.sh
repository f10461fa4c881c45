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
	install -d -o "$owner" -g "$owner" -m "$mode" "$path" ||
		fail "$path cannot be given to user $owner" 'a container that cannot write there answers a push with 500' \
			'let root keep its rights on the file system (no root_squash; a Ceph user with rw on the path)'
done
echo "directories of $(facts node): as they should be"
