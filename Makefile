# Targets that people and CI call. `make test` is what the README names.
GO      ?= go
TOOL     = $(GO) tool -modfile=tools/go.mod
PACKAGES = ./cmd/... ./internal/... ./schema/... ./overlays ./jsonnet ./bench
BIN     ?= bin/hagen
VERSION ?= 0.1.0
LDFLAGS  = -s -w -X main.version=$(VERSION)
EXAMPLES = $(sort $(wildcard examples/*.toml))

.PHONY: all tables build sops examples check format lint unit race stale example-secrets accept sinks database replication secrets flux s3 editors recipes e2e-vm e2e-site e2e-image image image-base e2e-tools e2e-gitops test fuzz bench generate setup clean

all: build

# build makes bin/hagen: static, without debugging tables, the library parsed
# beforehand and the rules checked (a hagen built without makes the same, more slowly).
build: jsonnet/baked/library.ast schema/baked/rules.bin
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/hagen

jsonnet/baked/library.ast: jsonnet/versions.json $(shell find jsonnet -name '*.libsonnet') $(wildcard internal/render/*.go)
	$(GO) run ./internal/render/bake jsonnet > $@.new
	mv $@.new $@

schema/baked/rules.bin: $(wildcard schema/rules/*.yaml) $(wildcard internal/rule/*.go)
	$(GO) run ./internal/rule/bake schema > $@.new
	mv $@.new $@

# sops makes bin/sops, the release that tools/sops pins: hagen finds it there,
# beside itself. With an empty cache that takes minutes, so it is made once.
sops: bin/sops

bin/sops: tools/sops/go.mod tools/sops/go.sum
	CGO_ENABLED=0 $(GO) build -C tools/sops -trimpath -ldflags '-s -w' -o ../../$@ github.com/getsops/sops/v3/cmd/sops
	@touch $@

# image builds hagen's own image with the engine of this machine. No image is pulled:
# the stage that compiles has the machine's own Go. With a network that is
# GO_IMAGE=golang:1.26, say.
IMAGE    ?= hagen:$(VERSION)
GO_IMAGE ?=
image: $(if $(GO_IMAGE),,image-base)
	HAGEN_IMAGE_BASE=bin/image/base.tar image/build.sh $(IMAGE) $(VERSION) $(GO_IMAGE)

image-base:
	image/base.sh bin/image

# examples renders every example into out/.
examples: build
	bin/hagen build $(EXAMPLES)

# example-secrets makes the encrypted files of the examples anew, with values
# that nobody needs to know.
example-secrets: build sops
	rm -rf examples/secrets
	HAGEN_SECRET_CEPH_KEY=$$(printf '\001\000\000\000\000\000\000\000\000\000\020\000%s' "$$(head -c 12 /dev/urandom | base64)" | base64 -w0) \
	HAGEN_SECRET_DATABASE_PASSWORD=$$(head -c 24 /dev/urandom | base64) \
	HAGEN_SECRET_REDIS_PASSWORD=$$(head -c 24 /dev/urandom | base64) \
	bin/hagen secrets init --spec examples/hub-2.15.toml --private-ca

# check is what every change must pass; it needs Go and nothing else.
check: format lint unit stale

format:
	@test -z "$$($(TOOL) gofumpt -l cmd internal schema overlays jsonnet test bench ci image | tee /dev/stderr)"
	@$(TOOL) jsonnetfmt --test $$(find jsonnet examples -type f -name '*sonnet')

lint:
	$(GO) vet $(PACKAGES)
	$(TOOL) staticcheck $(PACKAGES)

unit:
	$(GO) test $(PACKAGES)

# race looks for data races; RACE names the packages.
RACE ?= $(PACKAGES)
race:
	test/install.sh race
	CGO_ENABLED=1 $(GO) test -race -timeout 30m $(RACE)

# stale fails when out/ is not what the examples compile to.
stale: build
	bin/hagen build --check $(EXAMPLES)

# setup installs what the acceptance tests run: Debian packages, as root.
setup:
	test/install.sh

# accept hands every file below out/ to the program that will read it.
accept: setup
	cd test/accept && $(GO) vet ./... && $(GO) test -count=1 ./...

# sinks sends awkward texts through every format and its real reader.
sinks: setup
	cd test/sinks && $(GO) vet ./... && $(GO) test ./...

# database runs what makes the external database, and loads it, on MariaDB and PostgreSQL.
database: build
	test/install.sh database
	cd test/database && npm ci --no-audit --no-fund --silent && $(GO) vet ./... && $(GO) test -count=1 ./...

# replication gives the script that has images copied between sites to stand-ins of
# both generations' API, in the shells and with the tools of their images.
replication: build
	test/install.sh
	cd test/replication && $(GO) vet ./... && $(GO) test -count=1 ./...

# secrets makes, rotates and reads secrets as users do, with the real sops and age;
# what e2e-vm breaks on nodes must be seen in a spec and its secrets.
secrets: setup build sops
	cd test/secrets && $(GO) vet ./... && $(GO) test -count=1 ./...
	cd test/e2e-vm && $(GO) test -count=1 ./breakage

# flux lets Flux's own code decrypt what hagen wrote.
flux: build sops
	cd test/flux && $(GO) vet ./... && $(GO) test -count=1 ./...

# s3 pushes and pulls through the real registry into a real S3 server, by the
# configuration below out/. Building the server takes a minute with an empty cache.
s3: setup
	cd test/s3 && $(GO) vet ./... && $(GO) test -count=1 ./...

# e2e-vm brings the bundles up on Docker engines of its own, one for each node, and
# breaks them; as root, in namespaces that end with it. Most of the time somebody
# waits there, so two of them run side by side, neither of which sees the other.
E2E_VM_FIRST = ^(TestBreakages|TestThreeNodes)$$
e2e-vm: build sops
	test/install.sh e2e-vm
	cd test/e2e-vm && $(GO) vet ./... && { \
		$(GO) test -count=1 -timeout 40m -run '$(E2E_VM_FIRST)' . & first=$$!; \
		$(GO) test -count=1 -timeout 40m -skip '$(E2E_VM_FIRST)' .; second=$$?; \
		wait $$first && exit $$second; }

# e2e-site opens the pages of the examples in Debian's Chromium, uses them, and keeps
# pictures of them in bin/e2e-site.
e2e-site: build
	test/install.sh e2e-site
	cd test/e2e-site && $(GO) vet ./... && $(GO) test -count=1 -timeout 20m .

# e2e-image builds the image on an engine of its own, by both builders, and runs it.
e2e-image: build image-base
	test/install.sh e2e-vm
	cd image/canonical && $(GO) vet . && $(GO) test .
	cd test/e2e-vm && $(GO) vet ./image && $(GO) test -count=1 -timeout 20m ./image

# recipes runs the steps of ci/ against a local repository and a server that answers
# as GitHub and GitLab do.
recipes: setup build
	$(GO) vet ./ci
	$(GO) test -count=1 ./ci

# editors lets Taplo and a reader of SARIF judge what editors and code scanning
# are given.
editors: setup build
	cd test/editors && npm ci --no-audit --no-fund --silent && $(GO) vet ./... && $(GO) test -count=1 ./...

# e2e-tools builds Kubernetes, Flux, Argo CD and prometheus-adapter into bin/e2e, which takes minutes
# of all cores with an empty cache.
e2e-tools:
	test/e2e-gitops/tools/build.sh

# e2e-gitops lets the real Flux and the real Argo CD bring the examples into a
# real Kubernetes.
e2e-gitops: build sops e2e-tools
	test/install.sh e2e-gitops
	cd test/e2e-gitops && $(GO) vet ./... && $(GO) test -count=1 -timeout 30m -parallel 2 -v ./...

test: check sinks accept database replication secrets flux s3 editors recipes

# fuzz looks for texts and specs that break a reader, for a short while each.
FUZZTIME ?= 30s
fuzz:
	$(GO) test ./internal/artifact -run '^$$' -fuzz FuzzEncodeYAML -fuzztime $(FUZZTIME)
	$(GO) test ./internal/spec -run '^$$' -fuzz FuzzDecode -fuzztime $(FUZZTIME)
	$(GO) test ./internal/compile -run '^$$' -fuzz FuzzValidate -fuzztime $(FUZZTIME) -fuzzminimizetime 1x
	$(GO) test ./internal/secret -run '^$$' -fuzz FuzzDecodeIndex -fuzztime $(FUZZTIME)
	$(GO) test ./internal/rule -run '^$$' -fuzz FuzzFunctions -fuzztime $(FUZZTIME)
	$(GO) test ./internal/material -run '^$$' -fuzz FuzzImport -fuzztime $(FUZZTIME)
	$(GO) test ./internal/vault -run '^$$' -fuzz FuzzNodeBefore -fuzztime $(FUZZTIME)
	$(GO) test ./internal/vault -run '^$$' -fuzz FuzzDocumentReaders -fuzztime $(FUZZTIME)
	$(GO) test ./internal/diff -run '^$$' -fuzz FuzzApply -fuzztime $(FUZZTIME)
	$(GO) test ./internal/diff -run '^$$' -fuzz FuzzNothingSecret -fuzztime $(FUZZTIME)
	$(GO) test ./internal/vault -run '^$$' -fuzz FuzzParseRecipient -fuzztime $(FUZZTIME)

# bench measures against Kustomize; see docs/performance.md.
bench:
	$(GO) run ./bench

# tables remakes what artifacts are checked against, and fails if that changes
# it. All tables need 1.2 GB of modules; CI makes the small ones.
TABLES ?=
tables:
	cd schema/gen && $(GO) vet . && $(GO) test . && $(GO) run . $(TABLES)
	git diff --exit-code --stat -- schema

# generate remakes what is generated and committed, but for the tables.
generate:
	cd overlays/gen && $(GO) run . > ../openapi.json
	$(GO) test ./internal/reference ./internal/rule ./internal/impact ./internal/probe -update
	$(TOOL) gofumpt -w cmd internal schema overlays jsonnet test bench ci image
	$(TOOL) jsonnetfmt -i $$(find jsonnet examples -type f -name '*sonnet')
	$(MAKE) examples

clean:
	rm -rf bin jsonnet/baked/library.ast schema/baked/rules.bin
