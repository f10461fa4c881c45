#!/bin/bash
# What validation costs beyond the render: user and system time of `hagen
# validate` against that of a hagen whose workers skip the checks of artifacts
# and the rules, in turn. Prints medians and the median difference of a pair, and
# what another tool takes in the same minutes, because these machines are twice
# as slow in some hours as in others: `helm template` on harbor-helm, if CHART
# names a folder of that chart, else `kustomize build` of the same objects.
#
#   [CHART=DIR] bench/validation.sh [RUNS] [SPEC]
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

build() { (cd "bench/$1" && CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$work/yardstick" "$2"); }
if [ -n "${CHART:-}" ]; then
	name='helm template' yardstick=(template hub "$CHART" --values bench/helm/values.yaml)
	build helm helm.sh/helm/v3/cmd/helm
else
	name='kustomize build' yardstick=(build "$work/base")
	build kustomize sigs.k8s.io/kustomize/kustomize/v5
	"$work/with" eject "$spec" "$work/base" > /dev/null
fi

clock() { perf stat -x, -e task-clock "$work/$1" "${@:2}" 2>&1 >/dev/null | grep task-clock | cut -d, -f1; }
for _ in $(seq "$runs"); do
	echo "$(clock with validate "$spec") $(clock without validate "$spec") $(clock yardstick "${yardstick[@]}")"
done > "$work/times"
median() { awk "{ print $1 }" "$work/times" | sort -n | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }
printf 'with %.1f ms, without %.1f ms, a pair differs by %.1f ms; %s takes %.1f ms, the difference is %.3f of it\n' \
	"$(median '$1')" "$(median '$2')" "$(median '$1 - $2')" "$name" "$(median '$3')" "$(median '($1 - $2) / $3')"
