#!/usr/bin/env bash
# Posts comment.md to a merge request of GitLab, or updates the note that an earlier
# run has posted. It finds it by the marker in its first line.
#
#   CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID  set by GitLab
#   HAGEN_TOKEN   a project access token with the scope api
#   HAGEN_FOLDER  where comment.md is
set -euo pipefail

: "${CI_API_V4_URL:?}" "${CI_PROJECT_ID:?}" "${CI_MERGE_REQUEST_IID:?}" "${HAGEN_TOKEN:?}" "${HAGEN_FOLDER:?}"
marker='<!-- hagen-diff -->'
api=$CI_API_V4_URL/projects/$CI_PROJECT_ID
notes=$api/merge_requests/$CI_MERGE_REQUEST_IID/notes

# call METHOD URL [BODY] asks the API; the token is not on the command line.
call() {
	local body=()
	[ $# -lt 3 ] || body=(--data-binary "@$3")
	curl --fail-with-body --silent --show-error --retry 3 --request "$1" --config - "${body[@]}" "$2" <<-END
		header = "PRIVATE-TOKEN: $HAGEN_TOKEN"
		header = "Content-Type: application/json"
	END
}

# existing prints the number of the note of this token's user, if there is one.
existing() {
	local page=1 found user
	user=$(call GET "$CI_API_V4_URL/user" | jq .id)
	while :; do
		found=$(call GET "$notes?per_page=100&page=$page")
		jq -r --arg marker "$marker" --argjson user "$user" \
			'[.[] | select(.author.id == $user and (.body | startswith($marker)))][0].id // empty' <<<"$found"
		[ "$(jq length <<<"$found")" -eq 100 ] || break
		page=$((page + 1))
	done | head -n 1
}

jq --raw-input --slurp '{body: .}' <"$HAGEN_FOLDER/comment.md" >"$HAGEN_FOLDER/body.json"
id=$(existing)
if [ -n "$id" ]; then
	call PUT "$notes/$id" "$HAGEN_FOLDER/body.json" >"$HAGEN_FOLDER/answer.json"
else
	call POST "$notes" "$HAGEN_FOLDER/body.json" >"$HAGEN_FOLDER/answer.json"
fi
