#!/bin/sh
set -eu
if mountpoint -q /mnt/cephfs/harbor; then
  echo mounted
fi
