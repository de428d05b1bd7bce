// Signing in through a SAML federation, in a real browser: Apache with mod_auth_mellon as packaging/saml/merit.conf sets it up, in front of Merit, and an identity provider
// made of samlify on loopback. And what happens to whoever writes the proxy's headers himself.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { freePort, open, root, run } from './site.mjs';

let saml;
try {
  saml = await import('samlify');
} catch {
  console.log('1..0 # SKIP the npm package samlify is not installed: npm ci in tests/');
  process.exit(0);
}
if (!existsSync('/usr/sbin/apache2') || !existsSync('/usr/lib/apache2/modules/mod_auth_mellon.so')) {
  console.log('1..0 # SKIP Apache with mellon is not installed: apt install apache2 libapache2-mod-auth-mellon');
  process.exit(0);
}
const { IdentityProvider, ServiceProvider, SamlLib, setSchemaValidator } = saml.default || saml;
setSchemaValidator({ validate: async () => 'the shape of messages is not what is tested here' });

const [outside, inside, idpPort] = [await freePort(), await freePort(), await freePort()];
const url = `http://localhost:${outside}`;
const idpUrl = `http://127.0.0.1:${idpPort}`;
const secret = 'a shared secret of the proxy and Merit';
const folder = mkdtempSync(join(tmpdir(), 'merit-saml-'));

// ---- the identity provider: it signs in whoever its test says, without asking ----
const certificate = (name) => execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-keyout',
  join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)], { stdio: 'pipe' });
chmodSync(folder, 0o755);
certificate('sp');
chmodSync(join(folder, 'sp.key'), 0o644); // Apache gives up root's rights, if it has them
certificate('idp');
let person = {};
const oid = { principal: 'urn:oid:1.3.6.1.4.1.5923.1.1.1.6', mail: 'urn:oid:0.9.2342.19200300.100.1.3', home: 'urn:oid:1.3.6.1.4.1.25178.1.2.9' };
const template = '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{ID}" Version="2.0" IssueInstant="{Now}" '
  + 'Destination="{Acs}" InResponseTo="{Request}"><saml:Issuer>{Issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
  + '<saml:Assertion ID="{AssertionID}" Version="2.0" IssueInstant="{Now}"><saml:Issuer>{Issuer}</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">'
  + '{AssertionID}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="{Later}" Recipient="{Acs}" InResponseTo="{Request}"/>'
  + '</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{Before}" NotOnOrAfter="{Later}"><saml:AudienceRestriction><saml:Audience>{Audience}</saml:Audience></saml:AudienceRestriction>'
  + '</saml:Conditions><saml:AuthnStatement AuthnInstant="{Now}" SessionIndex="{AssertionID}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password'
  + '</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>'
  + Object.entries(oid).map(([word, name]) => `<saml:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"><saml:AttributeValue>{${word}}</saml:AttributeValue></saml:Attribute>`).join('')
  + '</saml:AttributeStatement></saml:Assertion></samlp:Response>';
