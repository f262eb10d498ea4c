import { liveSeeds } from './faults-seeded-halves.ts';

liveSeeds(0);
