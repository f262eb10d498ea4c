import { agentHandler } from '../../src/adapters/aws/lambda/agent-handler.ts';
import { stagePorts } from '../../src/adapters/aws/lambda/stage-ports.ts';
import { medic } from './agent.ts';

const ports = stagePorts();

export const handler = agentHandler(medic(ports), ports);
