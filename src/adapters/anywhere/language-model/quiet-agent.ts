import { ProxyTracerProvider } from '@opentelemetry/api';
import { Agent, type AgentConfig, configureLogging } from '@strands-agents/sdk';

/** A provider without a delegate: its tracers record nothing, whatever provider the process has. */
const silent = new ProxyTracerProvider().getTracer('silent');

const nothing = () => undefined;
// Its warnings quote models, and what we have to know about them comes as errors and events.
configureLogging({ debug: nothing, info: nothing, warn: nothing, error: nothing });

/**
 * An agent that tells nobody what it is asked and answers. Strands writes prompts, answers and tool input into the events of its spans
 * and has no setting against it, so that its tracer is replaced; where a release of Strands keeps it elsewhere, there is no agent.
 */
export function quietAgent(config: AgentConfig): Agent {
  const agent = new Agent({ ...config, printer: false, retryStrategy: null, contextManager: false });
  const tracer: unknown = Reflect.get(agent, '_tracer');
  const isAsExpected = typeof tracer === 'object' && tracer !== null && '_tracer' in tracer;
  if (!isAsExpected)
    throw new TypeError('the tracer of Strands is not where it was: prompts could be traced');
  Reflect.set(tracer, '_tracer', silent);
  return agent;
}
