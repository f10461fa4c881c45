// Package secrets runs hagen as users do and reads what it wrote with the
// programs that read it in production: SOPS, Debian's age, the code of
// sealed-secrets. Every test ends with a search for values in whatever its run
// wrote. It is a module of its own, so that those readers are no dependencies
// of hagen.
package secrets
