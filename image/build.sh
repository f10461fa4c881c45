#!/bin/sh
# Builds hagen's image with the engine of this machine, the same bytes each time.
#
#   image/build.sh NAME:TAG VERSION [GO_IMAGE]
#
# Without GO_IMAGE the stage that compiles begins with FOLDER/base.tar of image/base.sh,
# which HAGEN_IMAGE_BASE names. SOURCE_DATE_EPOCH and REVISION are those of the commit
# unless they are set.
set -eu
name=${1:?"the name of the image"} version=${2:?"the version"} go_image=${3-}
source=$(cd "$(dirname "$0")/.." && pwd)
cd "$source"
: "${REVISION=$(git rev-parse HEAD 2>/dev/null || true)}"
: "${SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 0)}"

if [ -z "$go_image" ]; then
	go_image=hagen-go:local
	docker import \
		-c "ENV PATH=$(go env GOROOT)/bin:/usr/bin:/bin" -c 'ENV HOME=/tmp' \
		-c 'ENV GOPROXY=file:///go/proxy' -c 'ENV GOCACHE=/go/compiled' -c 'ENV GOMODCACHE=/go/modules' \
		"${HAGEN_IMAGE_BASE:?"the file base.tar of image/base.sh"}" "$go_image" >/dev/null
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
docker build \
	--build-arg GO_IMAGE="$go_image" --build-arg VERSION="$version" --build-arg REVISION="$REVISION" \
	--build-arg SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" --tag "$name" . >&2
# Builders write the time of the build into image and layers; this takes it out.
docker save --output "$work/built.tar" "$name"
go run -C image/canonical . -name "$name" -epoch "$SOURCE_DATE_EPOCH" "$work/built.tar" "$work/image.tar"
docker load --quiet --input "$work/image.tar" >&2
docker image inspect --format '{{.Id}}' "$name"
