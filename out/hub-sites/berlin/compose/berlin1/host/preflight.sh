#!/bin/sh
# Tells what would keep this node from running, before it does: everything at
# once, with what to do. Changes nothing.
#   preflight.sh            all of it
#   preflight.sh --start    what no container mends by trying again; the unit
#                           asks this before each start
# It needs no hagen: a node has none.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=node.sh
. "$here/node.sh"
problems=0

problem() {
	problems=$((problems + 1))
	say "$@"
}

note() { printf '%s: note: %s\n' "$me" "$1" >&2; }

# below tells whether a version is older than MAJOR MINOR; one that nobody can read is not.
below() {
	printf '%s\n' "$1" | awk -F '[^0-9]+' -v major="$2" -v minor="$3" \
		'{ a = $1 == "" ? $2 : $1; b = $1 == "" ? $3 : $2; exit !(a != "" && (a + 0 < major || a + 0 == major && b + 0 < minor)) }'
}

engine() {
	version=$(docker version --format '{{.Server.Version}}' 2>/dev/null) || {
		problem 'the Docker engine does not answer' 'nothing can start' 'apt-get install docker.io, then systemctl enable --now docker'
		return
	}
	if below "$version" 20 10; then
		problem "Docker is $version" 'releases before 20.10 are not tested with these bundles' 'update Docker'
	fi
	release=$(compose "$bundle" version --short 2>/dev/null) || {
		problem 'there is no Compose' 'the bundle is a project of it' 'apt-get install docker-compose, or docker-compose-plugin of Docker'
		return
	}
	if below "$release" 1 29; then
		problem "Compose is $release" 'releases before 1.29 do not wait for a healthy service' 'update Compose'
	fi
}

programs() {
	for program in curl install awk; do
		command -v "$program" >/dev/null ||
			problem "there is no program $program" 'the scripts of this bundle use it' "apt-get install $program, or dnf install $program"
	done
}

# room wants space, and inodes where a file system counts them.
room() {
	[ -d "$1" ] || return 0
	free=$(df -Pk "$1" | awk 'NR == 2 { print int($4 / 1024) }')
	[ "$free" -ge "$2" ] || problem "$1 has $free MB left" "$3" "free some: at least $2 MB"
	inodes=$(df -Pi "$1" | awk 'NR == 2 && $2 + 0 > 0 { print int($4 * 100 / $2) }')
	[ "${inodes:-100}" -ge 5 ] || problem "$1 has $inodes % of its inodes left" "$3" 'remove small files: old images and logs'
}

space() {
	root=$(docker info --format '{{.DockerRootDir}}' 2>/dev/null) || root=
	room "${root:-/var/lib/docker}" "$1" 'containers do not start on a full disk'
	room "$(facts mount)" 1024 'a push ends in 500'
	room "$(facts data)" 256 'the scanner cannot keep its database'
}

owners() {
	facts directory | while read -r path owner _; do
		found=$(stat -c %u "$path" 2>/dev/null) || found='nobody: it does not exist'
		[ "$found" = "$owner" ] || echo "$path belongs to $found, not to $owner"
	done
}

directories() {
	wrong=$(owners)
	[ -z "$wrong" ] || problem "$wrong" 'a container that cannot write there answers a push with 500' "sh $here/directories.sh"
}

secrets() {
	sh "$here/secrets.sh" --check >/dev/null 2>&1 ||
		problem 'the secrets are not what this bundle asks for' 'containers would lack some, or read old ones' "sh $here/secrets.sh --check says which"
}

# clock compares with the other nodes: tokens and certificates hold for minutes.
clock() {
	if command -v timedatectl >/dev/null && [ "$(timedatectl show --property NTPSynchronized --value 2>/dev/null)" = no ]; then
		problem 'the clock is not synchronised' 'tokens count as expired, or as not yet valid: 401 now and then' 'apt-get install chrony'
	fi
	facts peer | while read -r name address port; do
		there=$(ask "$address" "$port" --head 2>/dev/null | tr -d '\r' | awk 'tolower($1) == "date:" { sub(/^[^ ]+ /, ""); print }')
		seconds=$(date -d "${there:-nothing}" +%s 2>/dev/null) || continue
		away=$((seconds - $(date +%s)))
		[ "${away#-}" -le 30 ] || echo "the clock of $name is $away seconds away from this one"
	done >"$work"
	[ ! -s "$work" ] || problem "$(cat "$work")" 'tokens count as expired, or as not yet valid: 401 now and then' 'synchronise the clocks, with chrony for example'
}

