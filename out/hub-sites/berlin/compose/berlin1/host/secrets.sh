#!/bin/sh
# Made by hagen. Change the spec, not this file: the next build overwrites it.
registry=hub-sites
directory=/etc/hagen/secrets/hub-sites
key_file=/etc/hagen/age.key
ask=''
encrypted=false

# Makes the directory from which the containers read their secrets, root's alone,
# and writes the key that mounts CephFS where the mount reads it.
#
#   secrets.sh                   from secrets.age beside this script, by the node's key
#   secrets.sh --from DIR        from a folder with one file for each secret
#   secrets.sh --command 'CMD'   from a command that prints the secret named in $1
#   secrets.sh --check           changes nothing; exit 1 if the directory is not right
#
# HAGEN_SECRETS names another directory, HAGEN_AGE_KEY_FILE another key.
#
# secrets.list beside this script says what is needed, a line each:
#   file SECRET OWNER GROUP MODE          a file of the directory
#   place SECRET OWNER GROUP MODE PATH    a file elsewhere on the node
#   variable SERVICE NAME SECRET          a variable of a container
#   fingerprint SECRET VALUE              changes when the secret does

set -eu
umask 077
LC_ALL=C
export LC_ALL

here=$(cd "$(dirname "$0")" && pwd)
list=$here/secrets.list
archive=$here/secrets.age
directory=${HAGEN_SECRETS:-$directory}
key_file=${HAGEN_AGE_KEY_FILE:-$key_file}
compose=docker-compose.secrets.yml
# what PyYAML or Compose read as a line break, or not at all: U+0080 to U+009F,
# U+2028 and U+2029, U+FEFF, U+FFFE and U+FFFF
control=$(printf '\302[\200-\237]')
separator=$(printf '\342\200[\250\251]')
mark=$(printf '\357\273\277')
nothing=$(printf '\357\277[\276\277]')
from='' check=false source='' work=''

# say prints what is wrong, then why it matters and what to do.
say() {
	printf 'secrets.sh: %s\n' "$1" >&2
	shift
	for line; do printf '  %s\n' "$line" >&2; done
}

fail() {
	say "$@"
	exit 1
}

usage() {
	say 'usage: secrets.sh [--check] [--from DIR | --command CMD]'
	exit 2
}

options() {
	while [ $# -gt 0 ]; do
		case $1 in
		--check) check=true ;;
		--from | --command)
			if [ $# -lt 2 ] || [ -z "$2" ] || [ -n "$source" ]; then usage; fi
			source=${1#--}
			if [ "$source" = from ]; then from=$2; else ask=$2; fi
			shift
			;;
		*) usage ;;
		esac
		shift
	done
}

# choose finds where the secrets come from if no option says so.
choose() {
	if [ -n "$source" ]; then
		return
	elif [ -e "$archive" ]; then
		source=archive
	elif [ -n "$ask" ]; then
		source='command'
	elif [ "$encrypted" = true ]; then
		fail "there is no secrets.age in $here" \
			'the secrets of this node come with its bundle, encrypted' \
			'make them by "hagen secrets init", build, and copy the whole bundle'
	fi
}

needed() {
	awk '$1 == "file" || $1 == "place" { print $2 } $1 == "variable" { print $4 }' "$list" | sort -u
}

