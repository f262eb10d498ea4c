/**
 * How long a provider wants to be left alone: `Retry-After` is a number of seconds or an HTTP date (RFC 9110, 10.2.3).
 * @returns milliseconds; null when the header says nothing that can be understood
 */
export function retryAfterMilliseconds(header: string | undefined, nowIso: string): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  // Date.parse also understands much that is no HTTP date: "-5" is a year.
  const at = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - Date.parse(nowIso));
}
