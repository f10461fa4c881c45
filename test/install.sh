#!/bin/sh
# Installs what the acceptance tests run beside Go: the programs that will read the
# rendered files in production, as Debian ships them. Needs root where something is
# missing; says nothing and changes nothing where all is there. No daemon is started.
#
#   test/install.sh          for make test
#   test/install.sh database for the servers of make test
#   test/install.sh e2e-vm   for make e2e-vm
#   test/install.sh e2e-site     for make e2e-site
#   test/install.sh e2e-gitops   for make e2e-gitops
#   test/install.sh race         for make race
set -eu

# program and package, one pair a line
wanted='
docker-compose docker-compose
nginx nginx-light
rsyslogd rsyslog
logrotate logrotate
systemd-analyze systemd
findmnt util-linux
openssl openssl
bash bash
jq jq
htpasswd apache2-utils
shellcheck shellcheck
age age
busybox busybox
toybox toybox
git git
haproxy haproxy
keepalived keepalived
pgrep procps
curl curl
node nodejs
npm npm
redis-server redis-server
docker-registry docker-registry
'

if [ "${1-}" = database ]; then
	wanted="$wanted
mariadbd mariadb-server
mysqldump mariadb-client
/usr/lib/postgresql/*/bin/initdb postgresql
"
fi

# what the nodes of make e2e-vm run
if [ "${1-}" = e2e-vm ]; then
	wanted="$wanted
dockerd docker.io
iptables iptables
ip iproute2
redis-server redis-server
redis-sentinel redis-sentinel
skopeo skopeo
mariadbd mariadb-server
curl curl
/usr/share/postgresql/*/postgres.bki postgresql
"
fi

# the browser of make e2e-site
if [ "${1-}" = e2e-site ]; then
	wanted="$wanted
chromium chromium
"
fi

# what Go's race detector is linked with
if [ "${1-}" = race ]; then
	wanted="$wanted
gcc gcc
/usr/include/stdio.h libc6-dev
"
fi

# what measures the load in make e2e-gitops
if [ "${1-}" = e2e-gitops ]; then
	wanted="$wanted
prometheus prometheus
"
fi

PATH=$PATH:/usr/sbin:/sbin

missing=$(echo "$wanted" | while read -r program package; do
	# shellcheck disable=SC2086  # a pattern
	case $program in
	'') ;;
	/*) ls $program >/dev/null 2>&1 || echo "$package" ;;
	*) command -v "$program" >/dev/null || echo "$package" ;;
	esac
done)
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
	echo "test/install.sh: not a Debian system; install yourself:" $missing >&2
	exit 1
fi

# RUNLEVEL=1 keeps the packages from starting their daemons.
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() {
	"$@" >"$log" 2>&1 </dev/null || {
		status=$?
		echo "test/install.sh: failed: $*" >&2
		tail -n 20 "$log" >&2
		exit "$status"
	}
}
quietly timeout 300 apt-get -o Acquire::Retries=3 update
# shellcheck disable=SC2086  # one word per package
quietly timeout 600 apt-get install -y --no-install-recommends $missing
