#!/bin/bash
# Without a command, or with options only, starts the server; any other command is run as it is. Bash, since other shells
# drop environment variables whose names have dots, which is how settings come in.
set -euo pipefail
# Files made by OpenSearch stay writable for the group, as in the official image.
umask 0002

if [ $# -eq 0 ] || [ "${1#-}" != "$1" ]; then set -- opensearch "$@"; fi
if [ "$1" != opensearch ]; then exec "$@"; fi
shift

if [ "$(id -u)" = 0 ]; then
  echo "OpenSearch cannot run as root. Please start your container as another user."
  exit 1
fi

# Settings: environment variables of at least two words in lower case joined by a dot, or `processors`.
settings=()
while IFS= read -r -d '' variable; do
  name=${variable%%=*}
  value=${variable#*=}
  if [[ ($name =~ ^[a-z0-9_]+\.[a-z0-9_]+ || $name = processors) && -n $value ]]; then
    settings+=("-E$name=$value")
  fi
done < <(env -0)

if [ "${DISABLE_SECURITY_PLUGIN:-}" = true ]; then
  settings+=("-Eplugins.security.disabled=true")
elif [ "${DISABLE_INSTALL_DEMO_CONFIG:-}" != true ]; then
  # Demo certificates, demo users, and the admin's password: refused here when it is missing or too weak.
  bash plugins/opensearch-security/tools/install_demo_configuration.sh -y -i -s
fi

# Docker hides which control group a process is in; the path below it is always the root.
export OPENSEARCH_JAVA_OPTS="-Dopensearch.cgroups.hierarchy.override=/ ${OPENSEARCH_JAVA_OPTS:-}"
exec bin/opensearch "${settings[@]}" "$@"
