//go:build !linux

package main

// enlargeHeap does nothing where large pages are not asked for.
func enlargeHeap() {}
