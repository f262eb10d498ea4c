import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { COLORS, type Color } from '../../../domain/deployment.ts';

const SECRET_HEADER = 'x-hivemind-probe';
const COLOR_HEADER = 'x-hivemind-color';
export const PROBE_HEADERS = [SECRET_HEADER, COLOR_HEADER];
/** Header of the answer to a probe: the id of the target that gave it. */
export const TARGET_HEADER = 'x-hivemind-target';

/** Who knows the secret may choose the colour and learns which target answered. */
export class ProbeRule {
  readonly secret: string;
  readonly #expected: Buffer;

  constructor(secret: string) {
    this.secret = secret;
    this.#expected = Buffer.from(secret);
  }

  headersFor(color: Color): Readonly<Record<string, string>> {
    return { [SECRET_HEADER]: this.secret, [COLOR_HEADER]: color };
  }

  /** Undefined for an ordinary request. */
  match(request: IncomingMessage): { readonly color: Color | undefined } | undefined {
    const given = request.headers[SECRET_HEADER];
    if (typeof given !== 'string') return undefined;
    const bytes = Buffer.from(given);
    if (bytes.length !== this.#expected.length || !timingSafeEqual(bytes, this.#expected)) return undefined;
    return { color: COLORS.find((color) => color === request.headers[COLOR_HEADER]) };
  }
}
