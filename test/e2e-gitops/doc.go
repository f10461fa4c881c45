// Package gitops lets the real Kubernetes, Flux and Argo CD bring what hagen
// wrote into a cluster. The API server, its etcd, the controller manager, the
// scheduler, kustomize-controller and Argo CD are the programs themselves,
// built from the modules in tools, a workspace for each minor version of
// Kubernetes; nodes and pods are kwok's, which says of each pod that it is ready
// and runs nothing; Flux's source-controller is stood in for (source.go).
// Prometheus is Debian's, its adapter the program itself; what pods count is
// stood in for (scaling.go). What hagen diff calls refused is judged by an older
// API server too. It is a module of its own, so that none of this is a
// dependency of hagen.
package gitops