const idp = IdentityProvider({ entityID: `${idpUrl}/metadata`, privateKey: readFileSync(join(folder, 'idp.key')), signingCert: readFileSync(join(folder, 'idp.crt')),
  requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', loginResponseTemplate: { context: template, attributes: [] },
  singleSignOnService: [{ Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', Location: `${idpUrl}/sso` }],
  singleLogoutService: [{ Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', Location: `${idpUrl}/out` }] });

async function answer(query) {
  const sp = ServiceProvider({ metadata: await (await fetch(`${url}/mellon/metadata`)).text() });
  const asked = { extract: { request: { id: /ID="([^"]+)"/.exec(inflateRawSync(Buffer.from(query.get('SAMLRequest'), 'base64')).toString())[1] } } };
  const acs = sp.entityMeta.getAssertionConsumerService('post');
  const at = (ms) => new Date(Date.now() + ms).toISOString();
  const id = () => `_${crypto.randomUUID()}`;
  const fill = (text) => ({ id: id(), context: SamlLib.replaceTagsByValue(text, { ID: id(), AssertionID: id(), Now: at(0), Before: at(-60000), Later: at(300000), Acs: acs,
    Request: asked.extract.request.id, Issuer: `${idpUrl}/metadata`, Audience: sp.entityMeta.getEntityID(), ...person }) });
  const { context } = await idp.createLoginResponse(sp, asked, 'post', {}, fill);
  const relay = (query.get('RelayState') || '').replace(/&/g, '&amp;').replace(/"/g, '&quot;');
  return `<form method="post" action="${acs}"><input name="SAMLResponse" value="${context}"><input name="RelayState" value="${relay}"><button>Go on</button></form>`;
}
const server = createServer((request, response) => {
  answer(new URL(request.url, idpUrl).searchParams).then((page) => response.setHeader('Content-Type', 'text/html').end(page),
    (error) => { response.statusCode = 500; response.end(String(error.stack || error)); });
});
await new Promise((done) => { server.listen(idpPort, '127.0.0.1', done); });
writeFileSync(join(folder, 'idp-metadata.xml'), idp.getMetadata());

// ---- Apache, with the file that is packaged ----
const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'headers', 'proxy', 'proxy_http', 'auth_mellon'];
writeFileSync(join(folder, 'apache.conf'), `${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
ServerName localhost
ServerRoot ${folder}
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/error.log
LogLevel warn
${process.getuid() === 0 ? 'User nobody\nGroup nogroup' : ''}
Listen 127.0.0.1:${outside}
Define MERIT_BACKEND http://127.0.0.1:${inside}
Define MERIT_SAML ${folder}
Define MERIT_SECRET "${secret}"
Define MERIT_URL ${url}
<VirtualHost *:${outside}>
ServerName localhost:${outside}
UseCanonicalName On
Include ${join(root, 'packaging/saml/merit.conf')}
</VirtualHost>
`);
const apache = spawn('/usr/sbin/apache2', ['-f', join(folder, 'apache.conf'), '-DFOREGROUND'], { stdio: ['ignore', 'ignore', 'pipe'] });
let complaints = '';
apache.stderr.setEncoding('utf8').on('data', (text) => { complaints += text; });

const prepare = (data) => {
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'sign-in.json'), JSON.stringify({ proxy: { secret, label: 'WAYF', domains: ['example.org'] } }));
};

await run(async ({ site, browser, test, assert }) => {
  const enter = async (who) => {
    person = who;
    const page = await open(browser);
    await page.goto(`${site.url}/sign-in`);
    await page.click('text=Sign in with WAYF');
    await page.click('text=Go on');
    await page.waitForURL(`${site.url}/**`);
    return page;
  };
  await test('Apache takes the packaged configuration', async () => {
    for (let i = 0; ; i++) {
      const up = await fetch(`${url}/sign-in`).then((reply) => reply.ok, () => false);
      if (up) break;
      assert.equal(apache.exitCode, null, complaints + (existsSync(`${folder}/error.log`) ? readFileSync(`${folder}/error.log`) : ''));
      assert.ok(i < 100, 'Apache does not answer');
      await new Promise((done) => { setTimeout(done, 100); });
    }
  });
  await test('the federation signs in whoever has an account here', async () => {
    const page = await enter({ principal: 'rl@example.org', mail: 'regitze@example.org', home: 'example.org' });
    assert.equal(new URL(page.url()).pathname, '/provider', await page.textContent('body'));
    assert.match(await page.textContent('.top'), /Regitze/);
  });
  await test('and knows them by their principal name from then on', async () => {
    const page = await enter({ principal: 'rl@example.org', mail: 'another@example.org', home: 'example.org' });
    assert.match(await page.textContent('.top'), /Regitze/);
  });
  await test('an address of a domain that is not trusted belongs to nobody', async () => {
    const page = await enter({ principal: 'evil@elsewhere.example', mail: 'adele@example.org.elsewhere.example', home: 'elsewhere.example' });
    assert.match(await page.textContent('.notice.bad'), /belongs to nobody here/);
  });
  await test('whoever writes the headers himself is sent to the federation, or refused', async () => {
    const headers = { 'X-Merit-Proxy-Secret': secret, 'X-Merit-Principal-Name': 'rl@example.org', 'X-Merit-Mail': 'adele@example.org', 'X-Merit-Home-Organization': 'example.org' };
    const through = await fetch(`${url}/sign-in/federation`, { headers, redirect: 'manual' });
    assert.equal(through.status, 303);
    assert.equal(new URL(through.headers.get('location'), url).pathname, '/mellon/login');
    assert.equal((await fetch(`${url}/account`, { headers })).status, 403);
    assert.equal((await fetch(`http://127.0.0.1:${inside}/sign-in/federation`, { headers: { ...headers, 'X-Merit-Proxy-Secret': 'a guess' } })).status, 403);
    delete headers['X-Merit-Proxy-Secret'];
    assert.equal((await fetch(`http://127.0.0.1:${inside}/sign-in/federation`, { headers })).status, 403);
  });
}, { port: inside, behind: url, prepare });
apache.kill('SIGTERM');
server.closeAllConnections();
server.close();
rmSync(folder, { recursive: true, force: true });
