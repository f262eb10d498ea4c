import { chmod, rename, writeFile } from 'node:fs/promises';
import { COMMAND_LOG, PLACES, ROOT } from '../places.ts';

/** What Systems Manager calls. A link to the release's own program, which another release replaces. */
const program = (): string => `#!/bin/sh
${ROOT === '' ? '' : `export HIVEMIND_ROOT='${ROOT}'\n`}exec "${PLACES.release}/runtime/bin/node" "${PLACES.release}/instance/instance.mjs" "$@"
`;

/**
 * systemd calls it after the last process of a unit has ended: `record-exit FILE [once]`. The variables are systemd's
 * (systemd.exec(5)).
 */
const EXIT_RECORDER = `#!/bin/sh
set -eu
if [ "\${2:-}" = once ] && [ -e "$1" ]; then exit 0; fi
printf '%s %s %s %s\\n' "$SERVICE_RESULT" "\${EXIT_CODE:-none}" "\${EXIT_STATUS:-none}" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$1~"
mv "$1~" "$1"
`;

/** Copied and emptied, because the processes keep their logs open. */
const LOG_ROTATION = `${PLACES.logs}/*.log {
    size 50M
    rotate 2
    copytruncate
    missingok
    notifempty
}
`;

export async function writePrograms(): Promise<void> {
  await writeProgram(PLACES.program, program());
  await writeProgram(PLACES.exitRecorder, EXIT_RECORDER);
  await writeFile(PLACES.logRotation, LOG_ROTATION);
  // systemd makes the other logs; this one is watched before there is a command.
  await writeFile(COMMAND_LOG, '', { flag: 'a' });
}

/** In one step: an earlier one may be running. */
async function writeProgram(file: string, text: string): Promise<void> {
  await writeFile(`${file}~`, text);
  await chmod(`${file}~`, 0o755);
  await rename(`${file}~`, file);
}
