#!/usr/bin/env bash
# Renders what was merged and commits it to a branch of its own, for those who keep
# rendered files out of their main branch. Flux or Argo CD follow that branch
# (gitops.branch). It is the same for every CI; run it in a clone of what was merged:
#
#   HAGEN_SPECS    specs, separated by blanks; hagen.toml without it
#   HAGEN_OUTPUT   the rendered folder in that branch, out without it (gitops.path)
#   HAGEN_BRANCH   the branch, rendered without it; made if it is not there
#
# Who commits is git's own affair (GIT_AUTHOR_NAME and so on, or git config). Nothing
# is pushed where nothing has changed, and nothing is ever forced: if another run was
# faster it fails, and the next run has its turn.
set -euo pipefail

read -ra specs <<<"${HAGEN_SPECS:-hagen.toml}"
branch=${HAGEN_BRANCH:-rendered}
output=${HAGEN_OUTPUT:-out}
work=$(mktemp -d)
tree=$work/tree
trap 'git worktree remove --force "$tree" 2>/dev/null || true; rm -rf "$work"' EXIT

if [ -n "$(git ls-remote --heads origin "refs/heads/$branch")" ]; then
	git fetch --quiet --no-tags --depth 1 origin "refs/heads/$branch"
	start=$(git rev-parse FETCH_HEAD)
else
	start=$(git commit-tree -m "a branch for what hagen renders" "$(git hash-object -w -t tree /dev/null)")
fi
git worktree add --quiet --detach "$tree" "$start"
hagen build --quiet -o "$tree/$output" -- "${specs[@]}"

git -C "$tree" add --all --force -- "$output"
if git -C "$tree" diff --cached --quiet; then
	echo "nothing has changed"
	exit 0
fi
git -C "$tree" commit --quiet --message "$(git log -1 --format=%s)" --message "Rendered from $(git rev-parse HEAD)."
git -C "$tree" push --quiet origin "HEAD:refs/heads/$branch"
echo "$(git -C "$tree" rev-parse --short HEAD) on $branch holds what $(git rev-parse --short HEAD) compiles to"
