import type { Command, Evidence, RuntimeName } from '../../../src/domain/plan.ts';
import type { QuotedLines } from '../../../src/stages/quoted-evidence.ts';

/** What of a plan a model may be asked to choose: each a value that code has found in the repository. */
export type OptionValue =
  | { readonly field: 'start'; readonly command: Command; readonly runtime: RuntimeName }
  | { readonly field: 'build'; readonly command: Command }
  | { readonly field: 'migrations'; readonly command: Command }
  | { readonly field: 'healthCheckPath'; readonly path: string }
  | { readonly field: 'runtimeVersion'; readonly version: string }
  | { readonly field: 'database'; readonly database: 'postgres' | null }
  | { readonly field: 'required' | 'secret'; readonly variable: string }
  | { readonly field: 'service'; readonly service: string };
export type OptionField = OptionValue['field'];

/** A quotation that is literally in a file of the repository. */
export interface Quotation {
  readonly file: string;
  readonly lines: QuotedLines;
  readonly text: string;
  /** Enough to prove something by itself: whole lines, or too long to stand anywhere. */
  readonly isTelling: boolean;
  /** The lines that it is in, from end to end. */
  readonly context: string;
}

export interface FoundOption {
  readonly value: OptionValue;
  /** How the option is shown: its value, and where it was found. Text of the repository. */
  readonly shown: string;
  /** Whether a quotation speaks for this option at all. What it says in prose is never proof of a command or a request. */
  readonly isProvedBy: (quotation: Quotation) => boolean;
}

/** An option with the id that stands for it in the answer. */
export interface Option extends FoundOption {
  readonly id: string;
}

/** The quotation shows the very line where the option was found. */
export const isAt =
  ({ file, line }: Evidence) =>
  (quotation: Quotation): boolean =>
    quotation.file === file &&
    line !== undefined &&
    quotation.lines.first <= line &&
    line <= quotation.lines.last;

/** Text for people: whoever writes it can promise and order what they like. */
export const isProse = (file: string): boolean =>
  /(?:\.(?:md|mdx|markdown|txt|rst|adoc|html?)|(?:^|\/)[A-Z]+)$/.test(file);
