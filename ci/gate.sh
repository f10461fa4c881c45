#!/usr/bin/env bash
# Fails if review.sh found something that must not be merged. It runs last, so that
# the comment is there to read.
set -euo pipefail

folder=${HAGEN_FOLDER:?the folder of the results}
code=0
while IFS='=' read -r what outcome; do
	case "$what=$outcome" in
	stale=failed) echo "the rendered folder is stale: run hagen build and commit it" >&2 && code=1 ;;
	diff=failed) echo "the change is as bad as HAGEN_FAIL_ON or worse" >&2 && code=1 ;;
	diff=broken) echo "the specs, or those of the base, do not compile" >&2 && code=2 ;;
	esac
done <"$folder/result"
exit "$code"
