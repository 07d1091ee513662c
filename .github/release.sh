#!/bin/bash
# Static Linux binaries, as cargo binstall looks for them, and their sums: .github/release.sh [TARGET...]
# Needs the standard library of each target (rustup target add x86_64-unknown-linux-musl) and its C compiler, for the allocator
# (Debian: musl-tools).
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- x86_64-unknown-linux-musl
out=$PWD/output/release
mkdir -p "$out"
for target in "$@"; do
  cargo build --locked --profile dist --target "$target"
  name="tetrapla-$target"
  rm -rf "${out:?}/$name"
  mkdir "$out/$name"
  cp "target/$target/dist/tetrapla" README.md LICENSE-APACHE LICENSE-MIT "$out/$name/"
  "$out/$name/tetrapla" man > "$out/$name/tetrapla.1" || echo "$target does not run here: no manual page in it" >&2
  tar -C "$out" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf - "$name" | gzip -n > "$out/$name.tgz"
  rm -r "${out:?}/$name"
done
(cd "$out" && sha256sum -- *.tgz > SHA256SUMS)
