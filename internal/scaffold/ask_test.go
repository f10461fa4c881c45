package scaffold_test

import (
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hagen/internal/scaffold"
)

func TestAskTakesAnswers(t *testing.T) {
	in := "images\n1.2.2\nhttp://hub.example.com:31777\nvm, kubernetes\n192.0.2.1,192.0.2.2\n1.7\n" +
		"cephfs\n192.0.2.9:6789\nceph-1\nmysql.example.com\nredis.example.com:6379\nnone"
	want := scaffold.Options{
		Name: "images", Version: "1.2.2", URL: "http://hub.example.com:31777",
		Targets: []string{"vm", "kubernetes"}, Nodes: []string{"192.0.2.1", "192.0.2.2"},
		KubernetesVersion: "1.7", Storage: scaffold.CephFS, Monitors: []string{"192.0.2.9:6789"}, ClusterID: "ceph-1",
		DatabaseHost: "mysql.example.com", RedisAddress: "redis.example.com:6379",
	}
	var got scaffold.Options
	if err := scaffold.Ask(strings.NewReader(in), io.Discard, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if _, err := scaffold.Spec(got); err != nil {
		t.Error(err)
	}
}

// Empty lines take what stands in brackets; targets decide what is asked.
func TestAskOffersExamples(t *testing.T) {
	var out strings.Builder
	var got scaffold.Options
	if err := scaffold.Ask(strings.NewReader(strings.Repeat("\n", 10)), &out, &got); err != nil {
		t.Fatal(err)
	}
	want := `Name of the registry [hub]: ` +
		`Release of Harbor [2.15.2]: ` +
		`Address for docker clients and browsers [https://hub.example.com]: ` +
		`Targets: vm, kubernetes, or both with a comma between [vm]: ` +
		`Addresses of the virtual machines, with commas between [10.0.0.21, 10.0.0.22]: ` +
		`Storage that all instances share: cephfs, nfs or s3 [cephfs]: ` +
		`Ceph monitors with their ports, with commas between [10.0.0.11:6789, 10.0.0.12:6789, 10.0.0.13:6789]: ` +
		`Database server [database.example.com]: ` +
		`Redis server with its port [redis.example.com:6379]: ` +
		`Public keys of age or SSH that can read the secrets, or none to keep them yourself [none]: `
	if out.String() != want {
		t.Errorf("asked\n%s\nwant\n%s", out.String(), want)
	}
	if got.Name != "hub" || len(got.Nodes) != 2 || got.KubernetesVersion != "" {
		t.Errorf("got %+v", got)
	}
}

// The storage decides what is asked of it, and the release whether a file system
// stands beside a bucket.
func TestAskForTheStorage(t *testing.T) {
	const bucket = "images\nhttps://s3.local:1\n"
	for _, test := range []struct {
		in, version string
		// said is what flags say, want what is known in the end
		said, want scaffold.Options
	}{
		{"nfs\nnas\n/hub\n", "2.15.2", scaffold.Options{}, scaffold.Options{Storage: scaffold.NFS, NFSServer: "nas", NFSPath: "/hub"}},
		{"s4\ns3\n" + bucket, "2.15.2", scaffold.Options{}, scaffold.Options{Storage: scaffold.S3}},
		{"s3\ns3\nnfs\n" + bucket + "nas\n/hub\n", "1.2.2", scaffold.Options{}, scaffold.Options{Storage: scaffold.S3, Files: scaffold.NFS, NFSServer: "nas", NFSPath: "/hub"}},
		{bucket + "/hub\n", "1.2.2", scaffold.Options{Storage: scaffold.S3, NFSServer: "nas"}, scaffold.Options{Storage: scaffold.S3, Files: scaffold.NFS, NFSServer: "nas", NFSPath: "/hub"}},
	} {
		complete := func(o scaffold.Options) scaffold.Options {
			o.Name, o.Version, o.URL, o.Nodes, o.DatabaseHost, o.RedisAddress = "hub", test.version, "https://hub.example.com", []string{"a"}, "a", "a:1"
			o.Recipients = []string{"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"}
			return o
		}
		got, want := complete(test.said), complete(test.want)
		if err := scaffold.Ask(strings.NewReader(test.in), io.Discard, &got); err != nil {
			t.Errorf("%q: %v", test.in, err)
		}
		want.Targets = []string{scaffold.VM}
		if want.Storage == scaffold.S3 {
			want.Bucket, want.Endpoint = "images", "https://s3.local:1"
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v", test.in, got)
		}
	}
}

func TestAskRepeatsWithTheReason(t *testing.T) {
	var out strings.Builder
	got := scaffold.Options{
		Version: "2.15.2", URL: "https://hub.example.com", Monitors: []string{"a:1"}, DatabaseHost: "a", RedisAddress: "a:1",
	}
	const key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	in := "My Hub\nmy-hub\ndocker\nvm\n10.0.0.1,\n10.0.0.1,10.0.0.1\n10.0.0.1\nage1\n" + key + "\n"
	if err := scaffold.Ask(strings.NewReader(in), &out, &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != "my-hub" || len(got.Nodes) != 1 || !slices.Equal(got.Recipients, []string{key}) {
		t.Errorf("got %+v", got)
	}
	for _, want := range []string{
		"  \"My Hub\" is not a name of lower-case letters, digits and dashes\nName of the registry [hub]: ",
		"  \"docker\" is no target, it must be vm or kubernetes\n",
		"  \"\" is not a DNS name or an IP address, without scheme, port or mask\n",
		"  \"10.0.0.1\" stands there twice\n",
		"  \"age1\" is not a public key of age (age1…) or SSH (ssh-ed25519 …, ssh-rsa …)\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q was not said in\n%s", want, out.String())
		}
	}
}

func TestAskNeedsAllAnswers(t *testing.T) {
	var out strings.Builder
	var got scaffold.Options
	err := scaffold.Ask(strings.NewReader("hub\n"), &out, &got)
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "Release of Harbor") {
		t.Errorf("got %v", err)
	}
	if strings.Contains(out.String(), "Address") {
		t.Errorf("it went on asking:\n%s", out.String())
	}
}
