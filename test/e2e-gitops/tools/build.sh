#!/bin/sh
# Builds the programs that the GitOps tests run, each from the module beside this
# file, into bin/e2e/<module>. What was built from the same module is kept.
#
#   test/e2e-gitops/tools/build.sh [module...]
set -eu
cd "$(dirname "$0")"
bin=$(cd ../../.. && pwd)/bin/e2e
[ $# -gt 0 ] || set -- */

# flags prints what the linker must know: Kubernetes asks a binary its version.
flags() {
	version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes 2>/dev/null) || return 0
	at=k8s.io/component-base/version
	minor=${version#v1.}
	printf -- '-X %s.gitVersion=%s -X %s.gitMajor=1 -X %s.gitMinor=%s' "$at" "$version" "$at" "$at" "${minor%%.*}"
}

for module; do
	module=${module%/}
	(
		cd "$module"
		key=$(cat go.mod go.sum ../build.sh | sha256sum | cut -c 1-16)-$(go env GOVERSION GOARCH | tr '\n' '-')
		if [ "$(cat "$bin/$module/key" 2>/dev/null)" = "$key" ]; then
			exit 0
		fi
		echo "building $module, which takes minutes the first time"
		rm -rf "${bin:?}/$module" "$bin/$module.new"
		mkdir -p "$bin/$module.new"
		CGO_ENABLED=0 go build -trimpath -ldflags "-s -w $(flags)" -o "$bin/$module.new/" tool
		echo "$key" >"$bin/$module.new/key"
		mv "$bin/$module.new" "$bin/$module"
	)
done
