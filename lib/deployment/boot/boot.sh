# Puts a release on a new instance and tells the stack how it went. Its input are the variables BOOT_*, in base64, which
# script.ts writes before it; nothing in them is ever read as shell. A second run does what is missing.
# HIVEMIND_ROOT puts everything below another folder, for tests. All else is in the instance program of the artifact.
set -euo pipefail
umask 022
export LC_ALL=C.UTF-8

readonly root="${HIVEMIND_ROOT:-}"
readonly metadata="${HIVEMIND_METADATA:-http://169.254.169.254}"
readonly opt="$root/opt/hivemind"
readonly var="$root/var/lib/hivemind"
readonly log="$root/var/log/hivemind/boot.log"
readonly errors="$var/boot-errors"
readonly failure="$var/boot-failure"
# What a disk needs besides the release: logs, packages, the application's own files.
readonly spare_bytes=$((512 * 1024 * 1024))

mkdir -p "$opt/releases" "$var" "${log%/*}"
rm -f "$failure"

instance_id=''
region=''
step=''

decoded() { printf '%s' "$1" | base64 --decode; }
note() { printf '%s %s\n' "$(date -u +%FT%TZ)" "$1" | tee -a "$log" >&2; }
begin() {
  step="$1"
  note "$1"
}

# The signal has little room, and CloudFormation shows none of it: all lines of the reason go to the instance's log stream, from
# where the stack's failure is explained.
tell_log() {
  local events="$var/boot-events" stream now
  stream="$(decoded "$BOOT_DEPLOYMENT")/instance/$instance_id"
  now="$(date +%s)000"
  printf '[hivemind] boot failed: %s\n' "$1" | tr -d '\000-\010\013-\037\177' | tr '\t' ' ' |
    sed -e 's/[\\"]/\\&/g' -e "s/.*/{\"timestamp\":$now,\"message\":\"& \"}/" | paste -sd, - | sed 's/.*/[&]/' >"$events"
  aws logs create-log-stream --log-group-name "$(decoded "$BOOT_LOG_GROUP")" --log-stream-name "$stream" || true
  aws logs put-log-events --log-group-name "$(decoded "$BOOT_LOG_GROUP")" --log-stream-name "$stream" \
    --log-events "file://$events" --output text || note 'warning: the reason did not reach the log'
}

# success or failure, and in words why. The stack may have been told already: by an earlier run of this.
signal() {
  local cfn_signal="$root/opt/aws/bin/cfn-signal" stack status=SUCCESS
  stack="$(decoded "$BOOT_STACK")"
  if [ -x "$cfn_signal" ]; then
    "$cfn_signal" --success "$1" --reason "$2" --id "$instance_id" --stack "$stack" \
      --resource AutoScalingGroup --region "$region" || note 'warning: the stack did not take the signal'
    return
  fi
  [ "$1" = true ] || status=FAILURE
  aws cloudformation signal-resource --stack-name "$stack" --logical-resource-id AutoScalingGroup \
    --unique-id "$instance_id" --status "$status" || note 'warning: the stack did not take the signal'
}

fail() {
  trap - EXIT
  set +e
  local line="${1//[[:cntrl:]]/ }"
  note "failed: $1"
  tell_log "$1" >>"$log" 2>&1
  signal false "${line:0:1000}" >>"$log" 2>&1
  exit 1
}
# Whatever ends this script before its time is a failure too.
trap 'fail "$step: the boot script ended with code $?"' EXIT

# The last thing that a program complained of.
complaint() { grep -v '^[[:space:]]*$' "$errors" | tail -n 1 | cut -c 1-500; }

ask_metadata() {
  curl --silent --fail --retry 5 --retry-connrefused --max-time 5 --header "X-aws-ec2-metadata-token: $token" \
    "$metadata/latest/meta-data/$1"
}

check_room() { # BYTES WHAT-FOR
  local free
  free="$(df --output=avail --block-size=1 "$opt" | tail -n 1 | tr -d ' ')"
  [ "$free" -ge "$(($1 + spare_bytes))" ] ||
    fail "the disk is too small for $2: $(($1 / 1048576)) MiB and $((spare_bytes / 1048576)) MiB to spare are needed, $((free / 1048576)) MiB are free"
}

