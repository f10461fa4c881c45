// Package sinks tests that a text arrives as it was written, wherever hagen
// writes texts to, by the parsers of the programs that read them. It is a
// module of its own, so that those parsers are no dependencies of hagen.
package sinks
