// The outbox in a browser: a test mail, a refusal told in words and mended, a provider's own words, codes on paper from sheet to claim page, and webhooks. The mail server and
// the receiver of webhooks are on the loopback address; mails are put into the outbox as sealing a batch does.
//
//   mail.mjs MERIT WORKDIR
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { createServer as createHttp } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { faults, open, run, sideways } from './site.mjs';

// The smallest mail server that a test needs: takes everything but for those who begin with "no".
function mailServer() {
  const taken = [];
  const server = createServer((socket) => {
    let rest = '', data = null, to = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    const say = (text) => socket.write(`${text}\r\n`);
    say('220 test');
    socket.on('data', (chunk) => {
      rest += chunk;
      for (let end; (end = rest.indexOf('\r\n')) >= 0; rest = rest.slice(end + 2)) {
        const line = rest.slice(0, end);
        if (data !== null) {
          if (line !== '.') { data += `${line}\n`; continue; }
          taken.push({ to, data });
          data = null;
          say('250 taken');
        } else if (/^RCPT/i.test(line)) {
          [, to] = /<(.*)>/.exec(line);
          say(to.startsWith('no') ? '550 5.1.1 there is no such user' : '250 ok');
        } else if (/^DATA/i.test(line)) {
          data = '';
          say('354 go on');
        } else if (/^QUIT/i.test(line)) {
          say('221 bye');
          socket.end();
        } else say('250 ok');
      }
    });
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done({ taken, port: server.address().port, close: () => server.close() })));
}

// A receiver that keeps what it got; its answer can be changed.
function receiver() {
  const got = [], state = { status: 200 };
  const server = createHttp((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += chunk; });
    request.on('end', () => { got.push({ headers: request.headers, body }); response.writeHead(state.status).end('thank you'); });
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done({ got, state, port: server.address().port, close: () => server.close() })));
}

async function until(what, truth) {
  const end = Date.now() + 60000;
  while (Date.now() < end) {
    const value = await truth();
    if (value) return value;
    await new Promise((done) => { setTimeout(done, 50); });
  }
  throw new Error(`it did not happen within a minute: ${what}`);
}

const mail = await mailServer(), hook = await receiver();

