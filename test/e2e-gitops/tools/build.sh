#!/bin/sh
# Builds the programs that the GitOps tests run, into bin/e2e/<set>. A set is a
# workspace beside this file: programs around one minor version of Kubernetes,
# with one version of each module, so that what they share is compiled once.
# What was built from the same pins is kept.
#
#   test/e2e-gitops/tools/build.sh [set...]
set -eu
cd "$(dirname "$0")"
bin=$(cd ../../.. && pwd)/bin/e2e
[ $# -gt 0 ] || set -- *.work

# flags prints what the linker must know: Kubernetes asks a binary its version.
flags() {
	version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
	at=k8s.io/component-base/version
	minor=${version#v1.}
	printf -- '-X %s.gitVersion=%s -X %s.gitMajor=1 -X %s.gitMinor=%s' "$at" "$version" "$at" "$at" "${minor%%.*}"
}

for set; do
	set=${set%.work}
	GOWORK=$PWD/$set.work
	export GOWORK
	modules=$(go list -m -f '{{.Dir}}')
	key=$(for module in $modules; do cat "$module/go.mod" "$module/go.sum"; done |
		cat - "$GOWORK"* build.sh | sha256sum | cut -c 1-16)-$(go env GOVERSION GOARCH | tr '\n' '-')
	if [ "$(cat "$bin/$set/key" 2>/dev/null)" = "$key" ]; then
		continue
	fi
	echo "building the programs around Kubernetes $set, which takes minutes the first time"
	rm -rf "${bin:?}/$set" "$bin/$set.new"
	mkdir -p "$bin/$set.new"
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w $(flags)" -o "$bin/$set.new/" tool
	echo "$key" >"$bin/$set.new/key"
	mv "$bin/$set.new" "$bin/$set"
done
