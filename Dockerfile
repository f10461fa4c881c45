# hagen's own image: one static program on an empty base. `make image` builds it
# without a network; with one: docker build --build-arg GO_IMAGE=golang:1.26 .
# docs/image.md tells more.

# with Go, make and /etc/ssl/certs/ca-certificates.crt
ARG GO_IMAGE=golang:1.26
FROM ${GO_IMAGE} AS build
ARG VERSION=0.1.0
ENV CGO_ENABLED=0 GOFLAGS=-trimpath GOTOOLCHAIN=local
WORKDIR /src
COPY . .
RUN make build VERSION="$VERSION" BIN=/rootfs/usr/local/bin/hagen \
 && mkdir -p /rootfs/etc/ssl/certs /rootfs/work \
 && cp /etc/ssl/certs/ca-certificates.crt /rootfs/etc/ssl/certs/ \
 && echo 'hagen:x:65532:65532::/work:/sbin/nologin' > /rootfs/etc/passwd \
 && chmod -R u=rwX,go=rX /rootfs \
 && chmod 1777 /rootfs/work

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="hagen" \
      org.opencontainers.image.description="compiles one spec into everything that a highly available Harbor registry needs" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /rootfs/ /
ENV PATH=/usr/local/bin
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/hagen"]
