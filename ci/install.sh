#!/usr/bin/env bash
# Puts a hagen of this very source into a folder: install.sh FOLDER. It is built
# with Go once and then found again.
set -euo pipefail

folder=${1:?"the folder to install into"}
source=$(cd "$(dirname "$0")/.." && pwd)

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
if [ ! -x "$folder/hagen" ]; then
	make --no-print-directory -C "$source" build BIN="$folder/hagen" >&2
fi
"$folder/hagen" --version
