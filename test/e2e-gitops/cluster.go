package gitops

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// newCluster adds to a server what Kubernetes does by itself: controllers, a
// scheduler, and three nodes in three zones that run nothing and say they do.
func newCluster(t testing.TB) *server {
	t.Helper()
	s := newServer(t)
	start(t, "kube-controller-manager", tool(t, newest, "kube-controller-manager"), nil, []string{
		"--kubeconfig=" + s.kubeconfig, "--leader-elect=false",
		"--bind-address=127.0.0.1", "--secure-port=" + port(t), "--cert-dir=" + t.TempDir(),
		"--service-account-private-key-file=" + s.key,
		// A node that comes late for once stays: the machine is busy.
		"--node-monitor-grace-period=1h",
		"--pvclaimbinder-sync-period=1s",
		"--horizontal-pod-autoscaler-sync-period=1s", "--horizontal-pod-autoscaler-cpu-initialization-period=1s",
	})
	start(t, "kube-scheduler", tool(t, newest, "kube-scheduler"), nil, []string{
		"--kubeconfig=" + s.kubeconfig, "--leader-elect=false",
		"--bind-address=127.0.0.1", "--secure-port=" + port(t), "--cert-dir=" + t.TempDir(),
	})
	s.startNodes()
	s.balance()
	t.Cleanup(func() {
		if t.Failed() {
			said, _ := s.tryKubectl("", "get", "--all-namespaces", "-o", "wide", "pods,pv,pvc,events")
			t.Log(said)
		}
	})
	return s
}

// startNodes starts kwok, with its own stages for nodes and ours for pods.
func (s *server) startNodes() {
	s.t.Helper()
	stages := filepath.Join(moduleFolder(s.t, "kwok", "sigs.k8s.io/kwok"), "kustomize", "stage")
	start(s.t, "kwok", tool(s.t, newest, "kwok"), nil, []string{
		"--kubeconfig=" + s.kubeconfig, "--manage-all-nodes=true", "--node-lease-duration-seconds=40",
		"--server-address=" + listens(s.t),
		"--config=" + filepath.Join(stages, "node", "fast", "node-initialize.yaml"),
		"--config=" + filepath.Join(stages, "node", "heartbeat-with-lease", "node-heartbeat-with-lease.yaml"),
		"--config=" + filepath.Join(root(), "test", "e2e-gitops", "testdata", "pods.yaml"),
	})
	const nodes = 3
	for i := range nodes {
		node := &core.Node{ObjectMeta: meta.ObjectMeta{
			Name: fmt.Sprintf("node%d", i+1),
			Labels: map[string]string{
				"kubernetes.io/hostname":      fmt.Sprintf("node%d", i+1),
				"topology.kubernetes.io/zone": fmt.Sprintf("zone%d", i+1),
			},
		}}
		node.Status.Capacity = core.ResourceList{
			"cpu": resource.MustParse("16"), "memory": resource.MustParse("64Gi"),
			"ephemeral-storage": resource.MustParse("100Gi"), "pods": resource.MustParse("110"),
		}
		node.Status.Allocatable = node.Status.Capacity
		if _, err := s.client.CoreV1().Nodes().Create(context.Background(), node, meta.CreateOptions{}); err != nil {
			s.t.Fatal(err)
		}
	}
}

// balance does what a cloud does: it gives each Service of the type
// LoadBalancer an address.
func (s *server) balance() {
	end := during(s.t, "a load balancer's addresses", func() error {
		services, err := s.client.CoreV1().Services("").List(context.Background(), meta.ListOptions{})
		if err != nil {
			return err
		}
		for _, service := range services.Items {
			if service.Spec.Type != core.ServiceTypeLoadBalancer || len(service.Status.LoadBalancer.Ingress) > 0 {
				continue
			}
			service.Status.LoadBalancer.Ingress = []core.LoadBalancerIngress{{IP: "192.0.2.10"}}
			// Somebody else may have changed it meanwhile: the next round.
			_, _ = s.client.CoreV1().Services(service.Namespace).UpdateStatus(context.Background(), &service, meta.UpdateOptions{})
		}
		return nil
	})
	s.t.Cleanup(end)
}

// port is a free port.
func port(t testing.TB) string {
	_, port := address(t)
	return port
}
