#!/bin/sh
# A backup of now. What is older than BACKUP_DAYS goes, for people who were erased since are still in it: backups, what
# is left of one that was cut short, and databases that a restore has put aside in or under the working directory.
set -eu
folder=${BACKUP_FOLDER:?} days=${BACKUP_DAYS:-30}
umask 077
mkdir -p "$folder"
shishi backup --to "$folder/shishi-$(date +%Y%m%d-%H%M%S).backup"
old="-type f -mmin +$((days * 24 * 60)) -delete"
# shellcheck disable=SC2086 # words of their own
find "$folder" -maxdepth 1 -name 'shishi-*.backup*' $old
find . -maxdepth 2 -name '*.before-*' $old
