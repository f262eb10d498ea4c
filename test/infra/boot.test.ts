import { access, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { INSTANCE_ID, machineForEach, SERVER, WEB } from '../fixtures/instance/machine-for-each.ts';

const machine = machineForEach();

const SUCCESS = `--success true --reason  --id ${INSTANCE_ID} --stack shop-abc234-compute-blue --resource AutoScalingGroup --region eu-west-1\n`;

describe('a boot', () => {
  test('ends with a running application and the signal of success', async () => {
    const { exitCode, output } = await machine().boot();
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(await machine().read('signals.log')).toBe(SUCCESS);
    const environment = JSON.parse(await machine().ask());
    expect(environment).toMatchObject({
      PORT: String(machine().port),
      NODE_ENV: 'production',
      HIVEMIND_DEPLOYMENT: 'shop-abc234',
      HIVEMIND_RELEASE: '7',
      HIVEMIND_COMMIT: '0123abc',
      HIVEMIND_COLOR: 'blue',
    });
    expect(Object.keys(environment).filter((name) => name.startsWith('BOOT_'))).toEqual([]);
  });

  test('hands secrets to the application and shows them to nobody else', async () => {
    const values = { TOKEN: 'tok "quoted" $HOME `id` \\ end', KEY: 'first line\nsecond line', PORT: '1' };
    machine().set({ ENVIRONMENT_SECRET: await machine().storeSecret('environment', values) });
    const url = 'postgres://u:database-password@db:5432/shop?sslmode=require';
    machine().set({
      DATABASE_SECRET: await machine().storeSecret('database', { DATABASE_URL: url, PGHOST: 'db' }),
    });
    expect((await machine().boot()).exitCode).toBe(0);
    expect(JSON.parse(await machine().ask())).toMatchObject({
      TOKEN: values.TOKEN,
      KEY: values.KEY,
      PORT: String(machine().port),
      DATABASE_URL: url,
      PGHOST: 'db',
      NODE_EXTRA_CA_CERTS: join(machine().root, 'opt/hivemind/database-certificates.pem'),
    });
    const { mode } = await stat(join(machine().root, 'etc/hivemind/environment'));
    expect(mode & 0o777).toBe(0o600);
    const holders = await filesWith(machine().root, /tok "quoted|database-password/);
    expect(holders.filter((file) => !file.startsWith('stand-ins/'))).toEqual(['etc/hivemind/environment']);
    expect(await machine().read('aws.log')).not.toContain('tok');
  });

  test('makes a user for the application, confines it and ships its log', async () => {
    await machine().boot();
    expect(await machine().read('useradd.log')).toMatch(/--system .*--shell \/sbin\/nologin hivemind\n$/);
    const unit = await machine().file('etc/systemd/system/hivemind-process-web.service');
    for (const line of [
      'User=hivemind',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'PrivateTmp=yes',
      'Restart=always',
      'StartLimitBurst=5',
    ]) {
      expect(unit.split('\n')).toContain(line);
    }
    const log = join(machine().root, 'var/log/hivemind/hivemind-process-web.service.log');
    const agent = JSON.parse(await machine().file('etc/hivemind/cloudwatch-agent.json'));
    expect(agent.logs.logs_collected.files.collect_list).toContainEqual({
      file_path: log,
      log_group_name: '/hivemind/deployments',
      log_stream_name: `shop-abc234/instance/${INSTANCE_ID}`,
    });
    expect(agent.traces).toBeUndefined();
    expect(await machine().read('agent.log')).toContain('fetch-config');
    expect(await readFile(log, 'utf8')).toContain('listening');
  });

  test('gives the application what a fix has set, unless the operator has set it', async () => {
    const operator = await machine().storeSecret('environment', { CI: 'true' });
    machine().set({ VARIABLES: '{"CI":"false","BIND_ADDRESS":"0.0.0.0"}', ENVIRONMENT_SECRET: operator });
    await machine().boot();
    expect(JSON.parse(await machine().ask())).toMatchObject({ CI: 'true', BIND_ADDRESS: '0.0.0.0' });
  });

  test('offers a place for traces when they are wanted', async () => {
    machine().set({ XRAY: 'true' });
    await machine().boot();
    const agent = JSON.parse(await machine().file('etc/hivemind/cloudwatch-agent.json'));
    expect(agent.traces.traces_collected.otlp.http_endpoint).toBe('127.0.0.1:4318');
    expect(JSON.parse(await machine().ask())).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_SERVICE_NAME: 'shop-abc234',
    });
  });

  test('is a success without the CloudWatch agent, which leaves a warning', async () => {
    await rm(join(machine().root, 'opt/aws/amazon-cloudwatch-agent'), { recursive: true });
    await writeFile(machine().book('no-packages'), '');
    expect((await machine().boot()).exitCode).toBe(0);
    expect(await machine().read('signals.log')).toBe(SUCCESS);
    expect(await machine().file('var/log/hivemind/boot.log')).toContain('Unable to find a match');
  });

  test('reads no parameter as shell', async () => {
    const evil = `x'; touch ${machine().root}/pwned; echo '$(touch ${machine().root}/pwned)\`touch ${machine().root}/pwned\`\n`;
    machine().set({ COMMIT: evil, LOG_GROUP: evil });
    const argument = ['%n $HOME ', '$', '{HOME} "a b" \\n \' `id` é\ttab\nline'].join('');
    machine().setProcesses([{ ...WEB, command: { kind: 'argv', argv: ['node', 'server.js', argument] } }]);
    await machine().setApplication({ 'server.js': SERVER.replace('process.env)', 'process.argv.slice(2))') });
    expect((await machine().boot()).exitCode).toBe(0);
    expect(JSON.parse(await machine().ask())).toEqual([argument]);
    await expect(access(join(machine().root, 'pwned'))).rejects.toThrow();
  });

  test('serves a static site by itself', async () => {
    await machine().setApplication({ 'dist/index.html': '<h1>moon</h1>' });
    machine().set({ RUNTIME: 'static' });
    machine().setProcesses([
      { name: 'web', command: { kind: 'serve', directory: 'dist', fallback: 'index.html' }, exposed: true },
    ]);
    expect((await machine().boot()).exitCode).toBe(0);
    expect(await machine().ask('/any/route')).toBe('<h1>moon</h1>');
  });

  test('brings the Python of the build when the image does not have it', async () => {
    await machine().setApplication({ 'app.py': 'import time\nprint("up")\ntime.sleep(600)' }, '3.98.1');
    machine().set({ RUNTIME: 'python' });
    machine().setProcesses([
      { name: 'worker', command: { kind: 'shell', line: 'python3 app.py' }, exposed: false },
    ]);
    expect((await machine().boot()).exitCode).toBe(0);
    expect(await machine().read('dnf.log')).toContain('install --assumeyes python3.98');
    expect((await machine().call('logs', { lines: 5 }))['lines']).toEqual(['up']);
  });

  test('installs without starting what waits for its migrations', async () => {
    machine().set({ START_ON_BOOT: 'false' });
    await machine().setRunState('stopped');
    expect((await machine().boot()).exitCode).toBe(0);
    expect(await machine().read('signals.log')).toBe(SUCCESS);
    expect(await machine().call('status')).toMatchObject({ processes: [{ state: 'stopped' }] });
  });

  test('of an instance that replaces another starts what that one ran', async () => {
    machine().set({ START_ON_BOOT: 'false' });
    await machine().boot();
    expect(await machine().call('status')).toMatchObject({ processes: [{ state: 'running' }] });
  });

  test('that comes a second time changes nothing', async () => {
    await machine().boot();
    const before = await machine().read('units/hivemind-process-web.service');
    const again = await machine().boot();
    expect(again.exitCode).toBe(0);
    expect(await machine().read('units/hivemind-process-web.service')).toBe(before);
    expect((await machine().read('aws.log')).match(/^s3 cp/gm)).toHaveLength(1);
    expect((await machine().read('useradd.log')).trim().split('\n')).toHaveLength(1);
    expect(await machine().read('signals.log')).toBe(SUCCESS.repeat(2));
  });

  test('that was interrupted while it unpacked is completed by the next', async () => {
    const id = await machine().setApplication({ 'server.js': SERVER });
    await writeFile(machine().book('free-bytes'), String(600 * 1024 * 1024));
    await machine().boot();
    await rm(join(machine().root, 'opt/hivemind/releases', id), { recursive: true });
    await symlink('/nowhere', join(machine().root, 'opt/hivemind/releases', `${id}~`));
    expect((await machine().boot()).exitCode).toBe(0);
  });
});

async function filesWith(folder: string, pattern: RegExp): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hits = await Promise.all(files.map(async (file) => pattern.test(await readFile(file, 'utf8'))));
  return files.filter((_, index) => hits[index]).map((file) => file.slice(folder.length + 1));
}
