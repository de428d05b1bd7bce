// People in a real browser: an invitation becomes an account with a password and an authenticator app, then with a passkey of Chromium's virtual authenticator; somebody acts
// for another organisation; somebody without scripts comes in by a mailed link. Every page is looked at by axe, at two widths.
import { createHmac } from 'node:crypto';
import { faults, mailed, open, run, sideways } from './site.mjs';

const PASSWORD = 'fire graa katte sover';
const LONE = 'lone@example.org';

// RFC 6238, as an authenticator app does it.
function code(secret, ahead = 0) {
  let bits = '';
  for (const letter of secret) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  const key = Buffer.from(bits.match(/.{8}/g).map((octet) => parseInt(octet, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

run(async ({ site, browser, test, assert }) => {
  const look = async (page, what) => {
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      assert.deepEqual(await faults(page), [], `${what} at ${width}`);
      assert.equal(await sideways(page), 0, `${what} at ${width} is wider than the window`);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    assert.deepEqual(page.complaints, [], what);
    assert.equal(await page.locator('main .button:not(.quiet):not(.danger):visible').count() <= 1, true, `${what} has one primary button`);
  };
  const at = (page) => new URL(page.url()).pathname;
  const signOut = async (page) => {
    await page.goto(`${site.url}/account`);
    await page.click('form[action="/sign-out"] button');
    assert.equal(at(page), '/sign-in');
    const answer = await page.goto(`${site.url}/account`);
    assert.equal(answer.status(), 403);
  };

  const boss = await open(browser);
  await test('a link lets the administrator in, and she invites somebody', async () => {
    await boss.goto(site.people.at(-1));
    await look(boss, 'the link');
    await boss.click('main button');
    assert.equal(at(boss), '/provider');
    await boss.goto(`${site.url}/provider/people`);
    await look(boss, 'the people');
    await boss.fill('#emails', `${LONE}; no address`);
    await boss.check('[name="role.registrar"]');
    await boss.click('form[action="/provider/people"] .button');
    assert.match(await boss.textContent('.notice.bad'), /“no”/);
    assert.equal(await boss.inputValue('#emails'), `${LONE}; no address`);
    await look(boss, 'a wrong address');
    await boss.fill('#emails', LONE);
    await boss.click('form[action="/provider/people"] .button');
    assert.match(await boss.textContent('.notice.ok'), /One invitation/);
    await look(boss, 'an invitation that is open');
  });

  const lone = await open(browser);
  let secret;
  const recovery = [];
  await test('the invitation becomes an account with a password', async () => {
    await lone.goto(mailed(site, LONE, 'invitation').link);
    await look(lone, 'the invitation');
    await lone.fill('#name', 'Lone Østergaard');
    await lone.fill('#password', 'password1234');
    await lone.click('main .button');
    assert.match(await lone.textContent('.notice.bad'), /among the first/);
    assert.equal(await lone.inputValue('#name'), 'Lone Østergaard');
    await look(lone, 'a common password');
    await lone.fill('#password', PASSWORD);
    await lone.click('main .button');
    assert.equal(at(lone), '/account');
    assert.match(await lone.textContent('main'), /Registrar/);
    await look(lone, 'the account');
    const again = await lone.goto(mailed(site, LONE, 'invitation').link);
    assert.equal(again.status(), 410);
    lone.complaints.length = 0;
    await look(lone, 'an invitation that was used');
  });

  await test('an authenticator app is set up by its QR code or by hand', async () => {
    await lone.goto(`${site.url}/account/second-step`);
    secret = await lone.textContent('#secret');
    assert.match(await lone.getAttribute('img.qr', 'src'), /^data:image\/svg\+xml;base64,/);
    assert.equal(await lone.evaluate(() => document.querySelector('img.qr').naturalWidth > 0), true);
    await look(lone, 'the app');
    await lone.fill('#code', '000000');
    await lone.click('main .button:not(.quiet)');
    assert.equal(await lone.textContent('#secret'), secret);
    await lone.fill('#code', code(secret));
    await lone.click('main .button:not(.quiet)');
    recovery.push(...(await lone.textContent('#codes')).trim().split('\n'));
    assert.equal(recovery.length, 10);
    await look(lone, 'the recovery codes');
  });

  await test('password and app sign in, and a wrong password says nothing more', async () => {
    await signOut(lone);
    lone.complaints.length = 0;
    await lone.goto(`${site.url}/sign-in?to=/account/passkeys`);
    await look(lone, 'the sign-in page');
    await lone.fill('#email', LONE);
    await lone.fill('#password', 'not the password');
    await lone.click('form[action="/sign-in/password"] .button');
    assert.equal(await lone.inputValue('#email'), LONE);
    await look(lone, 'a wrong password');
    await lone.fill('#password', PASSWORD);
    await lone.click('form[action="/sign-in/password"] .button');
    assert.equal(at(lone), '/sign-in/second');
    await look(lone, 'the second step');
    await lone.fill('#code', '12 34 56');
    await lone.click('main .button:not(.quiet)');
    await look(lone, 'a wrong code');
    await lone.fill('#code', code(secret, 1)); // the code of now has turned the app on, and counts no more
    await lone.click('main .button:not(.quiet)');
    assert.equal(at(lone), '/account/passkeys');
  });

  await test('a passkey is added and signs in without anything typed', async () => {
    const cdp = await lone.context().newCDPSession(lone);
    await cdp.send('WebAuthn.enable');
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal',
      hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
    await look(lone, 'adding a passkey');
    await lone.fill('#name', 'Arbejdscomputeren');
    await Promise.all([lone.waitForURL('**/account'), lone.click('main .button:not(.quiet)')]);
    assert.match(await lone.textContent('main'), /Arbejdscomputeren/);
    await look(lone, 'the account with a passkey');
    await signOut(lone);
    lone.complaints.length = 0;
    await lone.goto(`${site.url}/sign-in`);
    await Promise.all([lone.waitForURL('**/provider'), lone.click('form[data-passkey] .button')]);
    assert.match(await lone.textContent('.top'), /Lone Østergaard/);
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await signOut(lone);
    lone.complaints.length = 0;
    await lone.goto(`${site.url}/sign-in`);
    await lone.click('form[data-passkey] .button');
    await lone.waitForSelector('[data-passkey-failed]:visible');
  });

  await test('a recovery code stands in for the app', async () => {
    await lone.fill('#email', LONE);
    await lone.fill('#password', PASSWORD);
    await lone.click('form[action="/sign-in/password"] .button');
    await lone.fill('#code', recovery[0].toUpperCase().replace(/-/g, ' '));
    await lone.click('main .button:not(.quiet)');
    assert.equal(at(lone), '/provider');
    await lone.goto(`${site.url}/account`);
    assert.match(await lone.textContent('main'), /Recovery codes left: 9/);
  });

  await test('somebody in two organisations chooses for whom to act, and it stays', async () => {
    await boss.goto(`${site.url}/provider/people`);
    const before = await boss.textContent('main .lead');
    const other = await boss.locator('#acting-for option:not([selected])').first().textContent();
    assert.equal(before.includes(other), false);
    await boss.selectOption('#acting-for', { label: other });
    await boss.click('.acting .button');
    await boss.goto(`${site.url}/provider/people`);
    assert.match(await boss.textContent('main .lead'), new RegExp(other.replace(/[()]/g, '\\$&')));
    assert.equal((await boss.textContent('main')).includes(LONE), false);
  });

  await test('roles are changed and the last administrator stays', async () => {
    await boss.goto(`${site.url}/provider/people`);
    await boss.locator('tr', { hasText: 'adele@example.org' }).locator('a').click();
    await look(boss, 'one person');
    await boss.uncheck('[name="role.administrator"]');
    await boss.check('[name="role.designer"]');
    await boss.click('main form .button:not(.quiet):not(.danger)');
    assert.match(await boss.textContent('.notice.bad'), /last administrator/);
    await boss.locator('a', { hasText: 'People' }).first().click();
    await boss.locator('tr', { hasText: 'regitze@example.org' }).locator('a').click();
    await boss.check('[name="role.auditor"]');
    await boss.click('main form .button:not(.quiet):not(.danger)');
    assert.match(await boss.locator('tr', { hasText: 'regitze@example.org' }).textContent(), /Registrar, Auditor/);
  });

  await test('an administrator of the installation adds an organisation', async () => {
    await boss.goto(`${site.url}/installation`);
    await look(boss, 'the installation');
    await boss.fill('#name', 'Fagskolen i Ølgod (opdigtet)');
    await boss.fill('#email', 'rektor@example.org');
    await boss.click('form[action="/installation"] .button');
    assert.match(await boss.textContent('main table'), /Fagskolen i Ølgod/);
    assert.equal(mailed(site, 'rektor@example.org', 'invitation').organisation, 'Fagskolen i Ølgod (opdigtet)');
    for (const path of ['/account/password']) {
      await boss.goto(site.url + path);
      await look(boss, path);
    }
  });

  await test('without scripts a mailed link stands in for a passkey', async () => {
    const plain = await open(browser, { javaScriptEnabled: false });
    await plain.goto(`${site.url}/sign-in?to=/provider/people`);
    assert.equal(await plain.locator('form[data-passkey]').isVisible(), false);
    await plain.fill('#link-email', 'regitze@example.org');
    await plain.click('form[action="/sign-in/link"] .button >> nth=0');
    assert.match(await plain.textContent('main'), /regitze@example.org/);
    await plain.goto(mailed(site, 'regitze@example.org', 'sign_in').link);
    await plain.click('main button');
    assert.equal(at(plain), '/provider/people');
    assert.match(await plain.textContent('.top'), /Regitze/);
  });

  await test('signing out everywhere ends the other browsers, too', async () => {
    await boss.goto(`${site.url}/account`);
    const second = await open(browser);
    await second.context().addCookies(await boss.context().cookies());
    await second.goto(`${site.url}/account`);
    await second.click('form[action="/account/sessions"]:not(:has([name=keep])) button');
    assert.equal(at(second), '/sign-in');
    const answer = await boss.goto(`${site.url}/account`);
    assert.equal(answer.status(), 403);
  });

  await test('the sign-in pages speak Danish', async () => {
    const danish = await open(browser, { locale: 'da-DK' });
    for (const path of ['/sign-in', '/invitation/nothing', '/sign-in/link/nothing']) {
      await danish.goto(site.url + path);
      assert.equal(await danish.getAttribute('html', 'lang'), 'da');
      danish.complaints.length = 0;
      await look(danish, path);
    }
  });
}, { host: 'localhost' });
