#!/usr/bin/env bash
# Posts comment.md to a pull request of GitHub, or updates the comment that an
# earlier run has posted. It finds it by the marker in its first line, among those
# of the same user.
#
#   GITHUB_API_URL, GITHUB_REPOSITORY  set by GitHub
#   GITHUB_TOKEN                       may write comments of pull requests
#   HAGEN_PULL                         number of the pull request
#   HAGEN_FOLDER                       where comment.md is
set -euo pipefail

: "${GITHUB_API_URL:?}" "${GITHUB_REPOSITORY:?}" "${GITHUB_TOKEN:?}" "${HAGEN_PULL:?}" "${HAGEN_FOLDER:?}"
marker='<!-- hagen-diff -->'
comments=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues

# call METHOD URL [BODY] asks the API; the token is not on the command line.
call() {
	local body=()
	[ $# -lt 3 ] || body=(--data-binary "@$3")
	curl --fail-with-body --silent --show-error --retry 3 --request "$1" --config - "${body[@]}" "$2" <<-END
		header = "Authorization: Bearer $GITHUB_TOKEN"
		header = "Accept: application/vnd.github+json"
		header = "X-GitHub-Api-Version: 2022-11-28"
	END
}

# existing prints the number of the comment, if there is one.
existing() {
	local page=1 found
	while :; do
		found=$(call GET "$comments/$HAGEN_PULL/comments?per_page=100&page=$page")
		jq -r --arg marker "$marker" \
			'[.[] | select(.user.type == "Bot" and (.body | startswith($marker)))][0].id // empty' <<<"$found"
		[ "$(jq length <<<"$found")" -eq 100 ] || break
		page=$((page + 1))
	done | head -n 1
}

jq --raw-input --slurp '{body: .}' <"$HAGEN_FOLDER/comment.md" >"$HAGEN_FOLDER/body.json"
id=$(existing)
if [ -n "$id" ]; then
	call PATCH "$comments/comments/$id" "$HAGEN_FOLDER/body.json" >"$HAGEN_FOLDER/answer.json"
else
	call POST "$comments/$HAGEN_PULL/comments" "$HAGEN_FOLDER/body.json" >"$HAGEN_FOLDER/answer.json"
fi
