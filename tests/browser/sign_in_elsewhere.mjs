// Signing in with an account elsewhere, in a real browser, at a real provider of OpenID Connect (oidc-provider, certified by the OpenID Foundation) on loopback.
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { freePort, open, run } from './site.mjs';

let Provider;
try {
  ({ default: Provider } = await import('oidc-provider'));
} catch {
  console.log('1..0 # SKIP the npm package oidc-provider is not installed: npm ci in tests/');
  process.exit(0);
}

const port = await freePort();
const issuerPort = await freePort();
const issuer = `http://127.0.0.1:${issuerPort}`;
const site_url = `http://localhost:${port}`;

function jwk(kind, options, alg) {
  return { ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }), kid: alg, alg, use: 'sig' };
}
const client = (id, alg) => ({ client_id: id, client_secret: `${id}-secret-of-thirty-two-characters`, redirect_uris: [`${site_url}/sign-in/back/${id}`],
  token_endpoint_auth_method: 'client_secret_post', id_token_signed_response_alg: alg });
console.info = console.warn = () => {}; // it warns that it is set up for trying out, which it is
const provider = new Provider(issuer, {
  clients: [client('uni', 'RS256'), client('ec', 'ES256'), client('stranger', 'RS256')],
  jwks: { keys: [jwk('rsa', { modulusLength: 2048 }, 'RS256'), jwk('ec', { namedCurve: 'P-256' }, 'ES256')] },
  cookies: { keys: ['a key for the cookies of the provider'] },
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: id.replace('unverified-', ''), email_verified: !id.startsWith('unverified-') }) }),
  ttl: { Session: 3600, Grant: 3600, AccessToken: 600, IdToken: 600, Interaction: 600 },
});
const server = createServer(provider.callback());
await new Promise((done) => { server.listen(issuerPort, '127.0.0.1', done); });

const prepare = (folder) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'sign-in.json'), JSON.stringify({ providers: [
    ...['uni', 'ec'].map((id) => ({ id, label: `Login ${id}`, issuer, client_id: id, client_secret: client(id).client_secret, domains: ['example.org'] })),
    { id: 'stranger', label: 'Login stranger', issuer, client_id: 'stranger', client_secret: client('stranger').client_secret, domains: ['example.com'] },
  ] }));
};

await run(async ({ site, browser, test, assert }) => {
  const at = (page) => new URL(page.url()).pathname;
  // At the provider: its own pages for trying out, any password will do.
  const go = async (id, login) => {
    const page = await open(browser);
    await page.goto(`${site.url}/sign-in`);
    await page.click(`text=Login ${id}`);
    await page.fill('[name=login]', login);
    await page.fill('[name=password]', 'anything');
    await page.click('button[type=submit]');
    await page.waitForSelector('text=Continue');
    return page;
  };
  const enter = async (id, login) => {
    const page = await go(id, login);
    await page.click('button[type=submit]');
    await page.waitForURL(`${site.url}/**`);
    return page;
  };

  await test('a verified address of a trusted domain signs in (RS256)', async () => {
    const page = await enter('uni', 'regitze@example.org');
    assert.equal(at(page), '/provider');
    assert.match(await page.textContent('.top'), /Regitze/);
  });
  await test('and so with ES256', async () => {
    const page = await enter('ec', 'bo@example.org');
    assert.equal(at(page), '/provider');
  });
  await test('an address that nobody here has, or that was not verified, belongs to nobody', async () => {
    for (const login of ['somebody@example.org', 'unverified-ditte@example.org']) {
      const page = await enter('uni', login);
      assert.match(await page.textContent('.notice.bad'), /belongs to nobody here/);
      assert.equal((await page.goto(`${site.url}/account`)).status(), 403);
    }
  });
  await test('a provider that is not trusted for the domain ties no account', async () => {
    const page = await enter('stranger', 'adele@example.org');
    assert.match(await page.textContent('.notice.bad'), /belongs to nobody here/);
  });
  await test('an answer counts in the browser that asked, and once', async () => {
    const page = await go('uni', 'aage@example.org');
    let back;
    page.on('request', (request) => { if (request.url().startsWith(`${site.url}/sign-in/back/`)) back ||= request.url(); });
    const kept = (await page.context().cookies(site.url)).find((cookie) => cookie.name === 'merit_state');
    assert.equal(kept.httpOnly, true);
    await page.context().clearCookies({ name: 'merit_state' });
    await page.click('button[type=submit]');
    await page.waitForURL(`${site.url}/**`);
    assert.match(await page.textContent('.notice.bad'), /broken off/);
    const other = await open(browser);
    await other.goto(back);
    assert.match(await other.textContent('.notice.bad'), /broken off/);
    assert.equal((await other.goto(`${site.url}/account`)).status(), 403);
    await page.context().addCookies([kept]);
    await page.goto(back.replace(/state=[^&]+/, 'state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'));
    assert.match(await page.textContent('.notice.bad'), /broken off/);
    await page.context().addCookies([kept]); // this browser did ask
    await page.goto(back);
    assert.equal(at(page), '/provider');
    await page.context().addCookies([kept]);
    await page.goto(back);
    assert.match(await page.textContent('.notice.bad'), /broken off/);
  });
  await test('cancelling there leads back and says so', async () => {
    const page = await open(browser);
    await page.goto(`${site.url}/sign-in`);
    await page.click('text=Login uni');
    await page.click('text=Cancel');
    await page.waitForURL(`${site.url}/**`);
    assert.match(await page.textContent('.notice.bad'), /broken off/);
  });
  await test('a provider that does not answer is told of, and nothing else breaks', async () => {
    await new Promise((done) => { server.closeAllConnections(); server.close(done); });
    const page = await open(browser);
    const answer = await page.goto(`${site.url}/sign-in/back/uni?state=x&code=y`);
    assert.equal(answer.status(), 422);
    assert.equal((await page.goto(`${site.url}/sign-in`)).status(), 200);
  });
}, { host: 'localhost', port, prepare });
server.closeAllConnections();
server.close();
