# What ./dev and the scripts here show of their steps. Sourced, with `logs` set to the folder of the logs.
# shellcheck shell=bash
# A reader behind a pipe must read to the end (no `head`, `grep -q`, `grep -m`): under `pipefail` the writer's SIGPIPE is a failure.

# Prints an error and ends. The first argument is what went wrong, the others what to do.
fail() {
  printf 'error: %s\n' "$1" >&2
  shift
  [ $# = 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

# Prints a number of milliseconds as seconds.
seconds() { printf '%d.%d s' $(($1 / 1000)) $(($1 % 1000 / 100)); }

now() { date +%s%3N; }

# Prints the path of a step's log.
log_of() { echo "$logs/$(tr -cs 'a-zA-Z0-9\n' - <<<"$1").log"; }

# step TITLE COMMAND...: runs a command with its output in a log, shows what it does on a terminal, and prints the time taken.
step() {
  local title=$1 log begun status=0 last
  shift
  mkdir -p "$logs"
  log=$(log_of "$title")
  begun=$(now)
  if [ -t 1 ]; then
    "$@" >"$log" 2>&1 </dev/null &
    local job=$!
    trap 'kill $job 2>/dev/null; exit 130' INT TERM
    while kill -0 $job 2>/dev/null; do
      last=$(tail -c 300 "$log" | tr '\r' '\n' | tail -n 1 | cut -c -$((${COLUMNS:-80} - 40)))
      printf '\r\033[K%-32s %7s  %s' "$title" "$(seconds $(($(now) - begun)))" "$last"
      sleep 0.2
    done
    wait $job || status=$?
    trap - INT TERM
    printf '\r\033[K'
  else
    "$@" >"$log" 2>&1 </dev/null || status=$?
  fi
  if [ $status != 0 ]; then
    printf '%-32s failed\n\n' "$title"
    errors_of "$log"
    printf '\nThe whole log: %s\n' "$log" >&2
    return $status
  fi
  printf '%-32s %7s\n' "$title" "$(seconds $(($(now) - begun)))"
}

# Prints what matters of a failed step's log: its errors and failed tests with their places, else its end.
errors_of() {
  local found
  found=$(grep -E -A4 '(^|[^a-zA-Z])(error|Error):|✘|FAILED' "$1" | sed -n 1,60p)
  if [ -n "$found" ]; then printf '%s\n' "$found" >&2; else tail -n 40 "$1" >&2; fi
}
