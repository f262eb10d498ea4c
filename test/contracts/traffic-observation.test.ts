import { describe } from '@jest/globals';
import { localTrafficObservation } from '../../src/adapters/local/traffic-observation.ts';
import { localTrafficRouter } from '../../src/adapters/local/traffic-router.ts';
import { allHealthy, newLoadBalancers, SETTINGS, send, startTarget } from '../fixtures/load-balancing.ts';
import { trafficObservationContract } from './traffic-observation.contract.ts';

const NO_TRAFFIC = { blue: 0, green: 0 };

describe('local traffic observation', () =>
  trafficObservationContract(async () => {
    const loadBalancers = newLoadBalancers();
    const { url } = await loadBalancers.create('shop', SETTINGS);
    const router = localTrafficRouter(loadBalancers);
    const balancer = loadBalancers.get('shop');
    return {
      observation: localTrafficObservation(loadBalancers),
      loadBalancer: 'shop',
      answer: async (color, statuses) => {
        const left = [...statuses];
        const target = await startTarget(`i-${color}`, (_, response) =>
          response.writeHead(left.shift() ?? 200).end(),
        );
        balancer.register(color, [target]);
        await allHealthy(balancer, color);
        await router.shift('shop', { ...NO_TRAFFIC, [color]: 100 });
        for (const _ of statuses) await send(url);
      },
      stop: async () => undefined,
    };
  }));