# ours lists the ports that the containers of this bundle hold.
ours() {
	for id in $(compose "$bundle" ps --quiet 2>/dev/null); do docker port "$id" 2>/dev/null; done | sed 's/.*://'
}

ports() {
	command -v ss >/dev/null || return 0
	mine=$(ours)
	facts port | while read -r address port; do
		case "
$mine
" in *"
$port
"*) continue ;; esac
		ss -Hltn "sport = :$port" 2>/dev/null | awk -v address="$address" -v port="$port" '
			{ at = $4; sub(/:[^:]*$/, "", at) }
			address == "0.0.0.0" || at == address || at == "0.0.0.0" || at == "*" || at == "[::]" { print "port " port " is taken"; exit }'
	done >"$work"
	[ ! -s "$work" ] || problem "$(cat "$work")" 'Docker refuses to start the container that publishes it' \
		'ss -ltnp shows who has it; stop that, or write another port into the spec'
}

# connects opens a connection; without a program for it nobody knows.
connects() {
	if command -v bash >/dev/null; then
		# shellcheck disable=SC2016  # the words of the inner shell
		timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null
	elif command -v nc >/dev/null; then
		nc -z -w 5 "$1" "$2" 2>/dev/null
	fi
}

# literal tells whether a host is an address.
literal() { case $1 in *[!0-9.]*) case $1 in *:*) ;; *) return 1 ;; esac ;; esac; }

reached() {
	facts reach | while read -r what host port; do
		if ! literal "$host" && ! getent hosts "$host" >/dev/null; then
			echo "$what: the name $host is unknown here"
		elif ! connects "$host" "$port"; then
			echo "$what: $host:$port does not answer"
		fi
	done >"$work"
	[ ! -s "$work" ] || problem "$(cat "$work")" 'Harbor starts over and over, or pushes end in 500' 'mend DNS, routes, firewalls, or the address in the spec'
	facts peer | while read -r name address port; do
		connects "$address" "$port" || note "$name ($address:$port) does not answer yet"
	done
}

# subnet looks for networks of this machine inside the containers' one.
subnet() {
	range=$(facts subnet)
	[ -n "$range" ] && command -v ip >/dev/null || return 0
	{
		ip -4 route show | awk '$1 != "default" { dev = ""; for (i = 2; i < NF; i++) if ($i == "dev") dev = $(i + 1); if (dev !~ /^(br-|docker)/) print $1 }'
		facts reach | while read -r _ host _; do getent ahostsv4 "$host" | awk '{ print $1; exit }'; done
		facts peer | while read -r _ address _; do echo "$address"; done
	} | awk -v range="$range" '
		function number(text, part) { split(text, part, "."); return ((part[1] * 256 + part[2]) * 256 + part[3]) * 256 + part[4] }
		function size(text, part) { return 2 ^ (32 - (split(text, part, "/") > 1 ? part[2] : 32)) }
		function first(text, part) { split(text, part, "/"); return number(part[1]) - number(part[1]) % size(text) }
		/^[0-9.]+(\/[0-9]+)?$/ && first($1) < first(range) + size(range) && first(range) < first($1) + size($1) { print $1 " lies in " range }
	' | sort -u >"$work"
	[ ! -s "$work" ] || problem "$(cat "$work")" 'packets of the containers for that address never leave the machine' 'write another vm.subnet'
}

start=false
case ${1-} in
'') ;;
--start) start=true ;;
*)
	say 'usage: preflight.sh [--start]'
	exit 2
	;;
esac
prepared
work=$(mktemp)
trap 'rm -f "$work"' EXIT
mounted || problems=1
if [ "$start" = true ]; then
	space 512
	directories
else
	space 5120
	for check in engine programs directories secrets clock ports reached subnet; do "$check"; done
fi
[ "$problems" -eq 0 ] || fail "$problems to mend on $(facts node)"
echo "preflight of $(facts node): nothing in the way"
