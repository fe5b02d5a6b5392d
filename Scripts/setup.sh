# What ./dev needs on the machine: finds what is missing, says it all before anything is installed, and installs it. Sourced.
# shellcheck shell=bash disable=SC2154 # llvm and python are set by ./dev

need_swift() {
  command -v swift >/dev/null || fail "Swift is not on the PATH" "install Swift 6.2 or later, from swift.org or your distribution, and try again"
}

# ---------------------------------------------------------------- what is missing
debian=()       # Debian packages
environments=() # Python environments: 'FOLDER REQUIREMENTS ROOM', and 'torch' behind it where that goes first
room=0          # the MB that all of it takes on disk

# need_packages: the libraries and tools of MLIR and LLVM.
need_packages() {
  local before=${#debian[@]}
  [ -e "$llvm/lib/libMLIRCAPIIR.a" ] || debian+=(libmlir-22-dev)
  [ -x "$llvm/bin/mlir-opt" ] || debian+=(mlir-22-tools)
  { [ -e "$llvm/lib/libLLVM.so" ] && [ -x "$llvm/bin/FileCheck" ]; } || debian+=(llvm-22-dev llvm-22-tools)
  [ -x "$llvm/bin/ld.lld" ] || debian+=(lld-22)
  [ "${#debian[@]}" = "$before" ] || room=$((room + LLVM_ROOM))
}

# need_vulkan: Vulkan on the processor, for tests.
need_vulkan() {
  local before=${#debian[@]}
  compgen -G '/usr/lib/*/libvulkan.so.1' >/dev/null || debian+=(libvulkan1)
  compgen -G '/usr/share/vulkan/icd.d/lvp_icd*.json' >/dev/null || debian+=(mesa-vulkan-drivers)
  command -v spirv-val >/dev/null || debian+=(spirv-tools)
  [ "${#debian[@]}" = "$before" ] || room=$((room + VULKAN_ROOM))
}

# need_environment FOLDER REQUIREMENTS ROOM [torch]: a Python environment with the packages that a file names, unless they are there
# already; with `torch` that first.
need_environment() {
  cmp -s "$2" "$1/$(basename "$2" .txt).installed" && [ -x "$1/bin/python" ] && return
  if ! "${TESSERA_PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null && [[ " ${debian[*]} " != *" python3-venv "* ]]; then
    debian+=(python3 python3-venv)
    room=$((room + PYTHON_ROOM))
  fi
  environments+=("$*")
  room=$((room + $3))
}

# need WHAT...: adds what is missing of `llvm`, `models` (what tests and exports need), `server` (what puts a server under load), `vulkan` (a driver that
# runs on processors), `browser` (Chromium, without a window) and peers by their names.
need() {
  local what
  for what in "$@"; do
    case $what in
      llvm) need_packages ;;
      models)
        need_environment build/python Scripts/requirements.txt "$REQUIREMENTS_ROOM"
        need_environment build/python Scripts/requirements-models.txt "$MODELS_ROOM" torch
        ;;
      vulkan) need_vulkan ;;
      browser) command -v chromium >/dev/null || { debian+=(chromium fonts-dejavu-core); room=$((room + BROWSER_ROOM)); } ;;
      server) command -v wrk >/dev/null || { debian+=(wrk); room=$((room + WRK_ROOM)); } ;;
      openvino) need_environment build/peers/openvino Benchmarks/peers/openvino.txt "$OPENVINO_ROOM" ;;
      iree) need_environment build/peers/iree Benchmarks/peers/iree.txt "$IREE_ROOM" ;;
      litert) need_environment build/peers/litert Benchmarks/peers/litert.txt "$LITERT_ROOM" torch ;;
      jax) need_environment build/peers/jax Benchmarks/peers/jax.txt "$JAX_ROOM" ;;
      onnxruntime | torch | torch-compile) ;; # stand in build/python
      *) fail "there is no '$what' to set up" "there are llvm, models, server, vulkan, browser, and the peers onnxruntime, torch, torch-compile, openvino, iree, litert and jax" ;;
    esac
  done
}

# The room in MB, as measured on Debian 12; torch counts as the build for CPUs.
LLVM_ROOM=1620 PYTHON_ROOM=30 REQUIREMENTS_ROOM=270 MODELS_ROOM=1330 OPENVINO_ROOM=280 IREE_ROOM=620 LITERT_ROOM=2000 JAX_ROOM=600 WRK_ROOM=2 VULKAN_ROOM=250 BROWSER_ROOM=420