download() {
  local key="artifacts/$artifact/artifact.tar.gz" bucket size
  bucket="$(decoded "$BOOT_ARTIFACT_BUCKET")"
  size="$(aws s3api head-object --bucket "$bucket" --key "$key" --query ContentLength --output text 2>"$errors")" ||
    fail "the artifact $artifact cannot be found: $(complaint)"
  check_room "$size" 'the artifact'
  aws s3 cp "s3://$bucket/$key" "$archive" --only-show-errors >/dev/null 2>"$errors" ||
    fail "the artifact $artifact cannot be fetched: $(complaint)"
  printf '%s  %s\n' "${artifact#sha256-}" "$archive" | sha256sum --check --status ||
    fail "the artifact $artifact is not what was built: its checksum is sha256-$(sha256sum "$archive" | cut -d ' ' -f 1)"
}

# The archive names nothing outside of its own four places, and holds files, folders and links only. What root runs is no link, and
# shares no file with what the application may change.
unpack() {
  local new="$release~"
  tar --list --verbose --numeric-owner --quoting-style=escape --gzip --file "$archive" >"$var/listing" 2>"$errors" ||
    fail "the artifact $artifact cannot be read: $(complaint)"
  awk '$1 !~ /^[-dlh]/ { exit 1 }
    { name = $0; for (i = 1; i <= 5; i++) sub(/^[^ ]+ +/, "", name); sub(/^\.\//, "", name); sub(/ (->|link to) .*/, "", name) }
    name !~ /^((files|runtime|instance)(\/.*)?|manifest\.json)?$/ || name ~ /(^|\/)\.\.(\/|$)/ { exit 1 }
    $1 ~ /^l/ && name !~ /^(files|runtime|instance)\// { exit 1 }
    $1 ~ /^l/ && name ~ /^(runtime\/bin(\/node)?|instance\/.*)$/ { exit 1 }
    $1 ~ /^h/ && (name !~ /^files\// || $0 !~ / link to (\.\/)?files\//) { exit 1 }' "$var/listing" ||
    fail "the artifact $artifact has an entry that does not belong there"
  check_room "$(awk '{ bytes += $3 } END { printf "%d", bytes }' "$var/listing")" 'the unpacked artifact'
  rm -rf "$new"
  mkdir -p "$new"
  tar --extract --gzip --file "$archive" --directory "$new" --no-same-owner --no-same-permissions 2>"$errors" ||
    fail "the artifact $artifact cannot be unpacked: $(complaint)"
  sync --file-system "$new"
  mv "$new" "$release"
}

begin 'asking for the identity of the instance'
token="$(curl --silent --fail --retry 5 --retry-connrefused --max-time 5 --request PUT \
  --header 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$metadata/latest/api/token")"
instance_id="$(ask_metadata instance-id)"
region="$(ask_metadata placement/region)"
address="$(ask_metadata local-ipv4)"
export AWS_DEFAULT_REGION="$region" AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=6

artifact="$(decoded "$BOOT_ARTIFACT")"
[[ "$artifact" =~ ^sha256-[0-9a-f]{64}$ ]] || fail 'the id of the artifact is not a checksum'
readonly release="$opt/releases/$artifact"
readonly archive="$var/artifact.tar.gz"
if [ ! -d "$release" ]; then
  begin "fetching $artifact"
  download
  unpack
  rm -f "$archive"
fi
ln -sfn "releases/$artifact" "$opt/release~"
mv -T "$opt/release~" "$opt/release"

begin 'installing'
HIVEMIND_INSTANCE_ID="$instance_id" HIVEMIND_REGION="$region" HIVEMIND_ADDRESS="$address" \
  "$opt/release/runtime/bin/node" "$opt/release/instance/instance.mjs" install >>"$log" 2>"$errors" || {
  cat "$errors" >>"$log"
  if [ -s "$failure" ]; then fail "$(cat "$failure")"; fi
  fail "the instance program does not run: $(complaint)"
}
cat "$errors" >>"$log"
trap - EXIT
note 'ready'
signal true '' >>"$log" 2>&1
