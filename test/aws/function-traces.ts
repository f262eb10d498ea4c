import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

const traces = new AsyncLocalStorage<string>();

/** Does the work of one call of a function: its calls to AWS carry the trace. */
export const traced = <T>(work: (trace: string) => Promise<T>): Promise<T> => {
  const trace = `Root=1-${randomUUID()}`;
  return traces.run(trace, () => work(trace));
};

/**
 * The store in which Lambda keeps whose turn it is where functions share a process; the SDK asks it for the trace and sends that
 * along. To be called before the functions are loaded.
 */
export function shareProcess(): void {
  process.env['AWS_LAMBDA_FUNCTION_NAME'] = 'hivemind';
  Object.assign(globalThis, {
    awslambda: { InvokeStore: { getXRayTraceId: () => traces.getStore(), ...NOTHING } },
  });
}

const nothing = () => undefined;
const NOTHING = {
  get: nothing,
  set: nothing,
  getContext: nothing,
  hasContext: () => false,
  getRequestId: () => '-',
  getTenantId: nothing,
  getTraceparent: nothing,
  getTracestate: nothing,
  getBaggage: nothing,
};
