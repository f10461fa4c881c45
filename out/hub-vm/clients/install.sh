#!/bin/sh
# Made by hagen. Change the spec, not this file: the next build overwrites it.
registry=hub.tonybai.com:8070
name=hub-vm
# Tells the container engines of this machine how to reach the registry. A second
# time it changes nothing.
#   install.sh [--check|--remove] [--proxy] [--root DIR] [docker] [containerd] [containers]
# Without a name it takes the engines that are here; "containers" stands for podman,
# CRI-O, skopeo and buildah. --check changes nothing and fails if something is missing,
# --proxy adds http-proxy.conf, --root names another root, such as that of an image
# that is being built.
set -eu
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)

usage() {
	echo "usage: install.sh [--check|--remove] [--proxy] [--root DIR] [docker] [containerd] [containers]" >&2
	exit 2
}

root='' action=install proxy='' engines='' wrong=0 changed=''
while [ $# -gt 0 ]; do
	case $1 in
	--check | --remove) action=${1#--} ;;
	--proxy) proxy=yes ;;
	--root)
		[ -d "${2-}" ] || usage
		root=${2%/}
		shift
		;;
	docker | containerd | containers) engines="$engines $1" ;;
	*) usage ;;
	esac
	shift
done

bad() {
	echo "$*" >&2
	wrong=1
}

has() { command -v "$1" >/dev/null 2>&1; }

# active tells whether a unit runs here, and is to learn of a change.
active() { [ -z "$root" ] && has systemctl && systemctl is-active --quiet "$1"; }

# found lists the engines of this machine. A containerd that serves Docker alone
# needs nothing of its own.
found() {
	! has dockerd || echo docker
	! has containerd || { has dockerd && ! has kubelet; } || echo containerd
	! { has podman || has crio || has skopeo || has buildah; } || echo containers
}

# place puts a file of this folder where an engine reads it, looks whether it is
# there, or takes it back.
place() {
	to=$root$2
	case $action in
	check) cmp -s "$here/$1" "$to" || bad "$to is not $1 of this folder: run install.sh" ;;
	remove)
		[ -e "$to" ] || return 0
		rm "$to"
		changed=yes
		echo "removed $to"
		[ "$(basename "$(dirname "$to")")" != "$registry" ] || rmdir "$(dirname "$to")" 2>/dev/null || :
		;;
	install)
		! cmp -s "$here/$1" "$to" || return 0
		mkdir -p "$(dirname "$to")"
		cp "$here/$1" "$to"
		chmod 0644 "$to"
		changed=yes
		echo "wrote $to"
		;;
	esac
}

# given is place for a file that this registry may not need.
given() { [ ! -f "$here/$1" ] || place "$1" "$2"; }

# proxied lets an engine reach everything else through a proxy.
proxied() {
	[ -n "$proxy" ] || [ "$action" = remove ] || return 0
	if [ ! -f "$here/http-proxy.conf" ]; then
		[ -z "$proxy" ] || bad "there is no http-proxy.conf: the spec names no proxy"
		return 0
	fi
	before=$changed changed=''
	place http-proxy.conf "/etc/systemd/system/$1.service.d/50-$name-proxy.conf"
	if [ -n "$changed" ] && active "$1"; then
		systemctl daemon-reload
		echo "$1 reads it when it is restarted, which Docker's containers notice: systemctl restart $1"
	fi
	changed=$changed$before
}

# listed tells whether a daemon.json names the registry, merged prints it with the
# registry in it, or without; both by jq or python3, whichever there is. The list
# stays when it is empty: a reload of Docker passes over what is not there.
listed() {
	if has jq; then
		jq -e --arg r "$registry" '(."insecure-registries" // []) | index($r) != null' "$1" >/dev/null 2>&1
	else
		python3 -c 'import json, sys
sys.exit(sys.argv[1] not in json.load(open(sys.argv[2])).get("insecure-registries", []))' "$registry" "$1" 2>/dev/null
	fi
}

merged() {
	if has jq; then
		jq --arg r "$registry" --arg how "$action" '
			."insecure-registries" = ((."insecure-registries" // []) - [$r] + (if $how == "install" then [$r] else [] end))' "$1"
	else
		python3 -c 'import json, sys
registry, name, how = sys.argv[1:]
config = json.load(open(name))
left = [r for r in config.get("insecure-registries", []) if r != registry]
config["insecure-registries"] = left + [registry] * (how == "install")
print(json.dumps(config, indent=2))' "$registry" "$1" "$action"
	fi
}

# valid asks Docker itself, from 23.0 on, whether it takes a configuration.
valid() {
	has dockerd && dockerd --help 2>&1 | grep -q -e --validate || return 0
	dockerd --validate --config-file "$1" >/dev/null
}

# flagged tells whether the Docker that runs was given the list on its command line:
# with the same in daemon.json it would not start.
flagged() {
	[ -z "$root" ] && [ -r /run/docker.pid ] &&
		tr '\0' '\n' <"/proc/$(cat /run/docker.pid)/cmdline" 2>/dev/null | grep -q -e '^--insecure-registry'
}

insecure() {
	to=$root/etc/docker/daemon.json
	if [ ! -s "$to" ]; then
		[ "$action" = remove ] || place daemon.json /etc/docker/daemon.json
		return 0
	fi
	if ! has jq && ! has python3; then
		bad "$to: neither jq nor python3 is here to merge: write \"$registry\" into insecure-registries"
		return 0
	fi
	if ! listed "$to"; then
		case $action in
		remove) return 0 ;;
		check)
			bad "$to: insecure-registries does not name $registry: run install.sh"
			return 0
			;;
		esac
		if flagged; then
			bad "dockerd is started with --insecure-registry: add $registry there, or move all of them to $to"
			return 0
		fi
	elif [ "$action" != remove ]; then
		return 0
	fi
	cp -p "$to" "$to.new"
	if merged "$to" >"$to.new" 2>/dev/null && valid "$to.new"; then
		mv "$to.new" "$to"
		changed=yes
		echo "changed $to"
	else
		rm -f "$to.new"
		bad "$to is left as it was: it is no configuration that Docker takes"
	fi
}

