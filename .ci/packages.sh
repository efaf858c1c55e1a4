# For the scripts beside this folder: installs Debian packages that are missing, and only these.
# Sourced, not run.

# Runs a command up to three times: mirrors have bad moments.
retry() {
    local attempt
    for attempt in 1 2 3; do
        "$@" && return
        echo "$0: attempt $attempt failed: $*" >&2
        sleep $((attempt * 5))
    done
    return 1
}

# install_missing_packages PACKAGE...: asks apt only when one is missing, for which it must be root.
install_missing_packages() {
    if ! command -v dpkg-query >/dev/null; then
        return # not Debian: CMake will say what it does not find
    fi
    local package missing=()
    for package in "$@"; do
        if [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
            missing+=("$package")
        fi
    done
    ((${#missing[@]})) || return 0
    if ((EUID != 0)); then
        echo "$0: these packages are missing: ${missing[*]}" >&2
        echo "$0: install them with \`apt-get install ${missing[*]}\`, or run this as root" >&2
        exit 1
    fi
    echo "$0: installing ${missing[*]}" >&2
    export DEBIAN_FRONTEND=noninteractive
    retry apt-get --quiet -o DPkg::Lock::Timeout=120 update >&2
    retry apt-get --quiet --yes -o DPkg::Lock::Timeout=120 install --no-install-recommends "${missing[@]}" >&2
}

# What configuring the project takes, what the guests of example/serve are compiled with, and what the presets take
# that use Clang.
project_packages="g++ cmake ninja-build libboost-dev librange-v3-dev catch2 libbenchmark-dev libcli11-dev"
guest_packages="clang-16 lld-16 wasi-libc libc++-16-dev-wasm32 libc++abi-16-dev-wasm32
    libclang-rt-16-dev-wasm32 wabt nlohmann-json3-dev libstb-dev"
clang_packages="clang-16 libclang-rt-16-dev clang-format-16 clang-tidy-16"
