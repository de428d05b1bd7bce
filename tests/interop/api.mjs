// The API as programs see it: its description judged by validators that are not ours, every path that it names asked, each answer held against the schema that is promised,
// and the commands of docs/api.md run as they stand.
//
//   api.mjs MERIT WORKDIR
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const [merit, work] = process.argv.slice(2).map((path) => resolve(path));
const provider = 'Aarhus School of Nursing (invented)';
let count = 0;

async function test(name, act) {
  count++;
  try {
    await act();
    console.log(`ok ${count} - ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`not ok ${count} - ${name}`);
    console.log(String(error.stack || error).split('\n').map((line) => `# ${line}`).join('\n'));
  }
}

const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

async function serve(data = join(work, 'data'), port = undefined) {
  port ??= await freePort();
  const child = spawn(merit, ['serve', '--demo', '--data', data, '--port', String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  await new Promise((done, fail) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        said += text;
        if (/\/operator\/\S+/.test(said)) done();
      });
    child.on('exit', (code) => fail(new Error(`merit serve ended with ${code}:\n${said}`)));
  });
  return { url: `http://127.0.0.1:${port}`, data, child };
}

function stop(child) {
  return new Promise((done) => {
    child.removeAllListeners('exit');
    if (child.exitCode !== null) return done();
    child.on('exit', done);
    child.kill('SIGTERM');
  });
}

// ---- what the description says ----

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const operations = (document) => Object.entries(document.paths).flatMap(([path, item]) =>
  methods.filter((method) => item[method]).map((method) => ({ path, method, ...item[method] })));

// A checker of answers: the schemas of the document, as JSON Schema 2020-12.
function checker(document) {
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, date: /^\d{4}-\d\d-\d\d$/, email: /^\S+@\S+$/, uri: /^[a-z]+:\S+$/ } });
  ajv.addSchema({ $id: 'merit:api', components: document.components });
  return (name, value) => {
    const check = ajv.getSchema(`merit:api#/components/schemas/${name}`);
    if (!check(value)) throw new Error(`${name}: ${ajv.errorsText(check.errors)}\n${JSON.stringify(value).slice(0, 1000)}`);
  };
}

const refName = (schema) => schema?.$ref?.split('/').pop();

