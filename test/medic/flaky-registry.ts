import { anArchive, fileEntry } from '../fixtures/archives.ts';
import { httpServer } from '../fixtures/git-http-server.ts';
import type { BrokenApplication } from './broken-applications.ts';

/** An application that needs a package from a server, which drops the first requests for it. */
export async function flakyRegistry(drops: number): Promise<BrokenApplication> {
  const tarball = await anArchive([
    fileEntry('package/package.json', Buffer.from('{"name":"greeting","version":"1.0.0"}')),
    fileEntry('package/index.js', Buffer.from("module.exports = 'well';")),
  ]);
  let dropped = 0;
  const url = await httpServer((request, response) => {
    if (dropped < drops) {
      dropped += 1;
      request.socket.destroy();
    } else {
      response.end(tarball);
    }
  });
  const files = {
    // npm itself would try again otherwise.
    '.npmrc': 'fetch-retries=0\n',
    'package.json': JSON.stringify({
      name: 'app',
      version: '1.0.0',
      scripts: { start: 'node server.js' },
      dependencies: { greeting: `${url}/greeting-1.0.0.tgz` },
    }),
    'server.js':
      "require('node:http').createServer((q, s) => s.end(require('greeting'))).listen(process.env.PORT);\n",
  };
  return { files, fixes: ['retry_with_backoff'] };
}
