#!/bin/sh
# A backup of now; those older than BACKUP_DAYS go, since people who were erased since are still in them.
set -eu
folder=${BACKUP_FOLDER:?} days=${BACKUP_DAYS:-30}
umask 077
mkdir -p "$folder"
shishi backup --to "$folder/shishi-$(date +%Y%m%d-%H%M%S).backup"
find "$folder" -maxdepth 1 -type f -name 'shishi-*.backup' -mtime "+$days" -delete