async function main() {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const site = await serve();
  const makeToken = (name, scope) => execFileSync(merit, ['token', 'add', name, '--scope', scope, '--org', provider, '--data', site.data],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  try {
    let token = makeToken('Walk', 'describe,award,sign,manage');
    const ask = (method, path, options = {}) => fetch(site.url + path, { method, ...options, headers: { Authorization: `Bearer ${token}`, ...options.headers } });
    const document = await (await fetch(`${site.url}/api/v1/openapi.json`)).json();
    const check = checker(document);

    await test('the description is OpenAPI 3.1', async () => {
      const verdict = await new Validator().validate(structuredClone(document));
      assert.ok(verdict.valid, JSON.stringify(verdict.errors));
      assert.equal(document.openapi, '3.1.0');
    });

    await test('names are unique, stars are declared, references lead somewhere', () => {
      const ids = operations(document).map((operation) => operation.operationId);
      assert.equal(new Set(ids).size, ids.length);
      for (const { path, method, parameters } of operations(document)) {
        const said = parameters.filter((parameter) => parameter.in === 'path').map((parameter) => `{${parameter.name}}`);
        assert.deepEqual(said, path.match(/\{[^}]+\}/g) ?? [], `${method} ${path}`);
      }
      for (const [, target] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g))
        assert.ok(target.split('/').reduce((at, part) => at?.[part], document), target);
    });

    await test('examples are what their schemas say', () => {
      let examples = 0;
      for (const [name, schema] of Object.entries(document.components.schemas))
        for (const example of schema.examples ?? []) check(name, example), examples++;
      assert.ok(examples >= 6);
    });

    await test('without a token nothing but what is public is answered', async () => {
      for (const { path, method, security } of operations(document)) {
        const answer = await fetch(site.url + path.replace(/\{[^}]+\}/g, 'x'), { method: method.toUpperCase() });
        if (security.length) {
          assert.equal(answer.status, 401, `${method} ${path}`);
          assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
        } else
          assert.notEqual(answer.status, 401, `${method} ${path}`);
        if (answer.status >= 400) {
          assert.equal(answer.headers.get('content-type'), 'application/problem+json');
          check('Problem', await answer.json());
        }
      }
    });

    await test('every path answers, and each answer is what the description promises', async () => {
      const csv = readFileSync(join(root, 'docs/examples/wound-care.csv'), 'utf8').replaceAll('@', '@walk.');
      const file = JSON.parse(readFileSync(join(root, 'docs/examples/wound-care.json'), 'utf8'));
      file.id = 'walk';
      const upload = async () => (await (await ask('POST', '/api/v1/specifications/walk/batches?file=walk.csv', { body: csv, headers: { 'Content-Type': 'text/csv' } })).json()).id;
      const known = { specification: 'walk', file: 'european' };
      // What is sent, and what must be there first; an end point without an entry takes nothing.
      const before = {
        '/api/v1/batches/{batch}/discard': async () => { known.batch = await upload(); },
        '/api/v1/batches/{batch}/seal': async () => {
          known.batch = await upload();
          assert.equal((await ask('POST', `/api/v1/batches/${known.batch}/sign`)).status, 204);
        },
        '/api/v1/batches/{batch}/achievements': async () => { // that which was sealed just before
          for (let state = ''; state !== 'sealed'; await pause(100)) ({ state } = await (await ask('GET', `/api/v1/batches/${known.batch}`)).json());
        },
      };
      const bodies = {
        'post /api/v1/specifications': () => JSON.stringify(file),
        'post /api/v1/specifications/{specification}/batches': () => csv,
        'post /api/v1/achievements/{achievement}/status': () => JSON.stringify({ status: 'suspended', reason: 'a walk' }),
        'post /api/v1/verify': () => known.sealed,
      };
      const order = ['post /api/v1/specifications', 'post /api/v1/specifications/{specification}/batches'];
      const late = ['discard', 'seal', 'achievements', 'achievement', 'files', 'status', 'verify'];
      const rank = ({ method, path }) => {
        const first = order.indexOf(`${method} ${path}`);
        return first >= 0 ? first - 10 : Math.max(...late.map((word, at) => (path.includes(`/${word}`) ? at + 1 : 0)));
      };
      const walked = operations(document).filter(isCore).sort((a, b) => rank(a) - rank(b));
      assert.equal(walked.length, core.length);
      for (const { path, method, responses } of walked) {
        await before[path]?.();
        const where = path.replace(/\{([^}]+)\}/g, (_, name) => known[name] ?? assert.fail(`no ${name} for ${path}`));
        const answer = await ask(method.toUpperCase(), where, { body: bodies[`${method} ${path}`]?.() });
        const [status] = Object.keys(responses);
        const text = await answer.text();
        assert.equal(String(answer.status), status, `${method} ${where}: ${text.slice(0, 600)}`);
        if (status === '204') continue;
        const [[type, { schema }]] = Object.entries(responses[status].content);
        const given = answer.headers.get('content-type');
        if (type !== 'application/octet-stream') assert.ok(given.startsWith(type), `${method} ${where}: ${given}`);
        if (status === '201') assert.ok(answer.headers.get('location').startsWith('/api/v1/'));
        const value = given.startsWith('application/json') ? JSON.parse(text) : undefined;
        if (refName(schema)) check(refName(schema), value);
        if (`${method} ${path}` === order[1]) known.batch = value.id;
        if (path.endsWith('/achievements')) known.achievement = value.items[0].id;
        if (path.includes('/files/')) known.sealed = text;
        assert.equal((await ask('HEAD', where)).status, method === 'get' ? 200 : (await ask('HEAD', where)).status);
      }
    });

    await test('what is not there is told so by every path, and nothing that is sent breaks one', async () => {
      let asked = 0;
      for (const { path, method, responses } of operations(document)) {
        if (asked++ % 40 === 0) token = makeToken(`Walk ${asked}`, 'describe,award,sign,manage'); // within the rate of each
        const where = path.replace(/\{[^}]+\}/g, 'x');
        for (const body of method === 'get' ? [undefined] : ['', '{}', '[1]', '{"a":', '{"unknown":1}', '\xff\x00']) {
          const answer = await ask(method.toUpperCase(), where, { body });
          const text = await answer.text();
          assert.ok(answer.status < 500, `${method} ${where} ${body}: ${answer.status} ${text.slice(0, 300)}`);
          if (path !== where && !responses[String(answer.status)]) assert.ok(answer.status >= 400, `${method} ${where}: ${answer.status}`);
          if (answer.status >= 400) check('Problem', JSON.parse(text));
        }
      }
    });

    await test('an unknown method is told which are known', async () => {
      const answer = await ask('PATCH', '/api/v1/specifications');
      assert.equal(answer.status, 405);
      assert.equal(answer.headers.get('allow'), 'GET, HEAD, POST');
      check('Problem', await answer.json());
    });

    await test('what has not changed is not sent again', async () => {
      const first = await ask('GET', '/api/v1/specifications/walk');
      const again = await ask('GET', '/api/v1/specifications/walk', { headers: { 'If-None-Match': first.headers.get('etag') } });
      assert.equal(again.status, 304);
      assert.equal(await again.text(), '');
    });

    await test('no other site may ask with a browser', async () => {
      const answer = await ask('GET', '/api/v1/me', { headers: { Origin: 'https://elsewhere.example' } });
      assert.equal(answer.headers.get('access-control-allow-origin'), null);
    });

    await test('many requests at once are refused with the time to wait', async () => {
      const hasty = makeToken('Hasty', 'describe');
      const answers = await Promise.all(Array.from({ length: 420 }, () => fetch(`${site.url}/api/v1/me`, { headers: { Authorization: `Bearer ${hasty}` } })
        .then(async (answer) => ({ status: answer.status, wait: answer.headers.get('retry-after'), left: answer.headers.get('ratelimit'), body: await answer.text() }))));
      const refused = answers.filter((answer) => answer.status === 429);
      assert.ok(refused.length > 0, 'none was refused');
      assert.ok(answers.filter((answer) => answer.status === 200).length >= 300);
      for (const answer of refused) {
        assert.ok(Number(answer.wait) >= 1);
        assert.match(answer.left, /^"token";r=0;t=\d+$/);
        check('Problem', JSON.parse(answer.body));
      }
      assert.equal((await ask('GET', '/api/v1/me')).status, 200, 'another token is not touched');
    });

    await test('the same key at the same moment does its work once', async () => {
      const send = () => ask('POST', '/api/v1/specifications/walk/batches?file=once.csv', { body: 'name\nØnce Testesen\n', headers: { 'Content-Type': 'text/csv', 'Idempotency-Key': 'at-once' } });
      const answers = await Promise.all(Array.from({ length: 16 }, send));
      const made = new Set();
      for (const answer of answers) {
        const body = await answer.json();
        if (answer.status === 201) made.add(body.id);
        else assert.deepEqual([answer.status, body.code], [409, 'running']);
      }
      assert.equal(made.size, 1);
      const { items } = await (await ask('GET', '/api/v1/specifications/walk/batches?limit=200')).json();
      assert.equal(items.filter((batch) => batch.file === 'once.csv').length, 1);
      assert.equal((await send()).headers.get('idempotency-replayed'), 'true');
    });

    await test('the commands of docs/api.md lead to a verified credential', () => {
      const folder = join(work, 'first-steps');
      const blocks = [...readFileSync(join(root, 'docs/api.md'), 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1]);
      assert.ok(blocks.length >= 7);
      mkdirSync(join(folder, 'docs'), { recursive: true });
      symlinkSync(join(root, 'docs/examples'), join(folder, 'docs/examples'));
      const ran = spawnSync('bash', ['-euo', 'pipefail', '-c', `merit() { ${JSON.stringify(merit)} "$@"; }\n${blocks.join('\n')}`],
        { cwd: folder, encoding: 'utf8', env: { ...process.env, SITE: site.url, MERIT_DATA: site.data } });
      assert.equal(ran.status, 0, `${ran.stdout.slice(-1500)}\n${ran.stderr.slice(-1500)}`);
      const report = JSON.parse(ran.stdout.trim().split('\n').pop().replace(/^.*?(?=\{"verdict")/s, ''));
      assert.equal(report.verdict, 'unknown');
      assert.equal(report.checks.find((one) => one.code === 'seal').state, 'passed');
    });

    await test('kill -9 in the middle: the same key never does its work twice', async () => {
      const body = readFileSync(join(root, 'docs/examples/wound-care.csv'), 'utf8');
      const { port } = new URL(site.url);
      const outcomes = [];
      for (let round = 0; round < 8; round++) {
        const file = `killed-${round}.csv`;
        const send = () => ask('POST', `/api/v1/specifications/walk/batches?file=${file}`, { body, headers: { 'Content-Type': 'text/csv', 'Idempotency-Key': file } });
        const lost = send().then((answer) => answer.status, () => 'lost');
        await pause(round * 3); // at another moment each time
        site.child.removeAllListeners('exit');
        const gone = new Promise((done) => site.child.on('exit', done));
        site.child.kill('SIGKILL');
        await gone;
        await lost;
        ({ child: site.child } = await serve(site.data, Number(port)));
        const again = await send();
        const said = await again.json();
        outcomes.push(again.status === 201 ? (again.headers.get('idempotency-replayed') ? 'replayed' : 'new') : said.code);
        assert.ok(again.status === 201 || said.code === 'unknown_outcome', JSON.stringify(said));
        const { items } = await (await ask('GET', '/api/v1/specifications/walk/batches?limit=200')).json();
        const made = items.filter((batch) => batch.file === file).length;
        assert.ok(again.status === 201 ? made === 1 : made <= 1, `${outcomes.at(-1)}: ${made}`);
      }
      console.log(`# ${outcomes.join(', ')}`);
    });
  } finally {
    await stop(site.child);
  }
}

// End points whose whole way is walked here; those of other entities have tests of their own, and are asked here for something that is not there.
const core = ['get /me', 'get /openapi.json', 'get /specifications', 'post /specifications', 'get /specifications/{specification}', 'get /specifications/{specification}/file',
  'get /specifications/{specification}/batches', 'post /specifications/{specification}/batches', 'get /results/template', 'get /batches/{batch}', 'get /batches/{batch}/rows',
  'get /batches/{batch}/refused', 'get /batches/{batch}/sample', 'post /batches/{batch}/seal', 'post /batches/{batch}/discard', 'get /batches/{batch}/achievements',
  'get /achievements/{achievement}', 'get /achievements/{achievement}/files/{file}', 'get /achievements/{achievement}/status', 'post /achievements/{achievement}/status', 'post /verify'];
const isCore = ({ method, path }) => core.includes(`${method} ${path.replace('/api/v1', '')}`);

await main();
console.log(`1..${count}`);