tell_docker() {
	given ca.crt "/etc/docker/certs.d/$registry/ca.crt"
	[ ! -f "$here/daemon.json" ] || insecure
	# certs.d is read at each pull, the list when the engine is told to
	if [ -n "$changed" ] && [ -f "$here/daemon.json" ] && active docker; then systemctl reload docker; fi
	proxied docker
}

# lookup prints the folder that containerd's configuration, on stdin, looks into.
lookup() {
	awk '/^[ \t]*\[/ { inside = /^[ \t]*\[plugins\..*cri.*\.registry\]/; next }
		inside && /^[ \t]*config_path[ \t]*=/ { sub(/^[^=]*=[ \t]*/, ""); gsub(/["\047 \t]/, ""); print; exit }'
}

# effective prints the configuration of containerd: its own defaults and all files
# where it is at hand.
effective() {
	if [ -z "$root" ] && has containerd; then
		containerd ${1+--config "$1"} config dump 2>/dev/null
	else
		cat "${1-$root/etc/containerd/config.toml}" 2>/dev/null || :
	fi
}

# pointed prints a config.toml that names the folder, in the section that its format has.
pointed() {
	awk -v section="$1" -v path="$2" '
		function quoted(text) { gsub(/\047/, "\"", text); gsub(/[ \t]/, "", text); return text }
		/^[ \t]*\[/ { inside = quoted($0) == section }
		inside && /^[ \t]*config_path[ \t]*=/ { next }
		{ print }
		inside && /^[ \t]*\[/ { print "  config_path = \"" path "\""; done = 1 }
		END { if (!done) print "\n" section "\n  config_path = \"" path "\"" }' "$3"
}

# point lets containerd look into the folder.
point() {
	to=$root/etc/containerd/config.toml
	if [ "$action" = check ]; then
		bad "$to: config_path is empty, so containerd looks into no folder: run install.sh"
		return 0
	fi
	if [ -f "$to" ] && grep -Eq '^[^#]*registry\.(mirrors|configs)\.' "$to"; then
		bad "$to holds registry.mirrors or registry.configs, which exclude config_path: move them to $1/HOST/hosts.toml first"
		return 0
	fi
	version=$(if [ -s "$to" ]; then cat "$to"; else effective; fi | sed -n 's/^[ \t]*version[ \t]*=[ \t]*\([0-9]*\).*/\1/p' | head -n 1)
	case $version in
	2) section='[plugins."io.containerd.grpc.v1.cri".registry]' ;;
	3 | 4) section='[plugins."io.containerd.cri.v1.images".registry]' ;;
	*)
		bad "$to: its version is neither 2 (containerd 1.x) nor 3 or 4 (2.x), so the name of the section is not known: write config_path = \"$1\" yourself"
		return 0
		;;
	esac
	mkdir -p "$(dirname "$to")"
	if [ -f "$to" ]; then cp -p "$to" "$to.new"; else echo "version = $version" >"$to.new"; fi
	cp "$to.new" "$to.old"
	pointed "$section" "$1" "$to.old" >"$to.new"
	if [ "$(effective "$to.new" | lookup)" = "$1" ]; then
		mv "$to.new" "$to"
		echo "changed $to"
		! active containerd || systemctl restart containerd # pods run on
	else
		rm "$to.new"
		bad "$to is left as it was: containerd does not take config_path in $section"
	fi
	rm "$to.old"
}

tell_containerd() {
	now=$(effective | lookup)
	folder=${now%%:*}
	folder=${folder:-/etc/containerd/certs.d}
	given ca.crt "$folder/$registry/ca.crt"
	place hosts.toml "$folder/$registry/hosts.toml"
	[ -n "$now" ] || [ "$action" = remove ] || point "$folder"
	proxied containerd
}

tell_containers() {
	given ca.crt "/etc/containers/certs.d/$registry/ca.crt"
	given registries.conf "/etc/containers/registries.conf.d/50-$name.conf"
	if [ -n "$changed" ] && active crio; then systemctl reload crio; fi
	proxied crio
}

engines=${engines:-$(found)}
if [ -z "$engines" ]; then
	echo "no engine is here: name those that will be (docker, containerd, containers)" >&2
	exit 1
fi
for engine in $engines; do
	changed=''
	case $engine in
	docker) tell_docker ;;
	containerd) tell_containerd ;;
	containers) tell_containers ;;
	esac
	case $wrong$action in
	0remove) echo "$engine: nothing of $registry is left" ;;
	0*) echo "$engine: knows $registry" ;;
	esac
done
exit "$wrong"