await run(async ({ site, browser, work, test, assert }) => {
  const page = await open(browser);
  const looks = async (name) => {
    assert.deepEqual(await faults(page), []);
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      assert.ok(await sideways(page) <= 0, `${name} is wider than ${width}`);
      await page.screenshot({ path: join(work, `${name}-${width}.png`), fullPage: true });
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    assert.deepEqual(page.complaints, []);
  };
  // What sealing queues, put into the database beside the server.
  const queue = (to) => execFileSync('python3', ['-c', `
import json, sqlite3, sys, time, uuid
db = sqlite3.connect(sys.argv[1], timeout=60)
a, org = db.execute("SELECT id, org_id FROM achievement ORDER BY id LIMIT 1").fetchone()
now = int(time.time() * 1000)
id = "%08x-%04x-7%s-8%s-%s" % (now >> 16, now & 0xffff, uuid.uuid4().hex[:3], uuid.uuid4().hex[:3], uuid.uuid4().hex[:12])
with db:
    db.execute("INSERT INTO mail (id, org_id, template, language, recipient, object_id, data, state, attempts, next_at, created_at) VALUES (?, ?, 'claim', 'en', ?, ?, ?, 'waiting', 0, ?, ?)",
               (id, org, sys.argv[2], a, json.dumps({"learner": "Ada", "title": "T", "provider": "P", "link": "http://x/y"}).encode(), now, now))
    db.execute("UPDATE job SET run_at = 0 WHERE kind = 'mail.send' AND state = 'waiting'")
`, join(site.folder, 'merit.db'), to]);

  await page.goto(site.operator);

  await test('an empty outbox tells what it is for', async () => {
    await page.goto(`${site.url}/provider/mail`);
    await page.getByText('Nothing was sent yet').waitFor();
    await looks('mail-empty');
  });

  await test('the test button sends to oneself', async () => {
    await page.getByLabel('Send a test to').fill('me@example');
    await page.getByLabel('Send a test to').evaluate((field) => { field.type = 'text'; });
    await page.getByRole('button', { name: 'Send the test' }).click();
    await page.getByText('This is no e-mail address').waitFor();
    assert.equal(await page.getByLabel('Send a test to').inputValue(), 'me@example');
    await page.getByLabel('Send a test to').fill('me@example.org');
    await page.getByRole('button', { name: 'Send the test' }).click();
    await page.getByText('The test is on its way').waitFor();
    await until('the test arrives', () => mail.taken.find((m) => m.to === 'me@example.org'));
    assert.match(mail.taken[0].data, /Subject: A test from Merit/);
  });

  await test('a refusal is told in words, the address corrected, and it arrives', async () => {
    queue('nobody@example.org');
    await until('the refusal is shown', async () => {
      await page.goto(`${site.url}/provider/mail?state=refused`);
      return page.getByText('There is no such address').count();
    });
    await looks('mail-list');
    await page.getByRole('link', { name: 'nobody@example.org' }).click();
    await page.getByText('Ask the learner for the right one').waitFor();
    await page.getByText('550 5.1.1 there is no such user').waitFor();
    await looks('mail-one');
    await page.getByLabel('Send it again, to').fill('somebody@example.org');
    await page.getByRole('button', { name: 'Send again' }).click();
    const arrived = await until('it arrives', () => mail.taken.find((m) => m.to === 'somebody@example.org'));
    assert.match(arrived.data, /\/claim\//);
  });

  await test('a provider words its mails; placeholders are checked', async () => {
    await page.goto(`${site.url}/provider/mail/templates`);
    await looks('mail-words-list');
    await page.getByRole('link', { name: 'To claim a micro-credential: English' }).click();
    await page.getByLabel('Subject').fill('Well done, {larner}');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Merit has nothing to put in place of {larner}').waitFor();
    assert.equal(await page.getByLabel('Subject').inputValue(), 'Well done, {larner}');
    await page.getByLabel('Subject').fill('Well done, {learner} <b>');
    await page.getByLabel('Introduction').fill('First.\n\nSecond: {title}.');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('Well done, Åse Łukasz Østergård <b>').waitFor();
    await looks('mail-words');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    queue('worded@example.org');
    const arrived = await until('it arrives', () => mail.taken.find((m) => m.to === 'worded@example.org'));
    assert.match(arrived.data, /Subject: Well done, Ada <b>/);
    assert.match(arrived.data, /First\.\n\nSecond: T\./);
    await page.getByRole('button', { name: "Back to Merit's words" }).click();
    await page.getByText('Saved.').waitFor();
    assert.equal(await page.getByLabel('Subject').inputValue(), 'Your micro-credential: {title}');
  });

  let batch;
  await test('codes on paper: a sheet is printed', async () => {
    await page.goto(`${site.url}/provider/specifications/wound-care-2026`);
    await page.goto(new URL(await page.locator('a[href^="/provider/batches/"]').first().getAttribute('href'), site.url).href);
    batch = page.url();
    await page.goto(`${batch}/codes`);
    await looks('codes-ask');
    await page.getByRole('radio', { name: /Everybody who has not decided/ }).check();
    await page.getByRole('button', { name: 'Make codes and show the slips' }).click();
    await page.getByText('cut it along the lines').waitFor();
    await looks('codes-sheet');
    await page.emulateMedia({ media: 'print' });
    await page.screenshot({ path: join(work, 'codes-print.png'), fullPage: true });
    await page.emulateMedia({ media: null });
  });

  await test('the code leads to the claim page, however it is typed', async () => {
    const codes = await page.locator('.slip .code').allTextContents(), names = await page.locator('.slip .to').allTextContents();
    assert.match(codes[0], /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    const learner = await open(browser);
    await learner.goto(`${site.url}/claim`);
    await learner.getByLabel('Your code').fill(codes[0].slice(0, -1));
    await learner.getByRole('button', { name: 'Open' }).click();
    await learner.getByText('A character is missing or mistyped').waitFor();
    assert.deepEqual(await faults(learner), []);
    await learner.screenshot({ path: join(work, 'claim-code.png') });
    await learner.getByLabel('Your code').fill(codes[0].toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l'));
    await learner.getByRole('button', { name: 'Open' }).click();
    await learner.waitForURL('**/claim/*/*');
    await learner.getByText(names[0], { exact: false }).first().waitFor();
    await learner.getByRole('button', { name: /Accept/ }).click();
    await learner.goto(`${site.url}/claim?code=${codes[0]}`);
    assert.equal(await learner.getByLabel('Your code').inputValue(), codes[0]);
    await learner.getByRole('button', { name: 'Open' }).click();
    await learner.getByText('This code was used').waitFor();
    await page.goto(`${batch}/codes`);
    await page.getByText('have a code already').or(page.getByText('has a code already')).first().waitFor();
    await page.getByRole('radio', { name: /Everybody who has not decided/ }).check();
    await page.getByRole('button', { name: 'Make codes and show the slips' }).click();
    await learner.goto(`${site.url}/claim`);
    await learner.getByLabel('Your code').fill(codes[1]);
    await learner.getByRole('button', { name: 'Open' }).click();
    await learner.getByText('This code does not work').waitFor();
    await learner.context().close();
  });

  await test('too many wrong codes have to wait', async () => {
    const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    const twice = (v) => (v << 1 & 32 ? v << 1 ^ 0x25 : v << 1);
    const made = (n) => {
      const values = Array.from({ length: 15 }, (_, i) => (n * 7 + i * 3) % 32);
      values.push([...values, 0].reduce((sum, v) => twice(sum) ^ v, 0));
      return values.map((v) => alphabet[v]).join('');
    };
    let last;
    for (let n = 0; n < 11; n++) last = await fetch(`${site.url}/claim`, { method: 'POST', body: new URLSearchParams({ code: made(n) }) });
    assert.equal(last.status, 429);
  });

  await test('a webhook is made, signed, and its failures are told and sent again', async () => {
    // A press is followed to the page that answers it before that page is asked for again.
    const press = (button) => Promise.all([page.waitForNavigation(), button.click()]);
    await page.goto(`${site.url}/provider/webhooks`);
    await looks('webhooks-empty');
    await page.getByLabel('Address of the receiver').fill('http://10.0.0.1/');
    await page.getByRole('button', { name: 'Add the webhook' }).click();
    await page.getByText('must begin with https://').first().waitFor();
    await page.getByLabel('Address of the receiver').fill(`http://127.0.0.1:${hook.port}/merit`);
    await page.getByRole('checkbox', { name: 'a learner accepts' }).check();
    await page.getByRole('button', { name: 'Add the webhook' }).click();
    const secret = await page.locator('#secret').textContent();
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{32}$/);
    await looks('webhook-made');
    await press(page.getByRole('button', { name: 'Send a test event' }));
    assert.equal(await page.locator('#secret').count(), 0);
    const { headers, body } = await until('the test event arrives', () => hook.got[0]);
    const key = Buffer.from(secret.slice(6), 'base64'), content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    assert.equal(headers['webhook-signature'], `v1,${createHmac('sha256', key).update(content).digest('base64')}`);
    assert.ok(Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 60);
    assert.equal(JSON.parse(body).type, 'test');
    hook.state.status = 500;
    await press(page.getByRole('button', { name: 'Send a test event' }));
    await until('the failure is shown', async () => { await page.reload(); return page.getByText('500 thank you').count(); });
    await looks('webhook-failing');
    hook.state.status = 204;
    await press(page.getByRole('button', { name: /^Send again: test/ }).first());
    await until('it is delivered', async () => { await page.reload(); return await page.getByText('Delivered').count() === 2; });
    assert.equal(hook.got.at(-1).headers['webhook-id'], hook.got.at(-2).headers['webhook-id']);
  });

  await test('a claim is told to the webhook, without names', async () => {
    await page.goto(`${batch}/codes`);
    await page.getByRole('radio', { name: /Everybody who has not decided/ }).check();
    await page.getByRole('button', { name: 'Make codes and show the slips' }).click();
    const name = await page.locator('.slip .to').first().textContent();
    const links = await (await page.request.get(`${batch}/links`)).text();
    const claim = links.split('\n').find((line) => line.includes(name)).match(/http\S+/)[0].replace(/"$/, '').trim();
    const before = hook.got.length;
    await page.goto(claim);
    await page.getByRole('button', { name: /Accept/ }).click();
    const event = await until('the event arrives', () => hook.got.slice(before).find((e) => JSON.parse(e.body).type === 'achievement.claimed'));
    assert.ok(claim.includes(JSON.parse(event.body).data.id));
    assert.ok(!event.body.includes(name));
  });
}, { words: ['--smtp', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'post@merit.example.org', '--fetch-from', `http://127.0.0.1:${hook.port}/`] });
mail.close();
hook.close();
