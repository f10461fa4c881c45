#!/usr/bin/env bash
# Checks that what is committed is what the specs say, and writes what the change
# will do as Markdown. It is the same for every CI; what differs comes in variables:
#
#   HAGEN_SPECS    specs, separated by blanks; hagen.toml without it
#   HAGEN_OUTPUT   the rendered folder, out without it; empty where it is not
#                  committed beside the specs (publish.sh)
#   HAGEN_BASE     the branch of the remote that the change goes to
#   HAGEN_FAIL_ON  an impact: changes as bad as that or worse fail
#   HAGEN_FOLDER   where comment.md, full.md and result go
#
# result holds a line "stale=..." and a line "diff=...": ok, failed or broken. The
# exit code is 0 unless something keeps it from its work; gate.sh judges the result.
set -euo pipefail

: "${HAGEN_BASE:?the branch that the change goes to}" "${HAGEN_FOLDER:?a folder for the results}"
read -ra specs <<<"${HAGEN_SPECS:-hagen.toml}"
mkdir -p "$HAGEN_FOLDER"

# The history back to where the branches part.
if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
	git fetch --quiet --no-tags --unshallow origin
fi
git fetch --quiet --no-tags origin "+refs/heads/$HAGEN_BASE:refs/remotes/origin/$HAGEN_BASE"
base=$(git merge-base "refs/remotes/origin/$HAGEN_BASE" HEAD)

stale=ok
output=${HAGEN_OUTPUT-out}
if [ -n "$output" ]; then
	hagen build --check -o "$output" -- "${specs[@]}" >"$HAGEN_FOLDER/stale.txt" 2>&1 || stale=failed
fi

fail=()
if [ -n "${HAGEN_FAIL_ON:-}" ]; then
	fail=(--fail-on "$HAGEN_FAIL_ON")
else
	fail=(--exit-zero)
fi
code=0
hagen diff --base "$base" --allow-broken-base --format markdown --limit 65000 --full "$HAGEN_FOLDER/full.md" "${fail[@]}" -- "${specs[@]}" \
	>"$HAGEN_FOLDER/comment.md" 2>"$HAGEN_FOLDER/errors.txt" || code=$?
cat "$HAGEN_FOLDER/errors.txt" >&2
case $code in
0) diff=ok ;;
1) diff=failed ;;
*) diff=broken ;;
esac

if [ ! -s "$HAGEN_FOLDER/comment.md" ]; then
	printf '%s\n' '<!-- hagen-diff -->' '### hagen diff: the specs do not compile' '' \
		'The log of the job says what is wrong and where.' >"$HAGEN_FOLDER/comment.md"
fi
if [ "$stale" = failed ]; then
	# shellcheck disable=SC2016 # the backticks are Markdown
	printf '\n**%s is stale**: run `hagen build` and commit it.\n' "$output" >>"$HAGEN_FOLDER/comment.md"
	cat "$HAGEN_FOLDER/stale.txt" >&2
fi
printf 'stale=%s\ndiff=%s\n' "$stale" "$diff" >"$HAGEN_FOLDER/result"
