package schema

import "embed"

// Site holds what the pages of a site say, a file for each language: the words of
// the pages, and what is known of components, ways and failures in them.
//
//go:embed site/*.json
var Site embed.FS
