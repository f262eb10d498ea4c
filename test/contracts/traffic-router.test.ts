import { describe } from '@jest/globals';
import { LoadBalancers } from '../../src/adapters/local/load-balancer/load-balancers.ts';
import { openStateDatabase } from '../../src/adapters/local/state-database.ts';
import { localTrafficRouter } from '../../src/adapters/local/traffic-router.ts';
import { trafficRouterContract } from './traffic-router.contract.ts';

describe('local traffic router', () =>
  trafficRouterContract(async () => {
    const loadBalancers = new LoadBalancers({
      database: openStateDatabase(':memory:'),
      portRange: { first: 28_100, last: 28_999 },
    });
    await loadBalancers.create('shop', {
      listenerPort: null,
      healthCheckPath: '/',
      deregistrationDelaySeconds: 1,
    });
    return {
      router: localTrafficRouter(loadBalancers),
      loadBalancer: 'shop',
      forwards: true,
      stop: () => loadBalancers.remove('shop'),
    };
  }));
