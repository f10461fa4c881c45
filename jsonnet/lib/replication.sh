#!/bin/sh
# Makes this registry copy images to other sites, as replication/README.md tells. It
# changes and removes only what it has made: names that begin with "hagen-". It may
# run any number of times, on several nodes at once.
# REPLICATION_URL is where Harbor's API answers, HARBOR_ADMIN_PASSWORD the password of
# admin there; REPLICATION_SITES names the sites, PASSWORD_NAME is that of each;
# REPLICATION_WAIT how many seconds one that does not answer is waited for: 900.
set -eu
umask 077
me=replication
bodies=${REPLICATION_BODIES:-/etc/hagen}
left=${REPLICATION_WAIT:-900}
line='
'

# fail prints what is wrong, then why it matters and what to do, and ends.
fail() {
	printf '%s: %s\n' "$me" "$1" >&2
	shift
	for text; do printf '  %s\n' "$text" >&2; done
	exit 1
}

# escaped spells a text as JSON and curl's own files do between quotes.
escaped() { printf '%s' "$1" | sed -e 's/[\\"]/\\&/g'; }

# once asks the API: METHOD PATH [BODY]. The answer lies in $work/answer, its number
# in $code, 000 if there is none. No password stands on a command line.
once() {
	printf 'user = "admin:%s"\n' "$(escaped "$HARBOR_ADMIN_PASSWORD")" >"$work/login"
	method=$1 address=$REPLICATION_URL$2
	set -- "${3-}"
	if [ -n "$1" ]; then
		printf '%s' "$1" >"$work/body"
		set -- --header 'Content-Type: application/json' --data-binary "@$work/body"
	else
		set --
	fi
	code=$(curl --config "$work/login" --silent --show-error --max-time 60 --noproxy '*' --request "$method" "$@" \
		--output "$work/answer" --write-out '%{http_code}' "$address" 2>"$work/error") || code=000
}

# waited spends some of the time that is left, or tells that there is none.
waited() {
	[ "$left" -gt 0 ] || return 1
	left=$((left - 5))
	sleep 5
}

# ask does the same, and waits for a registry that is still starting.
ask() {
	while :; do
		: >"$work/answer"
		once "$@"
		case $code in
		401 | 403) fail "this registry refuses the password of admin" "$(said)" \
			'it was changed in the web interface: put the new one into the secret harbor_admin_password' ;;
		000 | 502 | 503 | 504) waited || fail "this registry does not answer at $REPLICATION_URL" "$(said)" \
			'let it start, then run this again' ;;
		*) return 0 ;;
		esac
	done
}

# said is what came with the last answer.
said() {
	if [ "$code" = 000 ]; then cat "$work/error"; else printf 'it answered %s %s' "$code" "$(head -c 300 "$work/answer")"; fi
}

# must ends unless the last answer has one of the numbers: WHAT NUMBER...
must() {
	what=$1
	shift
	for number; do [ "$code" != "$number" ] || return 0; done
	fail "$what" "$(said)"
}

# list asks for one, which objects prints: WHAT PATH
list() {
	ask GET "$2"
	must "the list of $1 is not to be had" 200
}

# objects prints those of a list, one on a line, without what is nested in them.
objects() {
	sed -e :whole -e '$!{' -e N -e 'b whole' -e '}' -e 's/\n//g' "$work/answer" |
		sed -e 's/" *: */":/g' -e 's/, *"/,"/g' -e 's/\([{[]\) */\1/g' -e 's/ *\([]}]\)/\1/g' -e 's/} *, */},/g' \
			-e 's/"filters":\[[^]]*\]/"filters":0/g' -e :nested -e 's/:{[^{}]*}/:0/g' -e 't nested' | sed -e "s/},{/}\\$line{/g"
}

# value prints a number of objects that are read from the input.
value() { sed -n "s/.*[{,]\"$1\":\\([0-9]*\\).*/\\1/p"; }

# named prints the object of that name.
named() { objects | grep -F "\"name\":\"$1\"" || true; }

# password prints that of a site.
password() {
	variable=PASSWORD_$(printf '%s' "$1" | sed -e 'y/abcdefghijklmnopqrstuvwxyz-/ABCDEFGHIJKLMNOPQRSTUVWXYZ_/')
	eval "printf '%s' \"\$$variable\""
}

# with puts a text in the place of another, once: TEXT PLACE VALUE
with() {
	case $1 in *"$2"*) printf '%s%s%s' "${1%%"$2"*}" "$3" "${1#*"$2"}" ;; *) fail "there is no $2 in what is sent" ;; esac
}

# secret puts the password of a site into what is sent: TEXT SITE
secret() { with "$1" '"<password>"' "\"$(escaped "$(password "$2")")\""; }

# wanted tells whether a site is among those that are copied to.
wanted() { case " $REPLICATION_SITES " in *" $1 "*) return 0 ;; *) return 1 ;; esac }

# unreached ends, or waits for a site that is not there yet.
unreached() {
	waited || fail "the site $1 is not reached, or refuses the user" "$(said)" \
		"it must answer from here, its certificate must be known (registry.trusted_ca), and the secret replication_$1 must be the password there"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
