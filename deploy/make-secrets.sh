#!/usr/bin/env bash
# Makes the secrets that compose.yaml hands to its containers: deploy/make-secrets.sh [FOLDER]
#
# What is there already stays: a new secret key ends every cursor, a new password locks out of the database.
# The folder is for its owner alone. The files in it can be read by all, because the users inside the containers are
# others than the one who makes them, and compose keeps owner and mode of the files.
set -euo pipefail
folder=${1:-secrets}
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

install -d -m 0700 "$folder"
[ -s "$folder/secret_key" ] || random >"$folder/secret_key"
[ -s "$folder/database_password" ] || random >"$folder/database_password"
[ -s "$folder/database_url" ] ||
    printf 'postgresql://qi:%s@database:5432/qi' "$(cat "$folder/database_password")" >"$folder/database_url"
chmod 0444 "$folder"/secret_key "$folder"/database_password "$folder"/database_url
