# What every build.sh shares; sourced, never run. `trunkline lab run` sets the AWS_* variables and LAB_STATE.
set -euo pipefail
LAB_STATE="${LAB_STATE:-./state.env}"

# keep NAME VALUE: notes a value, for the expectation file's ${NAME}, for later steps and for destroy.sh
keep() {
  printf '%s=%s\n' "$1" "$2" >>"$LAB_STATE"
  printf -v "$1" '%s' "$2"
}

# run COMMAND...: shows the command as it would be typed, then runs it
run() {
  printf '$ %s\n' "$*" >&2
  "$@"
}

# refused CODE COMMAND...: runs a command that AWS must refuse with this error code
refused() {
  local code="$1" said
  shift
  printf '$ %s\n' "$*" >&2
  if said="$("$@" 2>&1)"; then
    printf 'this should have been refused with %s\n' "$code" >&2
    return 1
  fi
  case "$said" in
    *"($code)"*) printf '%s\n' "$said" | grep -F "($code)" >&2 ;;
    *)
      printf 'expected %s, got: %s\n' "$code" "$said" >&2
      return 1
      ;;
  esac
}

# An Amazon Linux image of this region, as AWS publishes it.
linux_image() {
  aws ssm get-parameter --name /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 \
    --query Parameter.Value --output text
}

named() { printf 'ResourceType=%s,Tags=[{Key=Name,Value=%s}]' "$1" "$2"; }
