#!/usr/bin/env bash
# Installs code-server (a real VS Code workbench in the browser) for test/vscode and scripts/screenshots.ts, with the
# Node that it requires, all in one folder. Its native modules are compiled, which takes a few minutes.
# Usage: scripts/install-code-server.sh [folder]      (default: .venv/code-server)
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p "${1:-.venv/code-server}"
folder=$(cd "${1:-.venv/code-server}" && pwd)
version=4.139.1

if [ "$(cat "$folder/ready" 2>/dev/null || true)" = "$version" ]; then
  echo "code-server $version is installed in $folder"
  exit 0
fi

missing=()
for package in libkrb5-dev libsecret-1-dev libx11-dev libxkbfile-dev make g++ pkg-config python3; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "code-server's native modules need ${missing[*]}, and installing them is not permitted" >&2
    exit 1
  fi
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

platform=$(node -p 'process.platform + "-" + process.arch')
npm install --silent --no-audit --no-save --no-package-lock --prefix "$folder/node" "node-$platform@24"
node=$(echo "$folder"/node/node_modules/node-*)
# The headers that come with this Node, not those of the Node that runs this script.
export PATH="$node/bin:$PATH" npm_config_nodedir="$node"
npm install --silent --no-audit --no-save --no-package-lock --prefix "$folder" "code-server@$version"
XDG_CONFIG_HOME="$folder/config" "$node/bin/node" "$folder/node_modules/code-server/out/node/entry.js" --version
echo "$version" >"$folder/ready"
