// What the browser tests share: a Merit server with demo data in a temporary folder, Chromium, and TAP.
//
//   import { run } from './site.mjs';
//   run(async ({ site, browser, test, assert }) => { await test('a name', async () => { ... }) });
//
// Called as: SCRIPT MERIT WORKDIR. The server listens on 127.0.0.1 only and is stopped at the end, whatever happens. Without Chromium
// (MERIT_CHROMIUM, else /usr/bin/chromium) everything is skipped, aloud.
import { spawn, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '../..');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync'];

// The pages that anybody may open.
export const publicPages = ['/', '/specifications', '/specifications/wound-care-2026', '/specifications/circular-textiles', '/specifications?q=care',
  '/providers', '/providers/aarhus-school-of-nursing-invented', '/verify', '/help/checks', '/about/data',
  '/about/accessibility', '/api', '/about/api/batches', '/design', '/provider', '/no-such-page'];

export function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

// host: the name that browsers call the server by; passkeys want one that is no number. behind: the address of a proxy in front of it.
async function serve(merit, folder, { host = '127.0.0.1', port: wanted, behind, words = [] } = {}) {
  const port = wanted || await freePort();
  const url = behind || `http://${host}:${port}`;
  const child = spawn(merit, ['serve', '--demo', '--data', folder, '--port', String(port), '--public-url', url, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const ready = new Promise((done, fail) => {
    const hear = (text) => {
      said += text;
      const operator = /http:\/\/[a-z0-9.]+:\d+\/operator\/\S+/.exec(said);
      if (operator && said.includes('Ctrl-C stops it')) done(operator[0]);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.on('exit', (code) => fail(new Error(`merit serve ended with ${code}:\n${said}`)));
    setTimeout(() => fail(new Error(`merit serve is not ready after a minute:\n${said}`)), 60000).unref();
  });
  const stop = () => new Promise((done) => {
    child.removeAllListeners('exit');
    if (child.exitCode !== null) return done(child.exitCode);
    child.on('exit', done);
    child.kill('SIGTERM');
  });
  try {
    const operator = await ready;
    const people = [...said.matchAll(/^ +(http:\S+\/sign-in\/link\/\S+)$/gm)].map((found) => found[1]);
    return { url, operator, people, stop, merit, folder, pid: child.pid };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

// Issue the example's credentials into a folder; returns the paths of the sealed files.
export function issue(site, work, name) {
  const out = join(work, `issued-${name}`);
  execFileSync(site.merit, ['issue', join(root, `docs/examples/${name}.json`), join(root, `docs/examples/${name}.csv`), '--out', out, '--data',
    join(work, 'issuer')], { stdio: 'pipe' });
  return readdirSync(out).filter((file) => file.endsWith('.jsonld')).sort().map((file) => join(out, file));
}

// A page that fails the test when the browser complains (a refused script or style, a missing file).
export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: options.width || 1280, height: 800 }, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    const status = /the server responded with a status of (403|404|409|410|422)/.test(message.text());
    if (message.type() === 'error' && !status) page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  return page;
}

// Serious and critical faults that axe-core finds, WCAG 2.2 AA; as sentences.
export async function faults(page) {
  await page.waitForLoadState('load'); // without its style sheet a page is judged as it is not
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, {
    runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  }));
  return found.violations.filter((fault) => ['serious', 'critical'].includes(fault.impact))
    .map((fault) => `${fault.id}: ${fault.help}: ${fault.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

// By how many pixels the page is wider than the window.
export function sideways(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

// The newest mail that waits for somebody, as the data that its template is filled with.
export function mailed(site, to, template) {
  const ask = 'import sqlite3,sys; row = sqlite3.connect(sys.argv[1]).execute("SELECT data FROM mail WHERE recipient = ? AND template = ? ORDER BY id DESC", '
    + 'sys.argv[2:]).fetchone(); print(bytes(row[0]).decode() if row else "null")';
  return JSON.parse(execFileSync('python3', ['-c', ask, join(site.folder, 'merit.db'), to, template], { encoding: 'utf8' }));
}

// options.host, options.port: see serve. options.words: more of them for `merit serve`. options.prepare(folder): called before the server starts, may put files into its data folder.
export async function run(tests, options = {}) {
  const [merit, workdir] = process.argv.slice(2).map((path) => resolve(path));
  const executablePath = process.env.MERIT_CHROMIUM || '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    console.log('1..0 # SKIP Chromium is not installed: apt install chromium, or set MERIT_CHROMIUM');
    return;
  }
  let count = 0;
  const test = async (name, act) => {
    count++;
    try {
      await act();
      console.log(`ok ${count} - ${name}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`not ok ${count} - ${name}`);
      console.log(String(error.stack || error).split('\n').map((line) => `# ${line}`).join('\n'));
    }
  };
  rmSync(workdir, { recursive: true, force: true });
  mkdirSync(workdir, { recursive: true });
  let site, browser;
  try {
    if (options.prepare) await options.prepare(join(workdir, 'data'));
    site = await serve(merit, join(workdir, 'data'), options);
    browser = await chromium.launch({ executablePath, args: flags });
    await tests({ site, browser, work: workdir, test, assert });
  } catch (error) {
    await test('the test itself', () => { throw error; });
  } finally {
    if (browser) await browser.close();
    if (site) await test('the server stops when asked', async () => assert.equal(await site.stop(), 0));
    console.log(`1..${count}`);
  }
}
