#!/bin/bash
# What validation costs beyond the render: user and system time of `hagen
# validate` against that of a hagen whose workers skip the checks of artifacts
# and the rules, in turn. Prints medians and the median difference of a pair, and
# what kustomize takes in the same minute for the same objects: these machines
# are twice as slow in some hours as in others.
#
#   bench/validation.sh [RUNS] [SPEC]
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-60} spec=${2:-examples/hub-2.15.toml}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

make -s build
cp bin/hagen "$work/with"
sed 's/w := &Worker{Compiler: c, dir: dir, vm: vm}/w := \&Worker{Compiler: c, dir: dir, vm: vm, lenient: true}/' \
	internal/compile/compile.go > "$work/compile.go"
cmp -s internal/compile/compile.go "$work/compile.go" && { echo "compile.go has changed: nothing was left out" >&2; exit 2; }
echo "{\"Replace\": {\"$PWD/internal/compile/compile.go\": \"$work/compile.go\"}}" > "$work/overlay.json"
CGO_ENABLED=0 go build -overlay "$work/overlay.json" -trimpath -ldflags '-s -w' -o "$work/without" ./cmd/hagen

(cd bench/kustomize && CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$work/kustomize" sigs.k8s.io/kustomize/kustomize/v5)
"$work/with" eject "$spec" "$work/base" > /dev/null

clock() { perf stat -x, -e task-clock "$work/$1" "${@:2}" 2>&1 >/dev/null | grep task-clock | cut -d, -f1; }
for _ in $(seq "$runs"); do
	echo "$(clock with validate "$spec") $(clock without validate "$spec")"
done > "$work/times"
for _ in $(seq "$runs"); do
	clock kustomize build "$work/base"
done > "$work/yardstick"
median() { sort -n | awk '{ v[NR] = $1 } END { printf "%.1f", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }
echo "with $(cut -d' ' -f1 "$work/times" | median) ms, without $(cut -d' ' -f2 "$work/times" | median) ms," \
	"a pair differs by $(awk '{ print $1 - $2 }' "$work/times" | median) ms;" \
	"kustomize build takes $(median < "$work/yardstick") ms"
