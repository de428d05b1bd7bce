// LTI 1.3 against a small learning platform that is made here: its keys, its tokens (signed by jose), its services. Launches that must be believed and those that must
// not; a place linked by an instructor; results taken over; what a learner sees, in a frame of the platform in Chromium.
//
//   lti.mjs MERIT WORKDIR
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import assert from 'node:assert/strict';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT, UnsecuredJWT } from 'jose';

const [merit, work] = process.argv.slice(2).map((path) => resolve(path));
const claims = 'https://purl.imsglobal.org/spec/lti/claim/';
const membership = 'http://purl.imsglobal.org/vocab/lis/v2/membership#';
let count = 0;

async function test(name, act) {
  count++;
  try {
    await act();
    console.log(`ok ${count} - ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`not ok ${count} - ${name}`);
    console.log(String(error.stack || error).split('\n').slice(0, 40).map((line) => `# ${line}`).join('\n'));
  }
}

const listening = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));

// ---- the platform ----

const people = [
  { user_id: 'u-1', name: 'Åse Testesen', email: 'aase@example.org', roles: [`${membership}Learner`], status: 'Active', score: 18, most: 20 },
  { user_id: 'u-2', name: 'Παύλος', email: 'pavlos@example.org', roles: ['Learner'], status: 'Active', score: 60, most: 100 },
  { user_id: 'u-3', name: 'Łukasz "L" Ø', email: 'lukasz@example.org', roles: [`${membership}Learner`], status: 'Active', score: 59.9, most: 100 },
  { user_id: 'u-4', name: 'No Result', email: 'none@example.org', roles: [`${membership}Learner`], status: 'Active' },
  { user_id: 'u-5', name: 'Was Here', email: 'was@example.org', roles: [`${membership}Learner`], status: 'Inactive', score: 20, most: 20 },
  { user_id: 'u-6', name: 'Teacher', email: 't@example.org', roles: [`${membership}Instructor`], status: 'Active', score: 20, most: 20 },
  { user_id: 'u-7', name: '=1+1', email: 'formula@example.org', roles: [`${membership}Learner`], status: 'Active', score: 1, most: 1 },
];

