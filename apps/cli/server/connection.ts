import type * as z from 'zod';

/** The control plane as commands see it: answers parsed by the contract, and every failure a HiveMindError. */
export interface Connection {
  get<T>(path: string, shape: z.ZodType<T>): Promise<T>;
  send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown, shape: z.ZodType<T>): Promise<T>;
  /** A request whose answer says nothing more than that it was accepted. */
  order(path: string): Promise<void>;
  /** The documents of a stream, until it ends. @throws {HiveMindError} ServerUnreachable: it broke */
  stream<T>(path: string, shape: z.ZodType<T>, signal: AbortSignal): AsyncIterable<T>;
  /** After ServerUnreachable: finds the control plane again. @throws {HiveMindError} ServerUnreachable */
  reopen(): Promise<void>;
}
