package parse_test

import (
	"reflect"
	"testing"

	"hagen/internal/parse"
)

const document = `# Secrets of hub

hagen writes none of them. Each is made once.

| secret | form | what it is for |
|---|---|---|
| ` + "`ceph_key`" + ` | text, no line break | key of Ceph |
| ` + "`csrf_key`" + ` | 32 letters and digits, no line break | protects forms |
| ` + "`redis_url`" + ` | ` + "`redis://:<redis_password, URL-escaped>@a:1\\|2/0`" + ` | address of Redis |
| ` + "`root.crt`" + ` | X.509 certificate of ` + "`private_key.pem`" + `, PEM | believed |

## When one changes

| secret | what breaks, and what to do |
|---|---|
| ` + "`ceph_key`" + ` | nothing |

## On Kubernetes

In the namespace ` + "`harbor`; `RUNBOOK-kubernetes.md`" + ` has the commands.

| Secret | key | holds |
|---|---|---|
| ` + "`ceph-secret` | `userID` | `hub`" + ` |
| ` + "`harbor-secrets` | `csrf_key`" + ` |
`

func TestKeptByPeople(t *testing.T) {
	got, ok := parse.KeptByPeople(document)
	want := parse.Needs{
		Namespace: "harbor",
		Materials: []parse.Material{
			{Name: "ceph_key", Form: "text, no line break", Purpose: "key of Ceph"},
			{Name: "csrf_key", Form: "32 letters and digits, no line break"},
			{Name: "redis_url", Form: "redis://:<redis_password, URL-escaped>@a:1|2/0"},
			{Name: "root.crt", Form: "X.509 certificate of `private_key.pem`, PEM"},
		},
		Keys: []parse.SecretKey{{"ceph-secret", "userID", "hub"}, {"harbor-secrets", "csrf_key", ""}},
	}
	if !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, got\n%+v\nwant\n%+v", ok, got, want)
	}
	if _, ok := parse.KeptByPeople("# Secrets of hub\n\nNo output holds one in the clear.\n"); ok {
		t.Error("people keep what hagen keeps")
	}
}
