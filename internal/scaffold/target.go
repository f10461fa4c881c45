package scaffold

import (
	"fmt"
	"slices"
)

// The targets of a spec, as Options.Targets names them.
const (
	VM         = "vm"
	Kubernetes = "kubernetes"
)

func (o *Options) has(target string) bool { return slices.Contains(o.Targets, target) }

// imply adds the targets that other options speak of, when none is named.
func (o *Options) imply() {
	if len(o.Targets) > 0 {
		return
	}
	if len(o.Nodes) > 0 {
		o.Targets = append(o.Targets, VM)
	}
	if o.KubernetesVersion != "" || o.ClusterID != "" {
		o.Targets = append(o.Targets, Kubernetes)
	}
}

// checkTargets also refuses what would have no effect without its target.
func (o *Options) checkTargets() error {
	if err := checkTargets(o.Targets); err != nil {
		return err
	}
	if len(o.Nodes) > 0 && !o.has(VM) {
		return fmt.Errorf("vm.nodes.address: %s is not among the targets", VM)
	}
	if o.KubernetesVersion != "" && !o.has(Kubernetes) {
		return fmt.Errorf("kubernetes.version: %s is not among the targets", Kubernetes)
	}
	return nil
}

func checkTargets(targets []string) error {
	for _, target := range targets {
		if target != VM && target != Kubernetes {
			return fmt.Errorf("%q is no target, it must be %s or %s", target, VM, Kubernetes)
		}
	}
	return nil
}
