import { type AgentHandlerPorts, agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { functionModel } from '../../src/adapters/aws/lambda/language-model.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { type ReconPorts, recon } from './agent.ts';

const repository = async () => (await import('../../src/adapters/aws/lambda/sources.ts')).sources;
const sources: ReconPorts['sources'] = {
  resolve: async (...what) => (await repository()).resolve(...what),
  open: async (...what) => (await repository()).open(...what),
};
const common = stagePorts();
const ports: ReconPorts & AgentHandlerPorts = { ...common, sources, model: functionModel(common) };

export const handler = agentHandler(recon(ports), ports);
