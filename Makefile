# Targets that people and CI call. `make test` is what the README names.
GO      ?= go
TOOL     = $(GO) tool -modfile=tools/go.mod
PACKAGES = ./cmd/... ./internal/... ./schema/... ./overlays ./jsonnet ./bench
BIN     ?= bin/hagen
VERSION ?= 0.1.0
LDFLAGS  = -s -w -X main.version=$(VERSION)
EXAMPLES = $(sort $(wildcard examples/*.toml))

.PHONY: all build examples check format lint unit race stale accept sinks test fuzz bench generate setup clean

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

# examples renders every example into out/.
examples: build
	bin/hagen build $(EXAMPLES)

# check is what every change must pass; it needs Go and nothing else.
check: format lint unit stale

format:
	@test -z "$$($(TOOL) gofumpt -l cmd internal schema overlays jsonnet test bench | tee /dev/stderr)"
	@$(TOOL) jsonnetfmt --test $$(find jsonnet examples -type f -name '*sonnet')

lint:
	$(GO) vet $(PACKAGES)
	$(TOOL) staticcheck $(PACKAGES)

unit:
	$(GO) test $(PACKAGES)

race:
	$(GO) test -race $(PACKAGES)

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

test: check sinks accept

# fuzz looks for texts and specs that break a reader, for a short while each.
FUZZTIME ?= 30s
fuzz:
	$(GO) test ./internal/artifact -run '^$$' -fuzz FuzzEncodeYAML -fuzztime $(FUZZTIME)
	$(GO) test ./internal/spec -run '^$$' -fuzz FuzzDecode -fuzztime $(FUZZTIME)

# bench measures against Kustomize; see docs/performance.md.
bench:
	$(GO) run ./bench

# generate remakes what is generated and committed.
generate:
	cd overlays/gen && $(GO) run . > ../openapi.json
	$(GO) test ./internal/reference ./internal/rule -update
	$(TOOL) gofumpt -w cmd internal schema overlays jsonnet test bench
	$(TOOL) jsonnetfmt -i $$(find jsonnet examples -type f -name '*sonnet')
	$(MAKE) examples

clean:
	rm -rf bin jsonnet/baked/library.ast schema/baked/rules.bin