class Platform {
  async start() {
    this.key = await generateKeyPair('RS256');
    this.stranger = await generateKeyPair('RS256');
    this.kept = { ...(await exportJWK(this.key.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
    this.asked = [];
    this.seen = new Set();
    this.server = createServer((request, response) => this.answer(request, response).catch((error) => {
      response.writeHead(500).end(String(error));
    }));
    this.url = `http://127.0.0.1:${await listening(this.server)}`;
  }

  async answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.url);
    let body = '';
    for await (const chunk of request) body += chunk;
    const give = (value, headers = {}) => response.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value));
    if (pathname === '/jwks') return give({ keys: [this.kept] });
    if (pathname === '/frame') return response.writeHead(200, { 'Content-Type': 'text/html' }).end(this.frame);
    if (pathname === '/token') return give(await this.token(new URLSearchParams(body)));
    this.asked.push({ pathname, accept: request.headers.accept });
    if (request.headers.authorization !== `Bearer ${this.access}`) return response.writeHead(401).end('{}');
    const parts = [people.slice(0, 4), people.slice(4)];
    const part = Number(searchParams.get('part') ?? 0);
    const more = part === 0 ? { Link: `<${this.url}${pathname}?part=1>; rel="next", <${this.url}/first>; rel="first"` } : {};
    if (pathname === '/members') return give({ id: 'x', context: { id: 'c' }, members: parts[part].map(({ score, most, ...member }) => member) }, more);
    if (pathname === '/line/results')
      return give(parts[part].map(({ user_id, score, most }) => ({ id: `r/${user_id}`, userId: user_id, resultScore: score, resultMaximum: most })), more);
    return response.writeHead(404).end('{}');
  }

  // RFC 7523: the assertion is Merit's, for this address, once.
  async token(form) {
    assert.equal(form.get('grant_type'), 'client_credentials');
    assert.equal(form.get('client_assertion_type'), 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    const keys = createLocalJWKSet(await (await fetch(`${this.merit}/lti/jwks`)).json());
    const { payload, protectedHeader } = await jwtVerify(form.get('client_assertion'), keys, { issuer: 'merit-at-platform', subject: 'merit-at-platform', audience: `${this.url}/token`, maxTokenAge: 300 });
    assert.equal(protectedHeader.alg, 'RS256');
    assert.ok(payload.jti && !this.seen.has(payload.jti));
    this.seen.add(payload.jti);
    assert.match(form.get('scope'), /result\.readonly/);
    assert.match(form.get('scope'), /contextmembership\.readonly/);
    this.access = `at.${payload.jti}`;
    return { access_token: this.access, token_type: 'Bearer', expires_in: 3600, scope: form.get('scope') };
  }

  // The sign-in as a browser does it: begun at Merit, asked for here, answered to Merit. change: (claims) => void; how: what else is done wrongly.
  async launch(who, change = () => {}, how = {}) {
    const begun = await fetch(`${this.merit}/lti/login?${new URLSearchParams({ iss: this.url, login_hint: who.user_id, target_link_uri: `${this.merit}/lti/launch`, lti_message_hint: 'm 1', client_id: 'merit-at-platform' })}`, { redirect: 'manual' });
    assert.equal(begun.status, 303);
    const asked = new URL(begun.headers.get('location'));
    assert.equal(asked.origin + asked.pathname, `${this.url}/auth`);
    const query = Object.fromEntries(asked.searchParams);
    assert.deepEqual([query.scope, query.response_type, query.response_mode, query.prompt, query.login_hint, query.lti_message_hint, query.redirect_uri],
      ['openid', 'id_token', 'form_post', 'none', who.user_id, 'm 1', `${this.merit}/lti/launch`]);
    const token = {
      nonce: query.nonce,
      [`${claims}message_type`]: 'LtiResourceLinkRequest',
      [`${claims}version`]: '1.3.0',
      [`${claims}deployment_id`]: 'd1',
      [`${claims}target_link_uri`]: query.redirect_uri,
      [`${claims}resource_link`]: { id: 'place-1', title: 'Final work <week 6>' },
      [`${claims}context`]: { id: 'course-1', title: 'Wound care' },
      [`${claims}roles`]: who.roles,
      name: who.name,
      email: who.email,
      'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': { lineitem: `${this.url}/line`, scope: [] },
      'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice': { context_memberships_url: `${this.url}/members`, service_versions: ['2.0'] },
      iss: this.url, aud: 'merit-at-platform', sub: who.user_id, iat: Math.floor(Date.now() / 1000), exp: Math.floor(Date.now() / 1000) + 300,
    };
    change(token);
    const signed = how.unsigned ? new UnsecuredJWT(token).encode()
      : await new SignJWT(token).setProtectedHeader({ alg: 'RS256', kid: how.kid ?? 'k1' }).sign(how.key ?? this.key.privateKey);
    this.form = { id_token: how.spoil ? `${signed.slice(0, -6)}AAAAAA` : signed, state: how.state ?? query.state };
    return this.post('/lti/launch', this.form);
  }

  async post(path, fields) {
    const answer = await fetch(this.merit + path, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }
}

const sessionOf = (page) => /name="session" value="([^"]+)"/.exec(page.text)?.[1];