# ---------------------------------------------------------------- saying it
# Prints a number of MB as people read it.
megabytes() { if [ "$1" -lt 1000 ]; then echo "$1 MB"; else echo "$(($1 / 1000)).$(($1 % 1000 / 100)) GB"; fi; }

# Prints what will be installed, and the room it takes.
announce() {
  local environment folder file torch
  echo "To be installed, $(megabytes $room) on disk:"
  [ ${#debian[@]} = 0 ] || echo "  Debian packages   ${debian[*]}, and those that they need"
  for environment in "${environments[@]}"; do
    read -r folder file _ torch <<<"$environment"
    printf '  %-16s  Python packages: %s\n' "$folder" "${torch:+$torch }$(sed -n 's/^\([^#=[]*\).*==.*/\1/p' "$file" | paste -sd ' ')"
  done
}

# see_room FOLDER: ends where the disk of a folder has less room than what will be installed.
see_room() {
  local free
  free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
  [ "$free" -gt $room ] || fail "the disk of $1 has $(megabytes "$free") free, and $(megabytes $room) are needed"
}

# ---------------------------------------------------------------- installing it
# How to install Debian packages by hand, for messages.
by_hand() { echo "run as root: apt-get install --no-install-recommends ${debian[*]}"; }

install_packages() {
  command -v apt-get >/dev/null || fail "these packages are missing, and this system has no apt-get: ${debian[*]}" \
    "install MLIR, LLVM and lld 22 so that they are in $llvm, and Python 3 with venv"
  local sudo='' answer package candidate size
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "these packages are missing: ${debian[*]}" "$(by_hand)"
    sudo=sudo
    if [ -t 0 ] && [ -t 1 ]; then
      read -r -p "Install the Debian packages with sudo? [Y/n] " answer
      [[ $answer =~ ^([yY].*)?$ ]] || fail "the packages are not installed" "$(by_hand)"
    fi
    $sudo -v || fail "sudo did not let us install packages" "$(by_hand)"
  fi
  step "Read the package lists" $sudo apt-get update
  # a policy without a candidate means that no package source of this machine has the package
  for package in "${debian[@]}"; do
    candidate=$(LC_ALL=C apt-cache policy "$package" | sed -n 's/^ *Candidate: *\([^(].*\)/\1/p')
    [ -n "$candidate" ] || fail "the package sources of this system have no $package" \
      "Debian 12 has it in its security updates: see that /etc/apt lists them, or add LLVM's own package source"
  done
  # apt's own figures, which count what others need already; it ends with 1, since it was told to install nothing
  size=$(LC_ALL=C apt-get install --assume-no --no-install-recommends "${debian[@]}" 2>/dev/null |
    sed -n 's/^Need to get \(.*\) of archives\.$/\1 to fetch/p; s/^After this operation, \(.*\) of additional.*/\1 on disk/p' | paste -sd, || true)
  echo "Debian packages: ${size//,/, }"
  step "Install packages" $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${debian[@]}"
}

# make_environment FOLDER REQUIREMENTS ROOM [torch]: see need_environment.
make_environment() {
  local name
  name=$(basename "$2" .txt)
  [ -x "$1/bin/python" ] || step "Make an environment, $name" "${TESSERA_PYTHON:-python3}" -m venv "$1" || return
  if [ -n "${4:-}" ]; then
    # the plain torch for Linux brings gigabytes for GPUs; the build for CPUs is taken where pip can find one
    step "Install torch, $name" sh -c "$1/bin/python -m pip install torch==2.13.0+cpu || $1/bin/python -m pip install torch==2.13.0" || return
  fi
  step "Install packages, $name" "$1/bin/python" -m pip install -r "$2" || return
  cp "$2" "$1/$name.installed"
}

# get WHAT...: installs what is missing of what `need` knows. Peers may fail: the report of a benchmark tells of them.
get() {
  local environment
  need_swift
  debian=() environments=() room=0
  need "$@"
  [ $room = 0 ] && return
  announce
  see_room .
  [ ${#debian[@]} = 0 ] || { see_room /usr; install_packages; }
  for environment in "${environments[@]}"; do
    # shellcheck disable=SC2086 # a list of words
    make_environment $environment || [[ $environment == build/peers/* ]] || return
  done
}
