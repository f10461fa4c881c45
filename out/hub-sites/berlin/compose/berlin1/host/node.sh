#!/bin/sh
# shellcheck disable=SC2034,SC2154
# What the scripts of this folder share; each reads it with its own folder in
# "here". node.list beside it says what holds on this node, a line each:
#   registry NAME, node NAME, bundle DIRECTORY, data DIRECTORY
#   mount DIRECTORY                 where the shared file system lies, if there is one
#   system NAME TYPE…               what it is, and as what the kernel lists it
#   lock DIRECTORY                  where a node says that it is being updated
#   environment NAME, harbor RELEASE   what it was made for; hagen diff reads it
#   directory PATH OWNER MODE       must exist before a container starts
#   entry SCHEME HOST PATH          how a node is asked whether it serves
#   serve PORT                      where this node is asked
#   peer NAME ADDRESS PORT          where another node is
#   port ADDRESS PORT               what the containers publish
#   reach WHAT HOST PORT            what they need from outside
#   subnet RANGE                    of the containers' network

LC_ALL=C
export LC_ALL
list=$here/node.list
bundle=$(dirname "$here")
me=${0##*/}

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

# facts prints the lines of one kind without the kind.
facts() {
	awk -v kind="$1" '$1 == kind { sub(/^[^ ]+ /, ""); print }' "$list"
}

prepared() {
	[ "$(id -u)" -eq 0 ] || fail 'this needs root' 'it speaks to the engine and gives files to the users of containers'
	[ -s "$list" ] || fail "there is no node.list in $here" 'it says what holds on this node' 'copy the whole bundle'
}

# compose runs the Compose that is installed on the bundle of a folder.
compose() {
	folder=$1
	shift
	if docker compose version >/dev/null 2>&1; then
		(cd "$folder" && docker compose "$@")
	elif command -v docker-compose >/dev/null; then
		(cd "$folder" && docker-compose "$@")
	else
		fail 'there is no Compose' 'the bundle is a project of it' \
			'apt-get install docker-compose, or the package docker-compose-plugin of Docker'
	fi
}

# kind prints the type of the file system that is mounted at a directory, nothing
# if none is.
kind() {
	awk -v at="$1" '$5 == at { for (i = 6; i < NF; i++) if ($i == "-") found = $(i + 1) } END { print found }' /proc/self/mountinfo
}

# mounted wants the shared file system where the containers write, or they would
# fill the local disk with an empty registry.
mounted() {
	mount=$(facts mount)
	[ -n "$mount" ] || return 0
	system=$(facts system)
	found=$(kind "$mount")
	[ -n "$found" ] || {
		say "nothing is mounted on $mount" 'the containers would write to the local disk, into an empty registry' \
			"mount ${system%% *}: systemctl start $(systemd-escape --path --suffix=mount "$mount" 2>/dev/null || echo its unit), or mount $mount"
		return 1
	}
	case " ${HAGEN_FILE_SYSTEMS:-${system#* }} " in
	*" $found "*) ;;
	*)
		say "$mount is mounted as $found, not as ${system%% *}" 'the nodes would not see the same images' \
			"unmount it and mount ${system%% *}; if it is another file system that all nodes share, name its type in HAGEN_FILE_SYSTEMS"
		return 1
		;;
	esac
}

# bracketed prints an address as a URL holds it.
bracketed() {
	case $1 in
	*:*) printf '[%s]' "$1" ;;
	*) printf '%s' "$1" ;;
	esac
}

# ask asks a node by the name of the registry, as clients and balancers do, and
# prints what curl is told to: ask ADDRESS PORT [OPTION…]
ask() {
	to=$(bracketed "$1"):$2
	shift 2
	facts entry | {
		read -r scheme host path
		curl --silent --show-error --fail --insecure --noproxy '*' --max-time 10 \
			--connect-to "::$to" "$@" "$scheme://$(bracketed "$host")$path"
	}
}

answers() { ask "$1" "$2" --output /dev/null 2>/dev/null; }