# begin makes a folder for what is decrypted, on the file system of the directory,
# and takes away what a run that was killed has left.
begin() {
	case $directory in
	/*) directory=${directory%/} ;;
	*) fail "HAGEN_SECRETS is $directory, which is no absolute path" 'Compose would look elsewhere' ;;
	esac
	mkdir -p "$(dirname "$directory")"
	if command -v flock >/dev/null; then
		exec 9>"$directory.lock"
		flock 9
	fi
	rm -rf "$directory".work.*
	if [ -e "$directory.old" ] && [ ! -e "$directory" ]; then
		mv "$directory.old" "$directory"
	fi
	rm -rf "$directory.old"
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT PIPE TERM
	work=$(mktemp -d "$directory.work.XXXXXX")
	mkdir "$work/values" "$work/new"
}

# ready looks for what decrypting needs.
ready() {
	command -v age >/dev/null ||
		fail 'there is no program age' 'the secrets are encrypted by it' 'apt-get install age'
	[ -f "$key_file" ] ||
		fail "there is no key $key_file" 'without it nothing can be decrypted' \
			'put the private key of this node there, mode 0600, or name its file in HAGEN_AGE_KEY_FILE'
}

# section prints what stands for one secret in the archive: the line "secret NAME",
# then its value, encrypted.
section() {
	awk -v heading="secret $1" '/^secret / { on = $0 == heading; next } on' "$archive"
}

# decrypt prints one secret of the archive. One that is not in it is missing;
# one that cannot be decrypted ends everything.
decrypt() {
	section "$1" >"$work/section"
	[ -s "$work/section" ] || return 0
	if age --decrypt -i "$key_file" <"$work/section" 2>"$work/words"; then
		return
	fi
	case $(cat "$work/words") in
	*'no identity matched'*)
		fail "the key $key_file does not open secrets.age" 'the file is encrypted to other keys' \
			'add the public key of this node to secrets.node_recipients, run "hagen secrets init", build, and copy the bundle again'
		;;
	*identit* | *'private key'* | *'secret key'* | *passphrase*)
		fail "$key_file holds no key that can be read" 'it must be a private key of age or of SSH, without a passphrase' \
			'put the right file there, or name it in HAGEN_AGE_KEY_FILE'
		;;
	esac
	fail "secrets.age is damaged or cut off at $1" 'age cannot read it to its end' 'copy the bundle again'
}

# value prints one secret.
value() {
	case $source in
	archive) decrypt "$1" ;;
	from) cat "$from/$1" 2>/dev/null ;;
	command) sh -c "$ask" secrets.sh "$1" </dev/null ;;
	esac
}

# trim takes the line break off a value of one line: editors and commands add it.
trim() {
	if [ "$source" != archive ] && [ "$(wc -l <"$1")" -eq 1 ] && [ -z "$(tail -c 1 "$1")" ]; then
		printf %s "$(cat "$1")" >"$work/line"
		cat "$work/line" >"$1"
	fi
}

# gather takes every secret that is needed, or fails with the names of all that
# are not there.
gather() {
	if [ "$source" = archive ]; then ready; fi
	missing=''
	for name in $(needed); do
		if value "$name" >"$work/values/$name"; then trim "$work/values/$name"; fi
		[ -s "$work/values/$name" ] || missing="$missing $name"
	done
	[ -z "$missing" ] || fail "missing or empty:$missing" \
		'a container without one of its secrets starts and fails later' \
		"SECRETS.md says what each is; nothing was changed"
}

# plain tells whether a value can be a variable and be read alike by everyone.
plain() {
	[ "$(tr -d '\000-\037\177' <"$1" | wc -c)" -eq "$(wc -c <"$1")" ] || return 1
	! grep -aq -e "$control" -e "$separator" -e "$mark" -e "$nothing" "$1" || return 1
	! command -v iconv >/dev/null || iconv -f UTF-8 -t UTF-8 "$1" >/dev/null 2>&1
}

# quoted prints a value for Compose: in double quotes of YAML, each $ twice.
quoted() {
	{ cat "$1" && echo; } | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/\$/$$/g' -e 's/^/"/' -e 's/$/"/'
}

# variables prints the Compose file with the variables of all services.
variables() {
	last=''
	echo '# Made by secrets.sh; holds passwords.'
	echo 'services:'
	while read -r kind service variable name; do
		[ "$kind" = variable ] || continue
		plain "$work/values/$name" || fail "$name holds a control character or a line break" \
			"it is the variable $variable of $service, and not every release of Compose would pass it on as it is" \
			'take another value'
		[ "$service" = "$last" ] || printf '  "%s":\n    environment:\n' "$service"
		last=$service
		printf '      "%s": ' "$variable"
		quoted "$work/values/$name"
	done <"$list"
	[ -n "$last" ] || echo '  {}'
}

put() {
	cat "$1" >"$2"
	chown "$3:$4" "$2"
	chmod "$5" "$2"
}

# make fills the new directory.
make() {
	variables >"$work/new/$compose"
	put "$list" "$work/new/secrets.list" 0 0 0600
	while read -r kind name owner group mode _; do
		[ "$kind" = file ] || continue
		put "$work/values/$name" "$work/new/$name" "$owner" "$group" "$mode"
	done <"$list"
}

described() { (cd "$1" && stat -c '%n %a %u %g' . ./*); }

same() {
	[ -d "$directory" ] && [ "$(described "$directory")" = "$(described "$work/new")" ] || return 1
	for file in "$work/new"/*; do
		cmp -s "$file" "$directory/${file##*/}" || return 1
	done
}

# places calls a function for each secret that belongs elsewhere, and fails as it
# does: FUNCTION SECRET OWNER GROUP MODE PATH
places() {
	while read -r kind name owner group mode path; do
		[ "$kind" != place ] || "$1" "$name" "$owner" "$group" "$mode" "$path" || return 1
	done <"$list"
}

right() { [ -s "$5" ] && [ "$(stat -c '%a %u %g' "$5")" = "${4#0} $2 $3" ]; }
placed() { right "$@" && cmp -s "$work/values/$1" "$5"; }

place() {
	(umask 022 && mkdir -p "$(dirname "$5")")
	put "$work/values/$1" "$5.new" "$2" "$3" "$4"
	mv "$5.new" "$5"
}

swap() {
	places place
	if [ -e "$directory" ]; then mv "$directory" "$directory.old"; fi
	mv "$work/new" "$directory"
	rm -rf "$directory.old"
}

# standing looks at what is there without a source to compare with.
standing() {
	cmp -s "$list" "$directory/secrets.list" || return 1
	right '' 0 0 0600 "$directory/$compose" || return 1
	while read -r kind name owner group mode _; do
		[ "$kind" != file ] || right "$name" "$owner" "$group" "$mode" "$directory/$name" || return 1
	done <"$list"
	places right
}

done_already() {
	echo "secrets of $registry: as they should be in $directory"
	exit 0
}

options "$@"
[ "$(id -u)" -eq 0 ] || fail 'this needs root' 'the files belong to the users of the containers'
[ -s "$list" ] || fail "there is no secrets.list in $here" 'it says what is needed' 'copy the whole bundle'
choose
if [ -z "$source" ]; then
	if standing; then done_already; fi
	fail "$directory does not hold what this bundle asks for" 'the containers would lack secrets' \
		'run secrets.sh --from DIR with the folder that SECRETS.md describes'
fi
begin
gather
make
if same && places placed; then done_already; fi
if [ "$check" = true ]; then
	fail "$directory is not what this bundle asks for" 'containers read other secrets, or lack some' 'run secrets.sh'
fi
swap
echo "secrets of $registry: written to $directory"
