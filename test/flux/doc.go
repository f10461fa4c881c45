// Package flux tests that Flux's own code reads the Secrets that hagen wrote.
// It is a module of its own, so that Flux is no dependency of hagen.
package flux