async function main() {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const platform = new Platform();
  await platform.start();
  const probe = createServer();
  const port = await listening(probe);
  await new Promise((done) => probe.close(done));
  const data = `${work}/data`;
  const child = spawn(merit, ['serve', '--demo', '--data', data, '--port', String(port), '--fetch-from', `${platform.url}/`], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const operator = await new Promise((done, fail) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        said += text;
        const link = /http:\/\/127\.0\.0\.1:\d+\/operator\/\S+/.exec(said);
        if (link) done(link[0]);
      });
    child.on('exit', (code) => fail(new Error(`merit serve ended with ${code}:\n${said}`)));
  });
  platform.merit = `http://127.0.0.1:${port}`;
  const [teacher, aase] = [people[5], people[0]];
  try {
    const entered = await fetch(operator, { redirect: 'manual' });
    const cookie = entered.headers.get('set-cookie').split(';')[0];
    const office = async (path, fields) => {
      const answer = await fetch(platform.merit + path, { method: fields ? 'POST' : 'GET', headers: { Cookie: cookie }, redirect: 'manual', body: fields && new URLSearchParams(fields) });
      return { status: answer.status, text: await answer.text() };
    };
    const list = await office('/provider/integrations/lti');
    const formToken = /name="form_token" value="([^"]+)"/.exec(list.text)[1];
    const organisation = /<option value="([^"]+)"[^>]*>Aarhus/.exec(list.text)[1];
    const registration = { form_token: formToken, organisation, name: 'Test platform', issuer: platform.url, client_id: 'merit-at-platform', auth_url: `${platform.url}/auth`,
      token_url: `${platform.url}/token`, jwks_url: `${platform.url}/jwks`, deployments: 'd0\r\nd1' };

    await test('a platform is registered in the office, with faults told at the field', async () => {
      const wrong = await office('/provider/integrations/lti', { ...registration, jwks_url: 'http://192.0.2.1/"><script>' });
      assert.equal(wrong.status, 422);
      assert.match(wrong.text, /Write an address that begins with https/);
      assert.ok(!wrong.text.includes('"><script>'));
      assert.match(wrong.text, /value="merit-at-platform"/);
      assert.equal((await office('/provider/integrations/lti', registration)).status, 303);
      assert.equal((await office('/provider/integrations/lti', registration)).status, 422, 'twice');
    });

    await test('an unknown platform, or one that names nobody, begins nothing', async () => {
      for (const query of [{ iss: 'https://elsewhere.example', login_hint: 'x' }, { iss: platform.url, client_id: 'other', login_hint: 'x' }, { iss: platform.url }])
        assert.ok([400, 404].includes((await fetch(`${platform.merit}/lti/login?${new URLSearchParams(query)}`, { redirect: 'manual' })).status), JSON.stringify(query));
    });

    await test('a learner comes in before the place is linked', async () => {
      const page = await platform.launch(aase);
      assert.equal(page.status, 200, page.text);
      assert.match(page.text, /Your teacher has not said yet/);
      assert.match(page.text, /Final work &lt;week 6&gt;/);
      assert.equal(sessionOf(page), undefined);
      assert.match(page.headers.get('content-security-policy'), new RegExp(`frame-ancestors ${platform.url}`));
      assert.equal(page.headers.get('cache-control'), 'no-store');
      assert.equal(page.headers.get('set-cookie'), null);
    });

    const refusals = [
      ['another audience', (t) => { t.aud = 'somebody-else'; }],
      ['several audiences without an authorised party', (t) => { t.aud = ['merit-at-platform', 'x']; }],
      ['another authorised party', (t) => { t.azp = 'x'; }],
      ['another issuer', (t) => { t.iss = 'https://elsewhere.example'; }],
      ['expired', (t) => { t.exp = t.iat - 100; }],
      ['issued in the future', (t) => { t.iat += 3600; t.exp += 3600; }],
      ['issued long ago', (t) => { t.iat -= 90000; }],
      ['no exp', (t) => { delete t.exp; }],
      ['another nonce', (t) => { t.nonce = 'x'; }],
      ['no nonce', (t) => { delete t.nonce; }],
      ['a deployment that is not registered', (t) => { t[`${claims}deployment_id`] = 'd2'; }],
      ['no deployment', (t) => { delete t[`${claims}deployment_id`]; }],
      ['another message', (t) => { t[`${claims}message_type`] = 'LtiDeepLinkingRequest'; }],
      ['another version', (t) => { t[`${claims}version`] = '1.2.0'; }],
      ['no place', (t) => { delete t[`${claims}resource_link`]; }],
      ['nobody', (t) => { delete t.sub; }],
      ['a key of somebody else', undefined, { key: 'stranger' }],
      ['a kid that is not published', undefined, { kid: 'k2' }],
      ['a changed signature', undefined, { spoil: true }],
      ['no signature', undefined, { unsigned: true }],
      ['a state that was not given out', undefined, { state: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ];
    await test(`${refusals.length} launches that must not be believed are refused`, async () => {
      for (const [name, change, how] of refusals) {
        const page = await platform.launch(teacher, change, how?.key ? { key: platform.stranger.privateKey } : how);
        assert.ok([400, 403].includes(page.status), `${name}: ${page.status}`);
        assert.equal(sessionOf(page), undefined, name);
      }
    });

    await test('a launch counts once', async () => {
      assert.equal((await platform.launch(teacher)).status, 200);
      assert.equal((await platform.post('/lti/launch', platform.form)).status, 403);
    });

    let session;
    await test('an instructor links the place, to a specification of this provider only', async () => {
      const page = await platform.launch(teacher);
      session = sessionOf(page);
      assert.match(page.text, /<option value="wound-care-2026"/);
      assert.ok(!page.text.includes('circular-textiles'), 'of another provider');
      assert.equal((await platform.post('/lti/link', { session, specification: 'circular-textiles' })).status, 422);
      assert.equal((await platform.post('/lti/link', { session: 'x', specification: 'wound-care-2026' })).status, 403);
      const linked = await platform.post('/lti/link', { session, specification: 'wound-care-2026' });
      assert.equal(linked.status, 200);
      assert.match(linked.text, /This place now leads to the micro-credential/);
      assert.match((await platform.launch(aase)).text, /Not completed yet/);
    });

    let batch;
    const token = execFileSync(merit, ['token', 'add', 'Test', '--scope', 'award,sign', '--org', 'Aarhus School of Nursing (invented)', '--data', data], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
    const api = async (method, path) => (await fetch(platform.merit + path, { method, headers: { Authorization: `Bearer ${token}` } })).json();
    await test('results become a batch in preview, of those who reached the share', async () => {
      assert.equal((await platform.post('/lti/results', { session, percent: '101' })).status, 422);
      assert.equal((await platform.post('/lti/results', { session, percent: 'x' })).status, 422);
      const page = await platform.post('/lti/results', { session, percent: '60' });
      assert.equal(page.status, 200, page.text);
      assert.match(page.text, /Learners who have completed it: 3\./);
      assert.match(page.text, /Learners in the course: 5\./);
      assert.deepEqual([...new Set(platform.asked.map(({ accept }) => accept))], ['application/vnd.ims.lti-nrps.v2.membershipcontainer+json', 'application/vnd.ims.lis.v2.resultcontainer+json']);
      [batch] = (await api('GET', '/api/v1/specifications/wound-care-2026/batches')).items;
      assert.equal(batch.state, 'preview');
      assert.equal(batch.file, 'Test platform (LTI)');
      const { items } = await api('GET', `/api/v1/batches/${batch.id}/rows`);
      assert.deepEqual(items.map(({ name, fate }) => [name, fate]), [['Åse Testesen', 'ready'], ['Παύλος', 'ready'], ['=1+1', 'refused']]);
      const enrolled = (await api('GET', '/api/v1/enrolments?specification=wound-care-2026')).items.filter(({ source }) => source === 'lti');
      assert.deepEqual(enrolled.map(({ name, state }) => [name, state]).sort(), [['No Result', 'enrolled'], ['Åse Testesen', 'enrolled'], ['Łukasz "L" Ø', 'enrolled'], ['Παύλος', 'enrolled']]);
    });

    await test('nothing is taken when nobody reached it, or the platform says no', async () => {
      const before = (await api('GET', '/api/v1/specifications/wound-care-2026/batches')).items.length;
      people.forEach((one) => { one.kept = one.score; one.score = one.score === undefined ? undefined : 0; });
      assert.match((await platform.post('/lti/results', { session, percent: '60' })).text, /Nobody has reached this yet/);
      people.forEach((one) => { one.score = one.kept; delete one.kept; });
      platform.token = async () => ({ error: 'invalid_client' });
      const refused = await platform.post('/lti/results', { session, percent: '60' });
      delete platform.token;
      assert.equal(refused.status, 422);
      assert.match(refused.text, /did not give names and results/);
      assert.equal((await api('GET', '/api/v1/specifications/wound-care-2026/batches')).items.length, before);
    });

    await test('a learner sees what she has: completed, then awarded with the way to claim it', async () => {
      const completed = await platform.launch(aase);
      assert.match(completed.text, /You have completed it/);
      assert.match(completed.text, /Not awarded yet/);
      assert.equal((await fetch(`${platform.merit}/api/v1/batches/${batch.id}/sign`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } })).status, 204);
      await api('POST', `/api/v1/batches/${batch.id}/seal`);
      while ((await api('GET', `/api/v1/batches/${batch.id}`)).state !== 'sealed') await pause(100);
      const awarded = await platform.launch(aase);
      assert.match(awarded.text, /It was awarded to you/);
      const claim = /href="(\/claim\/[^"]+)"/.exec(awarded.text)[1];
      assert.match(await (await fetch(platform.merit + claim)).text(), /Åse Testesen/);
      assert.ok(!(await platform.launch(people[2])).text.includes('/claim/'), 'another learner');
      // whoever has taken another's name since then sees her own achievement, and nobody else's
      const renamed = await platform.launch({ ...aase, name: 'Bo Testesen', email: 'bo@example.org' });
      assert.equal(/href="(\/claim\/[^"]+)"/.exec(renamed.text)[1], claim, 'another name');
    });

    await test('somebody who is neither is told so', async () => {
      assert.match((await platform.launch({ ...aase, user_id: 'u-9', roles: [`${membership}Mentor`] })).text, /neither a learner nor a teacher/);
    });

    const executablePath = process.env.MERIT_CHROMIUM || '/usr/bin/chromium';
    if (existsSync(executablePath)) {
      const { chromium } = await import('playwright-core');
      const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
      try {
        await test('the page works in a frame of the platform, and of nobody else, without cookies', async () => {
          const page = await (await browser.newContext()).newPage();
          const inFrame = async (base) => {
            await platform.launch(teacher); // fresh state and token, then used by the frame instead
            const begun = await fetch(`${platform.merit}/lti/login?${new URLSearchParams({ iss: platform.url, login_hint: teacher.user_id })}`, { redirect: 'manual' });
            const { state, nonce } = Object.fromEntries(new URL(begun.headers.get('location')).searchParams);
            const { payload } = await jwtVerify(platform.form.id_token, platform.key.publicKey);
            const id_token = await new SignJWT({ ...payload, nonce }).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(platform.key.privateKey);
            platform.frame = `<!doctype html><iframe name="tool" width="400" height="600"></iframe><form method="post" target="tool" action="${platform.merit}/lti/launch"><input name="id_token" value="${id_token}"><input name="state" value="${state}"><button>go</button></form>`;
            await page.goto(`${base}/frame`);
            await page.click('button');
            return page.frameLocator('iframe[name=tool]');
          };
          const tool = await inFrame(platform.url);
          await tool.getByRole('heading', { name: 'Wound care with digital follow-up' }).waitFor({ timeout: 15000 });
          await tool.getByRole('button', { name: 'Take results' }).click();
          await tool.getByText('Learners who have completed it: 3.').waitFor({ timeout: 15000 });
          const foreign = await inFrame(platform.url.replace('127.0.0.1', 'localhost'));
          for (let at = ''; !at.startsWith('chrome-error:'); at = page.frame({ name: 'tool' }).url()) // refused by frame-ancestors
            assert.equal(await foreign.getByRole('heading').count(), 0, 'another site framed it');
        });
      } finally {
        await browser.close();
      }
    } else
      console.log(`ok ${++count} - frames # SKIP Chromium is not installed`);

    await test('a removed platform leads nowhere', async () => {
      const id = /integrations\/lti\/([0-9a-f-]{36})\/remove/.exec((await office('/provider/integrations/lti')).text)[1];
      assert.equal((await office(`/provider/integrations/lti/${id}/remove`)).status, 200);
      assert.equal((await office(`/provider/integrations/lti/${id}/remove`, { form_token: formToken })).status, 303);
      assert.equal((await fetch(`${platform.merit}/lti/login?${new URLSearchParams({ iss: platform.url, login_hint: 'x' })}`, { redirect: 'manual' })).status, 404);
      assert.equal((await platform.post('/lti/results', { session, percent: '60' })).status, 403);
    });
  } finally {
    child.removeAllListeners('exit');
    await new Promise((done) => { child.exitCode !== null ? done() : child.on('exit', done).kill('SIGTERM'); });
    platform.server.closeAllConnections();
    platform.server.close();
  }
}

await main();
console.log(`1..${count}`);
