import { homeFrom, prepareHome } from './adapters/local/home.ts';
import { localSourceRepository } from './adapters/local/source-repository.ts';
import { parseSource } from './domain/source.ts';
const home = homeFrom({ HIVEMIND_HOME: '/tmp/t/home' }); prepareHome(home);
const r = localSourceRepository({ home });
for (let i = 0; i < 2; i++) {
const t0 = performance.now();
const s = await r.resolve(parseSource(process.argv[2] ?? '', { workingTree: false }));
const t1 = performance.now(); const tree = await r.open(s); await tree.read(tree.entries[0]?.path ?? ''); const t2 = performance.now();
await r.checkout(s, `/tmp/t/out${Math.random()}`); console.log('resolve', t1-t0, 'open', t2 - t1, 'checkout', performance.now() - t2); }
