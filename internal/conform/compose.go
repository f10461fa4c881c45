package conform

import (
	"maps"
	"slices"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// project checks a docker-compose.yml against the Compose specification, and
// what Compose checks beyond its schema: that names refer to something.
func (s *site) project(project map[string]any) []diag.Diagnostic {
	w := &walker{catalog: s.compose, reader: "Compose", strict: true, valid: s.valid}
	w.structure("compose.Project", project)
	services := artifact.Map(project["services"])
	for name, service := range services {
		w.below(func() { w.references(project, services, artifact.Map(service)) }, "services", name)
	}
	return w.found
}

func (w *walker) references(project, services, service map[string]any) {
	w.refer("depends_on", service["depends_on"], services, "service")
	networks := artifact.Map(project["networks"])
	if _, ok := networks["default"]; !ok {
		networks = maps.Clone(networks)
		if networks == nil {
			networks = map[string]any{}
		}
		networks["default"] = nil
	}
	w.refer("networks", service["networks"], networks, "network")
	if service["image"] == nil && service["build"] == nil && service["extends"] == nil && service["provider"] == nil {
		w.at("image", func() { w.report("is missing", "Compose refuses a service with neither image nor build", "") })
	}
	volumes := artifact.Map(project["volumes"])
	for i, item := range artifact.List(service["volumes"]) {
		volume := artifact.Map(item)
		source := artifact.Text(volume["source"])
		if _, ok := volumes[source]; artifact.Text(volume["type"]) == "volume" && source != "" && !ok {
			w.below(func() { w.undefined("volume", volumes, source) }, "volumes", i, "source")
		}
	}
}

// refer wants every name of a list, or key of a mapping, to be defined.
func (w *walker) refer(field string, v any, defined map[string]any, what string) {
	w.path = append(w.path, field)
	defer func() { w.path = w.path[:len(w.path)-1] }()
	for name := range artifact.Map(v) {
		w.defined(name, name, defined, what)
	}
	for i, item := range artifact.List(v) {
		w.defined(i, artifact.Text(item), defined, what)
	}
}

func (w *walker) defined(step any, name string, defined map[string]any, what string) {
	if _, ok := defined[name]; !ok && name != "" {
		w.at(step, func() { w.undefined(what, defined, name) })
	}
}

func (w *walker) undefined(what string, defined map[string]any, name string) {
	fix := "define it, or remove the reference"
	if near := diag.Nearest(name, slices.Sorted(maps.Keys(defined))); near != "" {
		fix = "write " + near
	}
	w.report("there is no "+what+" "+name, "Compose refuses the whole bundle", fix)
}
