// Package editors lets those who show a spec and its findings to people judge
// what hagen gives them: Taplo, which is behind the editors' support of TOML,
// and a reader of SARIF, which is what code scanning takes.
package editors
