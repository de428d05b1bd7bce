// Journey J2: a learner opens the mailed link without an account, sees the credential unwrapped, says when a name is wrong, accepts, keeps it in Merit in one step,
// finds what else was awarded to her, takes in a file from elsewhere, sorts what she has, and shares it by links that end. Real SMTP, no mouse: every step of a learner is made by keyboard.mjs. What is typed
// into the address bar are links out of mails. The office, which only makes what she is awarded, is no part of the journey and is clicked.
//
//   j2.mjs MERIT WORKDIR [sqlite|postgresql|noscript]      noscript: SQLite, and browsers that run no scripts
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { mailServer, postgresql, until } from './helpers.mjs';
import { Keyboard } from './keyboard.mjs';
import { faults, open, run, sideways } from './site.mjs';

const LIMIT = 60 * 1024; // octets of a page with its style and script, without pictures
const engine = process.argv[4] ?? 'sqlite';
const scripts = engine !== 'noscript';
const post = await mailServer();
const base = engine === 'postgresql' ? await postgresql() : { close() {} };
const missing = post.skip ?? base.skip;
if (missing) console.log(`1..0 # SKIP ${missing}`);
else await run(async ({ site, browser, work, test: one, assert }) => {
  let stuck;
  const test = (name, act) => one(name, async () => {
    assert.ok(!stuck, `not tried, since this failed: ${stuck}`);
    stuck = name;
    await act();
    stuck = undefined;
  });
  const office = await open(browser);
  const looked = new Set();
  const look = async (page, name) => {
    if (looked.has(name)) return;
    looked.add(name);
    if (scripts || page === office) assert.deepEqual(await faults(page), [], name); // axe is a script
    assert.deepEqual(page.complaints, [], name);
    const octets = await page.evaluate(() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
      .filter((one) => one.initiatorType !== 'img' && one.initiatorType !== 'fetch').filter((one, at, all) => all.findIndex((other) => other.name === one.name) === at).reduce((sum, one) => sum + one.encodedBodySize, 0));
    assert.ok(octets > 0 && octets <= LIMIT, `${name} has ${octets} octets`);
    const size = page.viewportSize();
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      assert.ok(await sideways(page) <= 0, `${name} is wider than ${width} pixels`);
      await page.screenshot({ path: join(work, `${String(looked.size).padStart(2, '0')}-${name}-${width}.png`), fullPage: true, animations: 'disabled' });
    }
    await page.setViewportSize(size);
  };
  const mailTo = (to, fits = () => true) => until(`a mail to ${to}`, () => post.mails.findLast((mail) => mail.to === to && fits(mail)), 60);
  const linkIn = (mail, path) => {
    const found = new RegExp(`${site.url}${path}\\S+`).exec(mail.text);
    assert.ok(found, mail.text);
    return found[0];
  };
  const learner = async (options = {}) => {
    const page = await open(browser, { locale: 'en-GB', javaScriptEnabled: scripts, ...options });
    return { page, keys: await Keyboard.of(page) };
  };
  const heading = (page) => page.textContent('h1');

  // ---- what the office makes: not a part of the journey ----

  const send = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
  let codes;
  const award = async (slug, rows) => {
    await office.goto(`${site.url}/provider/specifications/${slug}`);
    await office.setInputFiles('#results-file', { name: `${slug}.csv`, mimeType: 'text/csv', buffer: Buffer.from(`given name,family name,birth date,e-mail,date\n${rows.join('\n')}\n`) });
    await send(office, 'form[data-drop] button');
    await send(office, 'button:has-text("Seal")');
    await office.waitForSelector('h1:has-text("sealed.")');
    if (await office.locator('form[action$="/mail"] button').count()) await send(office, 'form[action$="/mail"] button');
    return office.url();
  };
  let batch;
  await test('the office awards, and mails links', async () => {
    await office.goto(site.operator);
    batch = await award('wound-care-2026', ['Åse,Prøvesen,1990-01-02,aase.p@example.org,2026-10-14', 'Þóra,Prøvedóttir,1989-02-03,thora@example.org,2026-10-14',
      'Søren,Prøve,1979-06-05,,2026-10-14']);
    await award('circular-textiles', ['Åse,Prøvesen,1990-01-02,aase.work@example.org,2026-09-01']);
    await office.goto(`${batch}/codes`);
    await send(office, 'form[action$="/codes"] button');
    codes = await office.locator('.slip .code').allTextContents();
    assert.equal(codes.length, 1);
  });

  // ---- the learner ----

  let aase, link;
  await test('a link waits, however often it is opened by scanners', async () => {
    link = linkIn(await mailTo('aase.p@example.org', (mail) => mail.text.includes('/claim/')), '/claim/');
    for (let i = 0; i < 5; i++) assert.match(await (await fetch(link)).text(), /Well done, Åse/);
    aase = await learner();
    await aase.page.goto(link);
    assert.match(await heading(aase.page), /^Well done, Åse/);
    assert.match(await aase.page.textContent('main'), /You have until \d+ \w+ \d{4} to decide/);
    await look(aase.page, 'claim');
  });

  await test('a wrong name is told to the provider, and its answer comes back', async () => {
    const { page, keys } = await learner({ viewport: { width: 360, height: 740 } });
    await page.goto(linkIn(await mailTo('thora@example.org', (mail) => mail.text.includes('/claim/')), '/claim/'));
    await keys.press('My name is wrong');
    await look(page, 'wrong-name');
    await keys.write('Þóra Prøvedóttir', 'The right name');
    await keys.press('Ask them to correct it');
    assert.match(await page.textContent('[role=alert]'), /same as now/);
    await keys.write('Þóra Rétt Prøvedóttir', 'The right name');
    await keys.reach(/^Anything else/);
    await page.keyboard.type('My passport has three names.');
    await keys.press('Ask them to correct it');
    assert.match(await page.textContent('[role=status]'), /you asked for the name “Þóra Rétt Prøvedóttir”/);
    await look(page, 'asked');
    const told = await mailTo('regitze@example.org', (mail) => mail.text.includes('Þóra Rétt Prøvedóttir'));
    await office.goto(`${site.url}/provider`);
    assert.match(await office.textContent('#waits ~ ul'), /One learner asks for a name to be corrected/);
    await look(office, 'office-waits');
    await office.goto(`${site.url}/provider/corrections`);
    await look(office, 'corrections');
    await office.goto(batch);
    assert.match(await office.textContent('main'), /Names to correct/);
    await office.goto(linkIn(told, '/provider/achievements/'));
    assert.match(await office.textContent('main'), /My passport has three names/);
    await look(office, 'achievement');
    await office.click('summary:has-text("It stays as it is")');
    await office.fill('#answer', 'We need a copy of it first.');
    await send(office, 'button:has-text("Tell the learner")');
    assert.match(await office.textContent('main'), /Nobody waits/);
    assert.match((await mailTo('thora@example.org', (mail) => /About your name/.test(mail.subject))).text, /We need a copy of it first/);
    await page.reload();
    assert.match(await page.textContent('main'), /We need a copy of it first/);
    await page.context().close();
  });

  await test('declining is explained, and undecided it stays', async () => {
    const { page, keys } = aase;
    await keys.press('Decline');
    assert.match(await page.textContent('main'), /keeps its own record/);
    await look(page, 'decline');
    await keys.press('Keep it for now');
    assert.match(await heading(page), /^Well done/);
  });

  await test('she accepts, and three things are there to do', async () => {
    const { page, keys } = aase;
    await keys.press('Accept and keep it');
    assert.match(await heading(page), /^It is yours, Åse/);
    assert.deepEqual(await page.locator('main .three h2').allTextContents(), ['Show it', 'Keep it', 'Share it']);
    const last = await page.locator('main .three .card').last().boundingBox();
    assert.ok(last.y + last.height <= 800, 'all three are above the fold');
    await look(page, 'accepted');
  });

  await test('opened elsewhere the link says kindly that it was used, and mails a new one that opens once', async () => {
    const { page, keys } = await learner();
    await page.goto(link);
    assert.equal(await heading(page), 'This link has been used.');
    assert.doesNotMatch(await page.textContent('main'), /Åse|Wound|aase/);
    await look(page, 'used');
    await keys.press('Mail me a new link');
    assert.equal(await heading(page), 'Look into your mail.');
    await look(page, 'again');
    const fresh = linkIn(await mailTo('aase.p@example.org', (mail) => /new link/.test(mail.subject)), '/claim/');
    assert.notEqual(fresh, link);
    await page.goto(fresh);
    assert.equal(await heading(page), 'Your new link works.');
    await look(page, 'new-link');
    await keys.press('Open my credential');
    assert.match(await heading(page), /^It is yours, Åse/);
    const third = await learner();
    await third.page.goto(fresh);
    assert.equal(await heading(third.page), 'This link has been used.');
    await third.page.goto(fresh.replace(/.{32}$/, 'A'.repeat(32)));
    assert.match(await third.page.textContent('main'), /There is no such page|no page/i);
    await third.page.context().close();
    await page.context().close();
  });

  let european, mine;
  await test('she keeps it in Merit in one step, without a password', async () => {
    const { page, keys } = aase;
    await keys.press('Keep it in Merit');
    assert.match(page.url(), /\/wallet\/items\//);
    mine = page.url().split('?')[0];
    assert.match(await page.textContent('[role=status]'), /It is in your account now.*Later/s);
    assert.match(await page.textContent('.sheet'), /Åse Prøvesen.*Wound care with digital follow-up.*2 ECTS/s);
    assert.equal(await page.locator('nav[aria-label="Main"] a, header nav a').filter({ hasText: 'For providers' }).count(), 0); // she is no provider
    await look(page, 'item');
    const take = async (name) => {
      await keys.reach(name);
      const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
      return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
    };
    const paper = await take('Download the certificate (PDF)'), file = await take('Download the file');
    assert.match(paper.name, /^wound-care-2026-[0-9a-f]{8}\.pdf$/);
    assert.equal(paper.content.subarray(0, 5).toString(), '%PDF-');
    assert.match(file.name, /^wound-care-2026-[0-9a-f]{8}\.jsonld$/);
    european = file.content;
    await page.goto(link); // the claim knows where it lies
    assert.match(await page.textContent('.three'), /You keep it/);
  });

  await test('an address more, and what was awarded to it is found', async () => {
    const { page, keys } = aase;
    await page.goto(`${site.url}/account/addresses`);
    await look(page, 'addresses');
    await keys.write('aase.work@example.org', 'E-mail address');
    await keys.press('Mail the link');
    assert.match(await page.textContent('[role=status]'), /aase\.work@example\.org/);
    await page.goto(linkIn(await mailTo('aase.work@example.org', (mail) => mail.text.includes('/account/addresses/')), '/account/addresses/'));
    await look(page, 'address-link');
    await keys.press('Add it to my account');
    assert.equal(new URL(page.url()).pathname, '/wallet');
    assert.equal(await page.textContent('#offers'), 'One more was awarded to you.');
    await look(page, 'wallet-offers');
    await keys.press(/^See it and keep it/);
    assert.match(await heading(page), /^Well done, Åse/);
    await keys.press('Accept and keep it');
    await keys.press('Keep it in Merit');
    assert.match(page.url(), /\/wallet\/items\//);
  });

  await test('what she has as cards, time line and table; the sum of what was awarded', async () => {
    const { page, keys } = aase;
    await page.goto(`${site.url}/wallet`);
    assert.equal(await heading(page), 'You keep 2 credentials.');
    assert.equal(await page.locator('#offers').count(), 0);
    await look(page, 'wallet-cards');
    await keys.press('Time line');
    assert.match(await page.textContent('main'), /2026.*Wound care.*Working with textiles/s);
    await look(page, 'wallet-timeline');
    await keys.press('Table');
    assert.equal(await page.locator('tbody tr').count(), 2);
    await look(page, 'wallet-table');
    await keys.write('wound', 'Search by title, issuer or name');
    await keys.press('Search');
    assert.equal(await page.locator('tbody tr').count(), 1);
    await keys.write('pottery', 'Search by title, issuer or name');
    await keys.press('Search');
    assert.match(await page.textContent('[role=status]'), /Nothing that you keep/);
    assert.match(await page.textContent('section[aria-labelledby=totals]'), /Credit awarded\s*\d+(\.\d+)? ECTS.*hours.*never turned into credit/s);
  });

  await test('a file from elsewhere is verified and kept with its report', async () => {
    const { page, keys } = aase;
    await keys.press('Add one from elsewhere');
    await look(page, 'add');
    await page.setInputFiles('#file', { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Dear diary') });
    await keys.press('Verify and keep it');
    assert.match(await page.textContent('[role=alert]'), /is no credential/);
    await page.setInputFiles('#file', { name: 'mine.jsonld', mimeType: 'application/json', buffer: european });
    await keys.press('Verify and keep it');
    assert.match(await page.textContent('[role=status]'), /kept, with the report of today/);
    assert.match(await page.textContent('main'), /From elsewhere.*test seal/s);
    await look(page, 'item-elsewhere');
    await keys.press('All');
    assert.equal(await heading(page), 'You keep 3 credentials.');
    assert.match(await page.textContent('section[aria-labelledby=totals]'), /In no sum/);
  });

  await test('a collection in her own order', async () => {
    const { page, keys } = aase;
    await keys.press('Collections');
    await look(page, 'collections-none');
    await keys.write('For nursing jobs', 'Name');
    await keys.press('Make it');
    assert.equal(await heading(page), 'For nursing jobs');
    await keys.press('Put it in');
    await keys.press('Put it in');
    assert.equal(await page.locator('tbody tr').count(), 2);
    const first = await page.locator('tbody tr th a').first().textContent();
    await keys.reach(/^Down: /);
    await keys.press(/^Down: /);
    assert.equal(await page.locator('tbody tr th a').last().textContent(), first);
    await look(page, 'collection');
    await keys.press(/^Take out: /);
    assert.equal(await page.locator('tbody tr').count(), 1);
  });

  // ---- sharing ----

  const recipient = async () => open(browser, { locale: 'en-GB', javaScriptEnabled: scripts });
  let hospital, shared;
  await test('she sees what they will see before the link is made', async () => {
    const { page, keys } = aase;
    await page.goto(mine);
    assert.match(await page.textContent('aside'), /Nobody sees it but you/);
    await keys.press('Share by a link');
    assert.equal(await heading(page), 'Share by a link');
    await look(page, 'share-form');
    await keys.write('Nordhospitalet (invented)', 'For whom is it?');
    await keys.press('See what they will see');
    assert.match(await page.textContent('.group'), /Åse Prøvesen shares a credential with you.*For “Nordhospitalet \(invented\)”/s);
    assert.equal(await page.locator('.group a[download]').count(), 0); // a preview gives nothing away
    await look(page, 'share-preview');
    await keys.press('Change something');
    assert.equal(await page.inputValue('#label'), 'Nordhospitalet (invented)');
    await keys.press('See what they will see');
    await keys.press('Make the link');
    assert.match(await page.textContent('[role=status]'), /Nobody but you has it yet/);
    assert.match(await page.textContent('main'), /Not opened yet/);
    await look(page, 'share');
    hospital = page.url().split('?')[0];
    shared = site.url + await page.getAttribute('#link', 'href');
    assert.equal(await page.textContent('#link'), shared);
    const letter = new URL(await page.getAttribute('a[href^="mailto:"]', 'href'));
    assert.match(letter.searchParams.get('body'), new RegExp(shared.replaceAll('/', '\\/')));
    const profile = new URL(await page.getAttribute('a[href^="https://www.linkedin.com/"]', 'href'));
    assert.equal(profile.searchParams.get('certUrl'), shared);
    assert.equal(profile.searchParams.get('issueYear'), '2026');
    assert.equal(profile.searchParams.get('issueMonth'), '10');
    assert.equal(profile.searchParams.get('certId'), null);
    assert.equal(await page.evaluate(() => document.querySelector('img.qr').naturalWidth > 0), true);
  });

  await test('whoever has the link reads the verdict, and takes the file as it was sealed', async () => {
    const page = await recipient();
    const answer = await page.goto(shared);
    assert.equal(await heading(page), 'Åse Prøvesen shares a credential with you');
    assert.match(await page.textContent('main'), /That it was opened is noted.*Nothing is noted about you or your device/s);
    assert.match(await page.textContent('.verdict'), /seal/);
    assert.match(answer.headers()['x-robots-tag'], /noindex/);
    assert.equal(answer.headers()['referrer-policy'], 'no-referrer');
    assert.equal(answer.headers()['cache-control'], 'no-store');
    await look(page, 'shared');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[href$="/file/1/european"]')]);
    assert.ok(readFileSync(await download.path()).equals(european));
    for (let again = 0; again < 3; again++) await page.reload();
    await page.context().close();
    const wrong = shared.replace(/.{32}$/, 'A'.repeat(32));
    assert.equal((await fetch(wrong)).status, 404);
    assert.equal((await fetch(shared, { method: 'HEAD' })).status, 200);
  });

  await test('she sees that it was opened, once', async () => {
    const { page, keys } = aase;
    await page.goto(shared);
    assert.match(await page.textContent('[role=status]'), /your own link/);
    await page.goto(hospital);
    assert.match(await page.textContent('main'), /Opened once/);
    assert.equal(await page.locator('main .two ul').first().locator('li').count(), 1);
    await keys.press('Your links');
    assert.match(await page.textContent('tbody'), /Nordhospitalet.*Wound care.*Works until.*Opened once.*Last on/s);
    await look(page, 'shares');
  });

  await test('parts that she unticks are not in what is shown', async () => {
    const { page, keys } = aase;
    await keys.press('Share something');
    await look(page, 'share-choose');
    await keys.tick(/^Wound care(?!.*From elsewhere)/);
    await keys.press('Go on');
    await keys.write('A course that needs no name', 'For whom is it?');
    await keys.hit('Show only some of it');
    await look(page, 'share-parts');
    for (const part of [/^Name/, /^Given name/, /^Family name/, /^Date of birth/]) {
      if (!await page.locator('input[type=checkbox]:checked').evaluateAll((boxes, source) => boxes.some((box) => new RegExp(source).test(box.labels[0].textContent.trim())), part.source)) continue;
      await keys.reach(part);
      await page.keyboard.press('Space');
    }
    await keys.press('See what they will see');
    assert.doesNotMatch(await page.textContent('.group'), /Prøvesen|Åse/);
    await look(page, 'share-preview-parts');
    await keys.press('Make the link');
    const link = site.url + await page.getAttribute('#link', 'href'), other = await recipient();
    await other.goto(link);
    assert.equal(await heading(other), 'A credential is shared with you');
    assert.doesNotMatch(await other.content(), /Prøvesen|Åse/);
    assert.equal(await other.locator('a[download]').count(), 1);
    const [download] = await Promise.all([other.waitForEvent('download'), other.click('a[download]')]);
    assert.match(download.suggestedFilename(), /\.sd-jwt$/);
    for (const form of ['european', 'certificate', 'wallet', 'original']) assert.equal((await other.request.get(`${link}/file/1/${form}`)).status(), 404, form);
    await look(other, 'shared-parts');
    await other.context().close();
  });

  await test('she stops it, and whoever opens it reads that it is over and no more', async () => {
    const { page, keys } = aase, other = await recipient();
    await other.goto(shared);
    await page.goto(hospital);
    await keys.press('Stop the link');
    assert.match(await page.textContent('[role=status]'), /The link is stopped/);
    await look(page, 'share-stopped');
    assert.equal((await other.reload()).status(), 410);
    assert.equal(await heading(other), 'This link is over');
    assert.doesNotMatch(await other.content(), /Prøvesen|Åse|Wound|Nordhospitalet/);
    await look(other, 'shared-over');
    assert.equal((await other.request.get(`${shared}/file/1/european`)).status(), 410);
    await page.fill('#until', '2019-01-01');
    await keys.press('Let it work again');
    assert.match(await page.textContent('[role=alert]'), /from today until 2 years from now/);
    await page.fill('#until', '');
    await keys.press('Let it work again');
    assert.match(await page.textContent('[role=status]'), /works until/);
    assert.equal((await other.reload()).status(), 200);
    await other.context().close();
  });

  await test('a whole collection under one link, each with its own verdict', async () => {
    const { page, keys } = aase;
    await page.goto(`${site.url}/wallet/collections`);
    await keys.press('For nursing jobs');
    await keys.press('Put it in');
    await keys.press('Share this collection');
    await keys.write('Two at once', 'For whom is it?');
    await keys.press('See what they will see');
    assert.match(await page.textContent('.group h2'), /shares 2 credentials with you/);
    await keys.press('Make the link');
    const other = await recipient();
    await other.goto(site.url + await page.getAttribute('#link', 'href'));
    assert.equal(await other.locator('.verdict').count(), 2);
    await look(other, 'shared-two');
    await Promise.all([other.waitForNavigation(), other.locator('.verdict a').last().click()]);
    assert.equal(await other.locator('.verdict').count(), 1);
    assert.match(await other.textContent('main'), /Learning outcomes/);
    await look(other, 'shared-second');
    await other.context().close();
  });

  await test('removing says what goes and what remains', async () => {
    const { page, keys } = aase;
    await page.goto(`${site.url}/wallet?view=table&q=circular`);
    await keys.press(/^Working with textiles/);
    await keys.press('Remove it');
    assert.match(await page.textContent('main'), /keeps its own record.*cannot be undone/s);
    await look(page, 'remove');
    await keys.press('Remove it for good');
    assert.match(await page.textContent('[role=status]'), /It is removed/);
  });

  await test('a code on paper: accepted without an address, kept by a link to the one that she gives', async () => {
    const { page, keys } = await learner();
    await page.goto(`${site.url}/claim`);
    await keys.reach(/code/i);
    await page.keyboard.type(codes[0]);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    assert.match(await heading(page), /^Well done, Søren/);
    await keys.press('Accept and keep it');
    await keys.press('Keep it in Merit');
    await look(page, 'keep');
    await keys.write('soren.own@example.org', 'Your e-mail address');
    await keys.press('Mail me the link');
    assert.match(await page.textContent('[role=status]'), /soren\.own@example\.org/);
    await look(page, 'keep-sent');
    await page.goto(linkIn(await mailTo('soren.own@example.org'), '/wallet/begin/'));
    await look(page, 'begin');
    await keys.press('Open my account');
    assert.match(await page.textContent('.sheet'), /Søren Prøve/);
    const again = await learner();
    await again.page.goto(`${site.url}/claim`);
    await again.keys.reach(/code/i);
    await again.page.keyboard.type(codes[0]);
    await Promise.all([again.page.waitForNavigation(), again.page.keyboard.press('Enter')]);
    assert.match(await again.page.textContent('main'), /used/);
    await again.page.context().close();
    // another learner's item is no page of his
    const mine = (await aase.page.goto(`${site.url}/wallet`), await aase.page.locator('a[href^="/wallet/items/"]').first().getAttribute('href'));
    for (const path of [mine, `${mine}/file/european`, `${mine}/remove`]) assert.equal((await page.request.get(site.url + path)).status(), 404, path);
    await page.context().close();
  });

  await test('an empty account teaches how it is filled', async () => {
    const { page, keys } = aase;
    for (let left = 2; left > 0; left--) {
      await page.goto(`${site.url}/wallet?view=table`);
      await Promise.all([page.waitForNavigation(), page.locator('tbody tr a').first().click()]);
      await keys.press('Remove it');
      await keys.press('Remove it for good');
    }
    assert.equal(await heading(page), 'Nothing is kept here yet.');
    await look(page, 'wallet-empty');
    assert.deepEqual(page.complaints, []);
  });

  // She leaves with everything, and is forgotten.
  await (async () => {
    let page, keys, claim;
    await test('what is kept about her is told, and the use of a record restricted', async () => {
      ({ page, keys } = await learner());
      claim = linkIn(await mailTo('thora@example.org', (mail) => mail.text.includes('/claim/')), '/claim/');
      await page.goto(claim);
      await keys.press('Accept and keep it');
      await keys.press('Keep it in Merit');
      await page.goto(`${site.url}/account/data`);
      assert.match(await page.textContent('main'), /Your account: name.*Until you erase your account.*Article 6/s);
      await look(page, 'my-data');
      await keys.press(/^Restrict the use: Wound care/);
      await look(page, 'restrict');
      await keys.reach(/^What is it about/);
      await page.keyboard.type('Somebody else took the test.');
      await keys.press('Restrict it');
      assert.match(await page.textContent('[role=status]'), /restricted, and the provider was told/);
      await office.goto(linkIn(await mailTo('regitze@example.org', (mail) => /record to restrict/.test(mail.subject)), '/provider/achievements/'));
      assert.match(await office.textContent('main'), /This record is restricted.*Somebody else took the test/s);
      await look(office, 'office-restricted');
      await keys.press(/^Lift the restriction: Wound care/);
      assert.match(await page.textContent('[role=status]'), /restriction is lifted/);
    });

    await test('everything in one archive, which verifies where Merit has never been set up', async () => {
      await keys.reach('Download everything');
      const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
      assert.equal(download.suggestedFilename(), 'my-data-1.zip');
      const folder = join(work, 'my-data'), home = join(work, 'empty-home');
      mkdirSync(home, { recursive: true });
      execFileSync('python3', ['-m', 'zipfile', '-e', await download.path(), folder]);
      const files = readdirSync(join(folder, 'credentials'), { recursive: true }).filter((name) => /\.\w+$/.test(name));
      assert.ok(files.length >= 3, files.join());
      for (const name of files) {
        const done = spawnSync(resolve(process.argv[2]), ['verify', '--json', join(folder, 'credentials', name)], { cwd: home, env: { HOME: home, PATH: process.env.PATH, LC_ALL: 'C.UTF-8' }, encoding: 'utf8' });
        const checks = JSON.parse(done.stdout).checks;
        assert.deepEqual(checks.filter((check) => check.state === 'failed'), [], name);
        assert.equal(checks.find((check) => check.code === 'seal').state, 'passed', name);
      }
      assert.match(readFileSync(join(folder, 'README.txt'), 'utf8'), /merit verify/);
    });

    await test('her account is erased: before it is told what goes and what stays, after it nothing opens', async () => {
      await keys.press('See what would happen');
      assert.match(await page.textContent('main'), /What goes.*1 credential.*What stays, and where.*Aarhus School of Nursing.*Backups/s);
      await look(page, 'erase');
      await keys.write('thora@example.com', 'Type the address of your account');
      await keys.press('Erase my account for good');
      assert.match(await page.textContent('[role=alert]'), /Nothing was erased/);
      await keys.write('thora@example.org', 'Type the address of your account');
      await keys.press('Erase my account for good');
      assert.equal(await heading(page), 'Your account is erased');
      await look(page, 'erased');
      assert.match((await mailTo('thora@example.org', (mail) => /is erased/.test(mail.subject))).text, /Aarhus School of Nursing/);
      await page.goto(claim);
      assert.doesNotMatch(await page.textContent('main'), /Þóra/);
      assert.equal((await page.goto(`${site.url}/account/data`)).status(), 403);
      await page.context().close();
    });
  })();

  await test('the focus was seen at every stop', async () => assert.ok(aase.keys.stops > 100, `${aase.keys.stops} stops`));
}, { words: ['--smtp', `smtp://127.0.0.1:${post.port}`, '--mail-from', 'post@merit.example.org', ...(base.url ? ['--database', base.url] : [])] });
await post.close();
await base.close();
