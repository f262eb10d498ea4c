import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { DiagnosisDocument } from '../../../src/contracts/diagnosis.ts';
import { type Diagnosis, diagnose } from '../../../src/domain/diagnosis/diagnose.ts';
import { type LogReading, readLog } from '../../../src/domain/diagnosis/log/log-reader.ts';
import { isPhase, phaseOfStage } from '../../../src/domain/diagnosis/phase.ts';
import { ACTIONS } from '../../../src/domain/diagnosis/taxonomy/actions.ts';
import { CAUSES } from '../../../src/domain/diagnosis/taxonomy/causes.ts';
import { EXIT, HiveMindError, systemErrorCode } from '../../../src/domain/errors.ts';
import { singleLine } from '../../../src/domain/plain-text.ts';
import type { CommandContext } from '../command-context.ts';
import type { DiagnoseOptions } from '../definitions/diagnosing.ts';
import { diagnosisText } from '../render/diagnosis.ts';

/** Bytes that are looked at to tell a text from a program or an archive. */
const SAMPLE_LENGTH = 8192;

/** Says why something failed; exit code 1 when that is unknown. @throws {HiveMindError} InvalidInput */
export async function diagnoseLog(
  { output, session }: CommandContext,
  file: string,
  { stage, target }: DiagnoseOptions,
): Promise<number> {
  const fromStdin = file === '-';
  if (fromStdin && session.stdin.isTTY) {
    throw refused('no log was given', 'name a file, or pipe a log into the command');
  }
  const source = fromStdin ? session.stdin : createReadStream(resolve(session.directory, file));
  const reading = await readingOf(source, fromStdin ? 'standard input' : singleLine(file));
  const phase = stage === undefined ? undefined : isPhase(stage) ? stage : phaseOfStage(stage);
  const diagnosis = diagnose({ log: reading, phase, target });
  const document = documentOf(diagnosis, reading);
  if (output.json) output.document(document);
  else output.print(diagnosisText(document.diagnosis, output.paint));
  return diagnosis.cause === 'unknown' ? EXIT.failed : EXIT.ok;
}

async function readingOf(source: Readable, name: string): Promise<LogReading> {
  try {
    const reading = await readLog(textOf(source, name));
    if (reading.lines.some(({ text }) => text.trim() !== '')) return reading;
  } catch (error) {
    throw unreadable(error, name);
  }
  throw refused(`${name} is empty`, 'give the log of what failed, from its first error to its end');
}

/** @throws {HiveMindError} InvalidInput when it is no text */
async function* textOf(source: Readable, name: string): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let sampled = 0;
  for await (const chunk of source) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk);
    if (sampled < SAMPLE_LENGTH && bytes.subarray(0, SAMPLE_LENGTH - sampled).includes(0)) {
      throw refused(`${name} is no text`, 'unpack it first, or name the log itself');
    }
    sampled += bytes.length;
    yield decoder.decode(bytes, { stream: true });
  }
}

function unreadable(error: unknown, name: string): unknown {
  switch (systemErrorCode(error)) {
    case 'ENOENT':
      return refused(`there is no file ${name}`, 'correct the path, or use - for standard input');
    case 'EISDIR':
      return refused(`${name} is a folder`, 'name a log file in it');
    case 'EACCES':
      return refused(`${name} may not be read`, 'change its permissions, or run the command as its owner');
    default:
      return error;
  }
}

const refused = (message: string, hint: string) => new HiveMindError('InvalidInput', message, { hint });

function documentOf(diagnosis: Diagnosis, { total }: LogReading): DiagnosisDocument {
  const { cause, confidence, evidence, fix, risk, parameters, alternatives } = diagnosis;
  const { does, changes } = ACTIONS[fix];
  return {
    diagnosis: {
      cause,
      meaning: CAUSES[cause].meaning,
      confidence,
      evidence: evidence.map(({ number, text }) => ({ line: number, text })),
      action: fix,
      does,
      changes,
      risk,
      parameters: { ...parameters },
      alternatives: alternatives.map((other) => ({ ...other, meaning: CAUSES[other.cause].meaning })),
      lines: total,
    },
  };
}
