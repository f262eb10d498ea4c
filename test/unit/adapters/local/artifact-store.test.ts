import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { localArtifactStore } from '../../../../src/adapters/local/artifact-store.ts';
import type { Home } from '../../../../src/adapters/local/home.ts';
import { someFacts } from '../../../contracts/artifact-store.contract.ts';
import { temporaryHome } from '../../../fixtures/temporary-home.ts';

async function put(home: Home): Promise<string> {
  const directory = home.folder('work', 'app');
  await mkdir(directory);
  await writeFile(join(directory, 'a'), 'a');
  return (await localArtifactStore(home).put(directory, someFacts)).id;
}

describe('local artifact store', () => {
  test('leaves nothing in the work folder', async () => {
    const home = await temporaryHome();
    const id = await put(home);
    await put(home);
    await localArtifactStore(home).remove(id);
    expect(await readdir(home.folder('work'))).toEqual([]);
  });

  test.each(['', '{"version":1}', 'changed'])(
    'fails with ArtifactCorrupt for a manifest of %j',
    async (text) => {
      const home = await temporaryHome();
      const id = await put(home);
      const file = home.folder('artifacts', id, 'manifest.json');
      await writeFile(
        file,
        text === 'changed' ? (await readFile(file, 'utf8')).replace('"files":1', '"files":2') : text,
      );
      await expect(localArtifactStore(home).find(id)).rejects.toMatchObject({ code: 'ArtifactCorrupt' });
    },
  );

  test('replaces a corrupt artifact by an intact one', async () => {
    const home = await temporaryHome();
    const id = await put(home);
    await writeFile(home.folder('artifacts', id, 'manifest.json'), '');
    expect(await put(home)).toBe(id);
    expect(await localArtifactStore(home).find(id)).toMatchObject({ files: 1 });
  });

  test('fails with UnsafeRepository and leaves no folder', async () => {
    const home = await temporaryHome();
    const directory = home.folder('work', 'app');
    await mkdir(directory);
    await writeFile(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0xff])]), '');
    const failed = localArtifactStore(home).put(directory, someFacts);
    await expect(failed).rejects.toMatchObject({ code: 'UnsafeRepository' });
    expect(await readdir(home.folder('work'))).toEqual(['app']);
  });
});
