package schema

import _ "embed"

// Tables are what rendered artifacts must keep to, as texts: the fields of
// Kubernetes, of custom resources and of Compose, what an API server checks
// beyond its schema, and which parser reads which text.
type Tables struct{ Kubernetes, Custom, Compose, Formats, Parsers string }

// Artifacts are the tables. They are apart from FS because nothing of them shows
// in what is rendered, and each is a text of its own because one of a folder
// would be copied at every start.
var Artifacts = Tables{kubernetes, custom, compose, formats, parsers}

var (
	//go:embed kubernetes/kubernetes.txt
	kubernetes string
	//go:embed kubernetes/custom.txt
	custom string
	//go:embed compose/compose.txt
	compose string
	//go:embed kubernetes/formats.txt
	formats string
	//go:embed artifacts.txt
	parsers string
)
