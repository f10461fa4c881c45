package spec

import "testing"

func TestWithoutComments(t *testing.T) {
	for text, want := range map[string]string{
		"a = 1 # one\n# two\nb = 2\n\n# three\n": "a = 1\n\nb = 2\n",
		"a = \"#1\" # x":                         "a = \"#1\"\n",
		"a = \"\\\"#\" # x":                      "a = \"\\\"#\"\n",
		"a = '#\\' # x":                          "a = '#\\'\n",
		"a = \"\"\"\n# text\n\"\"\" # x\nb = 1":  "a = \"\"\"\n# text\n\"\"\"\nb = 1\n",
		"a = '''\n# \"\n''' # x":                 "a = '''\n# \"\n'''\n",
		"a = \"\" # x\nb = \"\"\n":               "a = \"\"\nb = \"\"\n",
	} {
		if got := string(WithoutComments([]byte(text))); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
