package accept

import (
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	prom "sigs.k8s.io/prometheus-adapter/pkg/client"
	adapter "sigs.k8s.io/prometheus-adapter/pkg/config"
	"sigs.k8s.io/prometheus-adapter/pkg/naming"
	"sigs.k8s.io/yaml"
)

// checkAdapter has prometheus-adapter read its rules and ask its first
// questions by them.
func checkAdapter(file File) error {
	queries, err := adapterQueries(file.Data)
	if err == nil && len(queries) == 0 {
		err = errors.New("no rule makes a metric")
	}
	return err
}

// adapterQueries maps each metric that values of the Helm chart define to what
// prometheus-adapter asks Prometheus for it, of one pod or of the namespace.
func adapterQueries(values []byte) (map[string]string, error) {
	var chart struct {
		Rules struct{ Custom, External []any }
	}
	if err := yaml.UnmarshalStrict(values, &chart); err != nil {
		return nil, err
	}
	text, err := yaml.Marshal(map[string]any{"rules": chart.Rules.Custom, "externalRules": chart.Rules.External})
	if err != nil {
		return nil, err
	}
	rules, err := adapter.FromYAML(text)
	if err != nil {
		return nil, err
	}
	queries := map[string]string{}
	return queries, errors.Join(
		ask(queries, rules.Rules, func(n naming.MetricNamer, series string) (prom.Selector, error) {
			return n.QueryForSeries(series, schema.GroupResource{Resource: "pods"}, "harbor", labels.Everything(), "pod-1")
		}),
		ask(queries, rules.ExternalRules, func(n naming.MetricNamer, series string) (prom.Selector, error) {
			return n.QueryForExternalSeries(series, "harbor", labels.Everything())
		}),
	)
}

func ask(
	queries map[string]string, rules []adapter.DiscoveryRule,
	question func(namer naming.MetricNamer, series string) (prom.Selector, error),
) error {
	mapper := meta.NewDefaultRESTMapper(nil)
	for _, kind := range []string{"Pod", "Namespace"} {
		mapper.Add(schema.GroupVersionKind{Version: "v1", Kind: kind}, meta.RESTScopeNamespace)
	}
	namers, err := naming.NamersFromConfig(rules, mapper)
	if err != nil {
		return err
	}
	for _, namer := range namers {
		series, _, found := strings.Cut(string(namer.Selector()), "{")
		if !found {
			return fmt.Errorf("%s selects the series of all namespaces", namer.Selector())
		}
		metric, err := namer.MetricNameForSeries(prom.Series{Name: series})
		if err != nil {
			return err
		}
		query, err := question(namer, series)
		if err != nil {
			return err
		}
		queries[metric] = string(query)
	}
	return nil
}
