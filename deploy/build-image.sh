#!/usr/bin/env bash
# The steps of the image: deploy/build-image.sh FOLDER
#
# Makes in FOLDER, which must not exist, a virtual environment with exactly what requirements.lock names and this
# checkout as a wheel, and then sees whether it works. It stays where it was made: its programs name the folder.
# The Dockerfile runs this, and so does the suite (tests/test_image.py). PYTHON names the interpreter; it has pip.
set -euo pipefail
folder=${1:?"usage: deploy/build-image.sh FOLDER"}
python=${PYTHON:-python3}
source=$(cd "$(dirname "$0")/.." && pwd)
if [ -e "$folder" ]; then
    echo "$folder is there already: name a folder that is not." >&2
    exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# No pip goes into the image: the one of the interpreter that makes it does the work.
"$python" -m venv --without-pip "$folder"
pip() { "$python" -m pip --python "$folder/bin/python" --disable-pip-version-check --quiet --no-input "$@"; }

# Wheels whose hashes the lock holds; nothing is compiled, so no compiler is needed.
pip install --only-binary :all: --require-hashes --no-deps -r "$source/requirements.lock"

# This project, made into a wheel by the build backend of the lock, from a copy that holds nothing else.
mkdir "$work/source" "$work/wheel" "$work/empty"
for part in app migrations docs pyproject.toml README.md LICENSE NOTICE; do
    cp -R "$source/$part" "$work/source/"
done
(cd "$work/source" && "$folder/bin/python" -m hatchling build -t wheel -d "$work/wheel" >"$work/wheel.log")
pip install --no-deps --no-index "$work"/wheel/*.whl

# What only builds has no place where it runs.
pip uninstall --yes hatchling pathspec pluggy tomlkit trove-classifiers
"$folder/bin/python" -m compileall -q "$folder/lib" # the image is read-only when it runs

# Does it work, away from the checkout?
cd "$work/empty"
pip check
"$folder/bin/qi-networks" contract >contract.json
"$folder/bin/python" - <<'END'
import json, sysconfig
import app
from app.db.schema import head_revision
from app.web import guides

contract = json.load(open("contract.json"))
assert contract["info"]["version"] == app.__version__, "the contract is of another version"
assert app.__file__.startswith(sysconfig.get_path("purelib")), f"{app.__file__} is not what was installed"
assert "deploy" in guides.names(), "the guides are missing"
print(f"qi-networks {app.__version__}, migration {head_revision()}, {len(contract['paths'])} addresses")
END
