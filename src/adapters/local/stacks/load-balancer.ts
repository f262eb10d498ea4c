import type { LoadBalancers } from '../load-balancer/load-balancers.ts';
import type { LocalBlueprint } from './blueprint.ts';

/** A listener on a loopback port with a blue and a green target group. */
export const localLoadBalancer = (balancers: LoadBalancers): LocalBlueprint => ({
  changeable: ['healthCheckPath', 'deregistrationDelaySeconds', 'listenerPort'],
  resources: ({ listenerPort }) => [
    `listener on port ${listenerPort || '(a free one)'}`,
    'target group blue',
    'target group green',
  ],
  deploy: async ({ name, parameters }) => {
    const { port, url } = await balancers.create(name, {
      listenerPort: parameters['listenerPort'] ? Number(parameters['listenerPort']) : null,
      healthCheckPath: parameters['healthCheckPath'] ?? '/',
      deregistrationDelaySeconds: Number(parameters['deregistrationDelaySeconds']),
    });
    return { url, port: String(port) };
  },
  remove: (name) => balancers.remove(name),
});
