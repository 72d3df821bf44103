#!/usr/bin/env bash
# Runs every finding, one after the other, and lists the ones that changed.
set -euo pipefail
changed=()
for script in "$(dirname "$0")"/*.sh; do
  name=$(basename "$script" .sh)
  [ "$name" = run-all ] && continue
  echo "== $name"
  bash "$script" || changed+=("$name")
done
echo "== changed: ${changed[*]:-none}"
[ ${#changed[@]} -eq 0 ]
