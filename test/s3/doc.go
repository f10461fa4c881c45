// Package s3 tests that the real registry keeps images in a real S3 server by the
// configuration that hagen writes. It is a module of its own, so that the server is
// no dependency of hagen.
package s3
