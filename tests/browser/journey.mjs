// The whole way, as people go it: from the front page to the office, a table of results with good and bad rows, sealing, the links, the learner's
// page, her files, and the verify page. With scripts and without, on a desktop and on a phone. Pictures of every page land in the work folder.
import { openSync, closeSync, ftruncateSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { faults, open, root, run, sideways } from './site.mjs';

const table = (name) => `name,birth date,e-mail,grade,date,cost centre
Ingrid Skovgaard ${name},1990-01-02,ingrid@example.org,Passed,2026-10-14,77
Þóra Ólafsdóttir ${name},1989-02-03,thora@example.org,Passed,2026-10-14,77
Nils Ågård ${name},31/02/1990,nils@example.org,Passed,2026-10-14,77
Ingrid Skovgaard ${name},02.01.1990,ingrid@example.org,Passed,2026-10-14,77
Mette Krogh Poulsen,1991-03-02,mette@example.org,Passed,2026-10-14,77
Tomasz Żółć ${name},1978-12-03,tomasz@example,Passed,2026-10-14,77
Sukarti ${name},,,Passed,,77
`;
const GIGABYTE = 2 ** 30;

run(async ({ site, browser, work, test, assert }) => {
  let pictures = 0;
  // Look at a page at both widths: accessible, not wider than the window; and keep a picture.
  const look = async (page, name) => {
    pictures++;
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: width > 400 ? 800 : 740 });
      assert.ok(await sideways(page) <= 0, `${name} is wider than ${width} pixels`);
      assert.deepEqual(await faults(page), [], `${name} at ${width} pixels`);
      await page.screenshot({ path: join(work, `${String(pictures).padStart(2, '0')}-${name}-${width}.png`), fullPage: true, animations: 'disabled' });
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  };
  const send = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
  const csv = (name, text) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  const upload = async (page, file, slug = 'wound-care-2026') => {
    await page.goto(`${site.url}/provider/specifications/${slug}`);
    await page.setInputFiles('#results-file', file);
    await send(page, 'form[data-drop] button');
  };
  const office = async (options = {}) => {
    const page = await open(browser, options);
    await page.goto(site.operator);
    return page;
  };
  const download = async (page, selector) => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
    return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
  };

  await test('from the front page to a verified credential, with scripts', async () => {
    const page = await open(browser);
    await page.goto(`${site.url}/`);
    await send(page, 'nav a:has-text("For providers")');
    assert.match(await page.textContent('h1'), /This part is for the provider/);
    await page.goto(site.operator);
    assert.equal(page.url(), `${site.url}/provider`); // the key stays in no address
    await look(page, 'office');
    await send(page, '.card a:has-text("Wound care with digital follow-up")');
    await look(page, 'specification');
    assert.match((await download(page, 'text=Download a sample table')).text, /^\uFEFF?given name,family name/);

    await page.setInputFiles('#results-file', csv('autumn.csv', table('A')));
    assert.equal(await page.textContent('[data-chosen]'), 'autumn.csv');
    await send(page, 'form[data-drop] button');
    assert.equal(await page.textContent('h1'), '7 rows read. 3 are ready to be sealed.');
    assert.match(await page.textContent('.lead'), /4 rows are left out: 2 refused, 1 duplicate, 1 who has it already/);
    const rows = page.locator('table').first().locator('tbody tr');
    assert.equal(await rows.count(), 4);
    assert.match(await rows.nth(0).textContent(), /4.*Nils Ågård A.*Refused.*31\/02\/1990/s);
    assert.match(await rows.nth(1).textContent(), /5.*Duplicate.*row 2/s);
    assert.match(await rows.nth(2).textContent(), /6.*Has it already.*14 October 2026/s);
    assert.match(await rows.nth(3).textContent(), /7.*Refused.*tomasz@example/s);
    assert.ok(await page.locator('img.certificate').evaluate(async (image) => { await image.decode(); return image.naturalWidth > 300; }));
    await page.click('#ready ~ details summary');
    assert.match(await page.textContent('#ready ~ details'), /Ingrid Skovgaard A.*Þóra Ólafsdóttir A.*Sukarti A/s);
    await look(page, 'preview');
    const refused = await download(page, 'text=Download the rows left out');
    assert.equal(refused.name, 'left-out.csv');
    assert.equal(refused.text.trim().split('\r\n').length, 5);

    await send(page, 'button:has-text("Seal 3")');
    await page.waitForSelector('h1:has-text("3 credentials are sealed.")');
    await look(page, 'links');
    const links = await download(page, 'text=Download the links');
    assert.match(links.text, /Þóra Ólafsdóttir A,thora@example.org,Not decided yet,http:/);
    const link = await page.locator('tr:has-text("Ingrid Skovgaard A") .copy a').getAttribute('href');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.reload();
    await page.click('tr:has-text("Ingrid Skovgaard A") button[data-copy]');
    await page.waitForSelector('button:has-text("Copied")');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);

    const learner = await open(browser);
    await learner.goto(link);
    assert.equal(await learner.textContent('h1'), 'Well done, Ingrid Skovgaard A. This is yours.');
    assert.match(await learner.textContent('.sheet'), /Aarhus School of Nursing.*Ingrid Skovgaard A.*Wound care with digital follow-up.*2 ECTS/s);
    await learner.click('summary:has-text("certificate")');
    assert.ok(await learner.locator('img.certificate').evaluate(async (image) => { await image.decode(); return image.naturalWidth > 300; }));
    await look(learner, 'claim');
    await send(learner, 'a:has-text("My name is wrong")');
    assert.ok(await learner.locator('a[href="mailto:credentials@nursing.example.org"]').isVisible());
    await send(learner, 'a:has-text("It is right as it is")');
    await send(learner, 'button:has-text("Accept")');
    assert.equal(await learner.textContent('h1'), 'It is yours, Ingrid Skovgaard A.');
    await look(learner, 'accepted');
    const european = await download(learner, 'a:has-text("Download the file")');
    await learner.click('summary:has-text("Other forms")');
    const jwt = await download(learner, 'a:has-text("Short form")');
    assert.match(european.name, /^wound-care-2026-[0-9a-f]{8}\.jsonld$/);
    assert.match(jwt.name, /^wound-care-2026-[0-9a-f]{8}\.jwt$/);

    await send(learner, 'a:has-text("Verify it yourself")');
    for (const file of [european, jwt]) {
      await learner.goto(`${site.url}/verify`);
      await learner.setInputFiles('#files', csv(file.name, file.text));
      await send(learner, 'form[data-drop] button');
      assert.equal(await learner.textContent('h1'), 'Sealed with a test seal, which proves nothing');
      assert.match(await learner.textContent('.verdict'), /awarded “Wound care with digital follow-up” .*to Ingrid Skovgaard A on 14 October 2026\. The seal is intact\./);
    }
    await learner.goto(`${site.url}/verify`);
    await learner.setInputFiles('#files', [european, jwt].map((file) => csv(file.name, file.text))); // two files at once
    await send(learner, 'form[data-drop] button');
    assert.equal(await learner.textContent('h1'), '2 files checked');
    await look(learner, 'verdicts');

    await page.reload();
    assert.match(await page.textContent('tr:has-text("Ingrid Skovgaard A")'), /Accepted/);
    assert.deepEqual(page.complaints.concat(learner.complaints), []);
    await learner.context().close();
    await page.context().close();
  });

  await test('the same without scripts, on a phone, in Danish', async () => {
    const options = { javaScriptEnabled: false, width: 360, viewport: { width: 360, height: 740 }, locale: 'da' };
    const page = await office(options);
    await send(page, '.card a:has-text("Sårpleje med digital opfølgning")');
    await page.setInputFiles('#results-file', csv('efterår.csv', table('B')));
    await send(page, 'form[data-drop] button');
    assert.equal(await page.textContent('h1'), '7 rækker læst. 3 er klar til at blive forseglet.');
    await send(page, 'button:has-text("Forsegl 3")');
    await page.waitForSelector('h1:has-text("3 beviser er forseglet.")', { timeout: 15000 }); // loaded anew by itself
    const link = await page.locator('tr:has-text("Þóra") .copy a').getAttribute('href');
    assert.equal(await page.locator('button[data-copy]:visible').count(), 0);
    const learner = await open(browser, options);
    await learner.goto(link);
    assert.equal(await learner.textContent('h1'), 'Godt gået, Þóra Ólafsdóttir B. Det er dit.');
    await send(learner, 'button:has-text("Tag imod")');
    const file = await download(learner, 'a:has-text("Hent filen")');
    await learner.goto(`${site.url}/verify`);
    await learner.setInputFiles('#files', csv(file.name, file.text));
    await send(learner, 'form[data-drop] button');
    assert.match(await learner.textContent('.verdict'), /Sårpleje med digital opfølgning/);
    await learner.context().close();
    await page.context().close();
  });

  await test('who declines is asked again, and then nothing is left', async () => {
    const page = await office();
    await upload(page, csv('one.csv', 'name,e-mail\nÅse Decline,aase@example.org\n'));
    assert.equal(await page.textContent('h1'), '1 row read. 1 is ready to be sealed.');
    await send(page, 'button:has-text("Seal 1")');
    await page.waitForSelector('h1:has-text("1 credential is sealed.")');
    const link = await page.locator('tr:has-text("Åse") .copy a').getAttribute('href');
    const learner = await open(browser);
    await learner.goto(link);
    await send(learner, 'a:has-text("Decline")');
    await look(learner, 'decline');
    await send(learner, 'a:has-text("Keep it for now")');
    await send(learner, 'a:has-text("Decline")');
    await send(learner, 'button:has-text("Decline and remove my copy")');
    assert.equal(await learner.textContent('h1'), 'You declined, and your copy is gone.');
    await look(learner, 'declined');
    await learner.goto(`${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`);
    assert.match(await learner.textContent('main'), /no page at this address/);
    await page.reload();
    assert.match(await page.textContent('tr:has-text("Åse")'), /Declined/);
    assert.deepEqual(page.complaints.concat(learner.complaints), []);
    await learner.context().close();
    await page.context().close();
  });

  await test('a credential is suspended, and withdrawn for good, and the learner sees it', async () => {
    const page = await office();
    await upload(page, csv('status.csv', 'name\nSaoirse Ní Bhriain\n'));
    await send(page, 'button:has-text("Seal 1")');
    await page.waitForSelector('h1:has-text("1 credential is sealed.")');
    const link = await page.locator('tr:has-text("Saoirse") .copy a').getAttribute('href');
    await send(page, 'tr:has-text("Saoirse") a:has-text("Withdraw or suspend")');
    await look(page, 'status');
    for (const [choice, question, done, state] of [['Suspend it', 'Suspend the credential of', 'Suspend it', 'Suspended since'],
      ['Withdraw it for good', 'Withdraw the credential of', 'Withdraw it for good', 'Withdrawn for good on']]) {
      await page.check(`label:has-text("${choice}") input`);
      await page.fill('#reason', 'awarded by mistake');
      await send(page, 'button:has-text("Go on")');
      assert.match(await page.textContent('h1'), new RegExp(`^${question} Saoirse Ní Bhriain`));
      await look(page, 'status-question');
      await send(page, `button:has-text("${done}")`);
      assert.match(await page.textContent('main'), new RegExp(`${state}.*awarded by mistake`, 's'));
      await look(page, 'status-changed');
    }
    assert.equal(await page.locator('main form').count(), 0);
    const learner = await open(browser);
    await learner.goto(link);
    assert.match(await learner.textContent('.notice'), /This credential was withdrawn on .*Only Aarhus School of Nursing/s);
    await look(learner, 'claim-withdrawn');
    await send(page, 'a:has-text("Back to the credentials")');
    assert.match(await page.textContent('tr:has-text("Saoirse")'), /Withdrawn.*When and why/s);
    assert.deepEqual(page.complaints.concat(learner.complaints), []);
    await learner.context().close();
    await page.context().close();
  });

  await test('a table that is none is answered at the form', async () => {
    const page = await office();
    await upload(page, csv('book.xlsx', 'PK\u0003\u0004 and so on'));
    assert.match(await page.textContent('[role=alert]'), /This workbook is damaged.*Nothing was kept/s);
    await look(page, 'workbook');
    await page.click('.languages summary');
    await page.click('a.tongue:has-text("Dansk")'); // the language, on the answer to a form
    await page.waitForLoadState();
    assert.match(await page.textContent('main'), /Læg resultater op/);
    await page.goto(`${site.url}/provider?lang=en`);
    await upload(page, csv('faulty.csv', readFileSync(join(root, 'docs/examples/faulty.csv'))));
    assert.match(await page.textContent('h1'), /^8 rows read\. None can be sealed yet\.$/);
    assert.equal(await page.locator('button:has-text("Seal")').count(), 0);
    await look(page, 'nothing-ready');
    await send(page, 'button:has-text("Discard")');
    assert.equal(await page.textContent('h1'), 'This upload was discarded.');
    await page.context().close();
  });

  await test('600 rows stay usable', async () => {
    const page = await office();
    const rows = Array.from({ length: 600 }, (_, i) => `Learner of Æbelø ${i},l${i}@example${i % 6 ? '.org' : ''}`);
    await upload(page, csv('many.csv', `name,e-mail\n${rows.join('\n')}\n`));
    assert.equal(await page.textContent('h1'), '600 rows read. 500 are ready to be sealed.');
    await look(page, 'many');
    await send(page, 'a[rel=next]:visible');
    assert.match(await page.textContent('main'), /Page 2 of 3/);
    await send(page, 'button:has-text("Seal 500")');
    const seen = new Set();
    for (let i = 0; i < 600 && !(await page.locator('h1:has-text("500 credentials are sealed.")').count()); i++) {
      seen.add(await page.evaluate(() => document.querySelector('progress')?.value).catch(() => undefined));
      if (i === 2) await page.screenshot({ path: join(work, 'sealing.png') });
      await page.waitForTimeout(100);
    }
    assert.equal(await page.textContent('h1'), '500 credentials are sealed.');
    assert.ok(seen.size > 1, 'progress was seen to move');
    await page.context().close();
  });

  await test('a specification is published only when all of it is answered', async () => {
    const page = await office();
    const good = JSON.parse(readFileSync(join(root, 'docs/examples/wound-care.json'), 'utf8')); // nobody publishes in another provider's name
    good.id = 'journey';
    const bad = { ...good };
    delete bad.learning_outcomes;
    delete bad.quality_assurance;
    const json = (value) => ({ name: 'journey.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(value)) });
    const draft = async (file) => {
      await page.goto(`${site.url}/provider/specifications/new`);
      await page.setInputFiles('#specification-file', file);
      await send(page, 'form[data-drop] button');
    };
    await draft(json(bad));
    assert.match(await page.textContent('#meter'), /^7 of 9/);
    assert.match(await page.textContent('main'), /“Learning outcomes” is not answered.*“Type of quality assurance” is not answered/s);
    assert.equal(await page.locator('button:has-text("Hand it in")').count(), 0);
    await look(page, 'faults');
    await draft(json(good));
    await send(page, 'button:has-text("Hand it in")');
    await send(page, 'button:has-text("Approve and publish")');
    assert.match(await page.textContent('[role=status]'), /Published/);
    await draft(json(good));
    assert.match(await page.textContent('main'), /is published already, and what is published never changes/);
    await page.context().close();
  });

  await test('in the dark and by keyboard', async () => {
    const page = await office({ colorScheme: 'dark' });
    await look(page, 'office-dark');
    await upload(page, csv('dark.csv', table('D')));
    await look(page, 'preview-dark');
    await page.focus('button:has-text("Seal 3")');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    await page.waitForSelector('h1:has-text("3 credentials are sealed.")');
    await look(page, 'links-dark');
    const learner = await open(browser, { colorScheme: 'dark' });
    await learner.goto(await page.locator('.copy a').first().getAttribute('href'));
    await look(learner, 'claim-dark');
    await learner.keyboard.press('Tab');
    assert.equal(await learner.evaluate(() => document.activeElement.textContent), 'Skip to the content');
    await learner.context().close();
    await page.context().close();
  });

  // ---- a gigabyte ----

  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${site.pid}/status`, 'utf8'))[1]) * 1024;
  // Send until the answer comes; how many bytes went out, and what the server held at most.
  const pour = (headers) => new Promise((done, fail) => {
    const piece = Buffer.alloc(1 << 20, 'x');
    let sent = 0, most = 0, status = 0, text = '';
    const call = request(`${site.url}/verify`, { method: 'POST', headers: { 'Content-Type': 'multipart/form-data; boundary=x', ...headers } });
    const end = () => done({ status, text, sent, most });
    call.on('response', (answer) => {
      status = answer.statusCode;
      answer.setEncoding('utf8').on('data', (more) => { text += more; }).on('end', () => { call.destroy(); end(); });
    });
    call.on('error', (error) => (status ? end() : fail(error)));
    const more = () => {
      most = Math.max(most, memory());
      if (status || sent >= GIGABYTE || call.destroyed) return;
      sent += piece.length;
      call.write(piece, () => setImmediate(more));
    };
    more();
  });

  await test('a gigabyte is refused with a page, and costs the server nothing', async () => {
    const before = memory();
    for (const headers of [{ 'Content-Length': GIGABYTE }, { 'Transfer-Encoding': 'chunked' }]) {
      const answer = await pour(headers);
      assert.equal(answer.status, 413, JSON.stringify(headers));
      assert.match(answer.text, /larger than this installation takes at once/);
      assert.ok(answer.most - before < 24 * 2 ** 20, `the server grew by ${(answer.most - before) >> 20} MiB`);
    }
    const huge = join(work, 'huge.json');
    const fd = openSync(huge, 'w');
    ftruncateSync(fd, GIGABYTE);
    closeSync(fd);
    const page = await open(browser);
    await page.goto(`${site.url}/verify`);
    await page.setInputFiles('#files', huge);
    await Promise.all([page.waitForNavigation({ timeout: 120000 }), page.click('form[data-drop] button')]);
    assert.match(await page.textContent('main'), /larger than this installation takes at once/);
    assert.ok(memory() - before < 24 * 2 ** 20, `the server grew by ${(memory() - before) >> 20} MiB`);
    await page.goto(`${site.url}/verify`);
    assert.equal(await page.textContent('h1'), 'Is it genuine?');
    writeFileSync(huge, '');
    await page.context().close();
  });
});
