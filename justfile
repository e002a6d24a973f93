# The commands of this repository. `.ci/run` calls the same recipes.

set positional-arguments

# Programs that `just tools` installs take precedence.
export PATH := home_directory() / ".cache/authlab/bin" + ":" + env("PATH")

# List the recipes
default:
    @{{ quote(just_executable()) }} --list --unsorted

# Start the three services and the lab's page
run *arguments:
    cargo run --release -- "$@"

# Run one journey against the three services and show the answers side by side
compare *arguments:
    cargo run --release -- compare "$@"

# Check every clause of the contract on the three services, or on any --target NAME=URL
conform *arguments:
    cargo run --release -- conform "$@"

# Run every attack on the three services, or on any --target NAME=URL: which are blocked, which unavoidable
attack *arguments:
    cargo run --release -- attack "$@"

# Say what a credential is and what anybody can read in it, without asking a service; `-` reads standard input
inspect *arguments:
    cargo run --release -- inspect "$@"

# Run attacks and benches anew and write the comparison: takes minutes, with `-- --thorough` hours, on an idle machine
measure *arguments:
    mkdir -p benches/results
    cargo run --release -- attack --json > benches/results/attacks.json
    cargo bench --package benches --bench comparison "$@"
    cargo run --release -- report

# Write the comparison from the newest run under benches/results: documents, README, verdicts of the lab's page
report *arguments:
    cargo run --release -- report "$@"

# Write docs/settings.md from the programs themselves
settings:
    cargo run --release -- settings > docs/settings.md

# Estimate what N users need: just capacity --users 5e6
capacity *arguments:
    cargo run --release -- capacity "$@"

# Run every test, and list at the end which ones were skipped
test *arguments:
    .ci/with-skipped cargo test --workspace "$@"

# Run each test in a separate process, with a time limit
nextest *arguments:
    .ci/with-skipped cargo nextest run --workspace "$@"
    cargo test --workspace --doc

# Test 1,000 random interleavings of logins and endings against the model; AUTHLAB_SEED repeats a run
field interleavings="1000":
    AUTHLAB_INTERLEAVINGS="$1" cargo test --workspace --test endings interleavings

# Check the formatting
fmt:
    cargo fmt --all --check

# Format everything
fmt-fix:
    cargo fmt --all

# Check with clippy; warnings fail
lint:
    cargo clippy --workspace --all-targets -- --deny warnings

# Build the documentation; warnings fail
doc:
    RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps

# To see why a crate is in the tree: cargo tree --workspace --invert NAME
[doc("Check licences and sources of all crates, and which crate may depend on which")]
deny:
    cargo deny check --hide-inclusion-graph licenses bans sources

# Measure what a request costs the server
bench *arguments:
    cargo bench --package benches "$@"

# Run each benchmark once, without measuring, to see that it works
bench-smoke:
    cargo test --workspace --bench '*'

# Build the peers: programs of others that the benches measure too
peers:
    env -u CARGO_TARGET_DIR cargo build --release --manifest-path peers/Cargo.toml
    [ -x ~/.cache/authlab/peers/bin/python ] || "${AUTHLAB_PYTHON:-$HOME/.cache/authlab/venv/bin/python}" -m venv ~/.cache/authlab/peers
    ~/.cache/authlab/peers/bin/python -m pip install --quiet --disable-pip-version-check --requirement peers/django/requirements.txt

# Run on the peers the attacks that a library decides, and keep the results for the report
attack-peers:
    cargo build --release
    cargo run --release --package benches --bin with_peers -- cargo run --release -- attack --json --withhold \
        --row A41 --row A05 --row A25 --row A10 --row A11 --row A12 --row A01 --row A02 --row A56 --row A57 \
        > benches/results/attacks-on-peers.json

# Fuzz every target for some seconds, if cargo-fuzz is installed and the fuzzers are built (building takes ten minutes)
fuzz-smoke seconds="5":
    if [ -d "${XDG_CACHE_HOME:-$HOME/.cache}/authlab/fuzz-target" ] && cargo +nightly fuzz --version >/dev/null 2>&1; then \
        env -u CARGO_TARGET_DIR fuzz/run --jobs 2 "$1"; \
        else echo "SKIPPED: cargo-fuzz is missing, or the fuzzers are not built (fuzz/run builds them); the tests replay the corpus"; fi

# Start everything in containers, check the contract, stop, and check that nothing is left
compose-smoke:
    .ci/compose

# Check the manifests of deploy/kubernetes against Kubernetes' schemas
kubernetes:
    "${AUTHLAB_PYTHON:-$HOME/.cache/authlab/venv/bin/python}" .ci/kubernetes.py

# Install what the tests and the checks need
tools:
    .ci/tools

# Run everything that CI runs
ci:
    .ci/run
