#!/bin/bash
# Without a command, or with options only, starts the server; any other command is run as it is. Bash, since other shells
# drop environment variables whose names have dots, which is how settings come in.
set -e
# Files made by OpenSearch stay writable for the group, as in the official image.
umask 0002
if [ $# -eq 0 ] || [ "${1#-}" != "$1" ]; then set -- opensearch "$@"; fi
if [ "$1" != opensearch ]; then exec "$@"; fi
shift
exec node /opt/supervisor/supervisor.mjs "$@"
