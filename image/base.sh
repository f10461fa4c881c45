#!/bin/sh
# Writes the base of the stage that compiles, for a machine that can pull none: the
# machine's own Go, make and busybox, the modules that hagen is made of and what
# was compiled of them before.
#
#   image/base.sh FOLDER     makes FOLDER/base.tar, for docker import
#
# The folder keeps modules and compiled packages: the first time takes minutes.
set -eu
PATH=$PATH:/usr/sbin:/sbin
mkdir -p "${1:?"the folder to write to"}"
folder=$(cd "$1" && pwd)
source=$(cd "$(dirname "$0")/.." && pwd)
root=$folder/root
echo 'module none' >"$folder/go.mod" # so that Go does not take what lies here for hagen's

fail() {
	echo "image/base.sh: $*" >&2
	exit 1
}

for program in go make busybox tar ldd; do
	command -v "$program" >/dev/null || fail "there is no $program: test/install.sh installs what Debian has"
done
[ -s /etc/ssl/certs/ca-certificates.crt ] || fail "there are no certificates: apt-get install ca-certificates"

# Modules come from the machine's cache, and from where it gets them if that lacks one.
go_root=$(go env GOROOT)
proxy=file://$(go env GOMODCACHE)/cache/download,$(go env GOPROXY)
export GOTOOLCHAIN=local GOFLAGS='-trimpath -modcacherw' CGO_ENABLED=0
(
	cd "$source"
	make --no-print-directory build BIN="$folder/hagen" GO="env GOPROXY=$proxy GOMODCACHE=$folder/modules GOCACHE=$folder/compiled go"
	for package in ./internal/render/bake ./internal/rule/bake; do
		GOPROXY=$proxy GOMODCACHE=$folder/modules GOCACHE=$folder/compiled go build -o /dev/null "$package"
	done
) >&2

rm -rf "$root"
mkdir -p "$root/bin" "$root/usr/bin" "$root/etc/ssl/certs" "$root/tmp" "$root/go" "$root$(dirname "$go_root")"
chmod 1777 "$root/tmp"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
for program in busybox make; do
	path=$(readlink -f "$(command -v "$program")")
	cp "$path" "$root/usr/bin/$program"
	ldd "$path" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
		mkdir -p "$root$(dirname "$library")"
		cp -L "$library" "$root$library"
	done
done
for name in sh cat chmod cp echo env find mkdir mv rm sed sort touch test true uname; do
	ln -s /usr/bin/busybox "$root/bin/$name"
done
tar -C "$(dirname "$go_root")" -c --exclude=go/test --exclude=go/api --exclude=go/doc "$(basename "$go_root")" | tar -C "$root$(dirname "$go_root")" -x
cp -r "$folder/modules/cache/download" "$root/go/proxy"
cp -r "$folder/compiled" "$root/go/compiled"
tar -C "$root" -c --owner=0 --group=0 --numeric-owner -f "$folder/base.tar.new" .
mv "$folder/base.tar.new" "$folder/base.tar"
rm -rf "$root"
