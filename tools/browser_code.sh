#!/bin/sh
# Formats (--write) or checks (--check) and lints the browser's side of ui/.
# Needs Node.js and, the first time, npm's registry: without them it says so and is content.
npx --yes prettier@3.10.1 --version >/dev/null 2>&1 || {
  echo 'Skipped: JavaScript and CSS are checked where Node.js and the npm registry can be reached'
  exit 0
}
npx --yes prettier@3.10.1 --log-level warn "${1:---check}" 'ui/**/*.{js,css,html}' eslint.config.mjs &&
  npx --yes eslint@9.39.5 ui
