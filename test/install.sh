#!/bin/sh
# Installs what the acceptance tests run beside Go: the programs that will read the
# rendered files in production, as Debian ships them. Needs root where something is
# missing; says nothing and changes nothing where all is there. No daemon is started.
#
#   test/install.sh
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
git git
redis-server redis-server
'

PATH=$PATH:/usr/sbin:/sbin

missing=$(echo "$wanted" | while read -r program package; do
	if [ -n "$program" ] && ! command -v "$program" >/dev/null; then
		echo "$package"
	fi
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
