import { describe, expect, test } from '@jest/globals';
import { planConfidence } from '../../../../src/domain/plan.ts';
import { argv, type Files, planOf, refusalOf, shell } from './plan-of.ts';

const HTTP = `import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            return self.answer(200)

ThreadingHTTPServer(("0.0.0.0", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()
`;

describe('Python applications of the standard library', () => {
  test.each<[string, Files, string]>([
    ['http.server', { 'app.py': HTTP }, 'app.py'],
    [
      'wsgiref',
      {
        'wsgi.py':
          "import os\nfrom wsgiref.simple_server import make_server\nmake_server('', int(os.environ['PORT']), app).serve_forever()\n",
      },
      'wsgi.py',
    ],
    [
      'socketserver',
      {
        'server.py':
          "import os, socketserver\nwith socketserver.TCPServer(('', int(os.getenv('PORT'))), H) as s:\n    s.serve_forever()\n",
      },
      'server.py',
    ],
    [
      'asyncio',
      {
        'main.py':
          "import asyncio, os\nasync def main():\n    server = await asyncio.start_server(handle, '0.0.0.0', int(os.environ['PORT']))\nasyncio.run(main())\n",
      },
      'main.py',
    ],
    [
      'a local module that serves',
      { 'main.py': 'from shop import web\nweb.run()\n', 'shop/__init__.py': '', 'shop/web.py': HTTP },
      'main.py',
    ],
    ['an empty requirements file', { 'app.py': HTTP, 'requirements.txt': '# nothing yet\n\n' }, 'app.py'],
    [
      'a pyproject without dependencies',
      { 'app.py': HTTP, 'pyproject.toml': '[project]\nname = "shop"\ndependencies = []\n' },
      'app.py',
    ],
  ])('start with %s', async (_, files, program) => {
    const plan = await planOf(files);
    expect(plan.runtime.value).toBe('python');
    expect(plan.processes.value).toEqual([
      { name: 'web', command: argv(`python3 -u ${program}`), exposed: true },
    ]);
    expect(plan.packageManager.value).toBeNull();
    expect(plan.install.value).toBeNull();
    expect(planConfidence(plan)).toBeGreaterThanOrEqual(0.8);
  });

  test('take their health path from the handler', async () => {
    const plan = await planOf({ 'app.py': HTTP });
    expect(plan.healthCheckPath).toMatchObject({ value: '/health', evidence: [{ file: 'app.py', line: 6 }] });
  });

  test.each<[string, Files, string]>([
    ['runtime.txt', { 'runtime.txt': 'python-3.11.4\n' }, '3.11.4'],
    ['.python-version', { '.python-version': '3.12\n' }, '3.12'],
    ['pyproject.toml', { 'pyproject.toml': '[project]\nrequires-python = ">=3.10"\n' }, '>=3.10'],
  ])('take their version from %s', async (_, files, version) => {
    expect((await planOf({ 'app.py': HTTP, ...files })).runtimeVersion.value).toBe(version);
  });

  test('are doubted when they never read PORT', async () => {
    const plan = await planOf({ 'app.py': HTTP.replace('int(os.environ.get("PORT", "8000"))', '8000') });
    expect(plan.processes.confidence).toBe(0.65);
    expect(plan.processes.evidence[0]?.note).toContain('PORT is never read');
  });

  test('run by Procfile', async () => {
    const plan = await planOf({
      Procfile: 'web: python -u app.py\nworker: python worker.py\n',
      'app.py': HTTP,
      'worker.py': 'while True:\n    pass\n',
    });
    expect(plan.runtime.value).toBe('python');
    expect(plan.processes.value).toEqual([
      { name: 'web', command: argv('python -u app.py'), exposed: true },
      { name: 'worker', command: argv('python worker.py'), exposed: false },
    ]);
  });

  test('serve a folder with the port from a Procfile', async () => {
    const plan = await planOf({ Procfile: 'web: python -m http.server $PORT\n', 'page.txt': 'x' });
    expect(plan.runtime.value).toBe('python');
    expect(plan.processes.value[0]?.command).toEqual(shell('python -m http.server $PORT'));
    expect(planConfidence(plan)).toBeGreaterThanOrEqual(0.8);
  });

  test('work without a port when they only loop', async () => {
    const plan = await planOf({ 'worker.py': 'import time\nwhile True:\n    time.sleep(60)\n' });
    expect(plan.processes.value).toEqual([
      { name: 'worker', command: argv('python3 -u worker.py'), exposed: false },
    ]);
  });
});

describe('Python applications with packages', () => {
  test.each<[string, Files, string]>([
    [
      'requirements.txt',
      { 'app.py': HTTP, 'requirements.txt': '# web\nflask==3.0\ngunicorn\n' },
      'requirements.txt:2',
    ],
    [
      'an included file',
      { 'app.py': HTTP, 'requirements.txt': '-r base.txt\n', 'base.txt': 'django>=5\n' },
      'base.txt:1',
    ],
    [
      'pyproject.toml',
      {
        'main.py': '',
        'pyproject.toml': '[project]\nname = "x"\ndependencies = [\n  "fastapi>=0.110",\n]\n',
      },
      'pyproject.toml:4',
    ],
    [
      'poetry',
      { 'main.py': '', 'pyproject.toml': '[tool.poetry.dependencies]\npython = "^3.12"\nflask = "^3"\n' },
      'pyproject.toml:3',
    ],
    ['Pipfile', { 'main.py': '', Pipfile: '[packages]\nrequests = "*"\n' }, 'Pipfile:2'],
    ['an import', { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' }, 'app.py:1'],
    ['manage.py', { 'manage.py': 'import os\n', 'shop/settings.py': '' }, 'manage.py'],
    ['a Procfile', { Procfile: 'web: gunicorn app:app\n', 'app.py': HTTP }, 'Procfile:1'],
    [
      'Django beside front-end tools',
      {
        'manage.py': '',
        'requirements.txt': 'django\n',
        'package.json': { scripts: { build: 'tailwindcss' } },
      },
      'requirements.txt:1',
    ],
  ])('fail with the packages named in %s', async (_, files, place) => {
    const error = await refusalOf(files);
    expect(error.code).toBe('UnsupportedApplication');
    expect(error.message).toContain('third-party packages');
    expect(error.message).toContain(place);
  });

  test('fail with the line of a broken pyproject.toml', async () => {
    const error = await refusalOf({ 'app.py': HTTP, 'pyproject.toml': '[project]\nname = \n' });
    expect(error.code).toBe('UnsupportedApplication');
    expect(error.message).toMatch(/pyproject\.toml cannot be read: .*line 2/);
  });
});
