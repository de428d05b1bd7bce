// The registrar's way after the preview: sealing at a time, counters, searching, many statuses, one learner by form, a correction, a validation, settings, numbers.
// By mouse and by the API's own answers; every page is looked at at two widths and by axe.
import { faults, open, run, sideways } from './site.mjs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const table = 'name,birth date,e-mail,grade\nIngrid Award,1990-01-02,ingrid@example.org,Passed\nÞóra Award,1989-02-03,thora@example.org,Passed\nSukarti Award,,,Passed\n';

run(async ({ site, browser, work, test, assert }) => {
  let pictures = 0;
  const look = async (page, name) => {
    pictures++;
    for (const width of [1440, 360]) {
      await page.setViewportSize({ width, height: 800 });
      assert.ok(await sideways(page) <= 0, `${name} is wider than ${width} pixels`);
      assert.deepEqual(await faults(page), [], `${name} at ${width} pixels`);
      await page.screenshot({ path: join(work, `${String(pictures).padStart(2, '0')}-${name}-${width}.png`), fullPage: true, animations: 'disabled' });
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  };
  const send = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
  const specification = `${site.url}/provider/specifications/wound-care-2026`;
  const page = await open(browser);
  await page.goto(site.operator);
  const upload = async (text) => {
    await page.goto(specification);
    await page.setInputFiles('#results-file', { name: 'autumn.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await send(page, 'form[data-drop] button');
  };

  await test('a batch is sealed at a time that can be changed and stopped', async () => {
    await upload(table);
    await page.click('summary:has-text("Seal at a date and time")');
    await page.fill('#seal-at', '2020-01-01T09:00');
    await send(page, 'form[action$="/schedule"] button');
    assert.equal(await page.getAttribute('#seal-at', 'aria-invalid'), 'true');
    assert.equal(await page.inputValue('#seal-at'), '2020-01-01T09:00'); // what was typed is kept
    await look(page, 'time-wrong');
    const soon = new Date(Date.now() + 40 * 86400000).toISOString().slice(0, 11) + '09:00';
    await page.fill('#seal-at', soon);
    await page.selectOption('#seal-zone', 'Europe/Copenhagen');
    await send(page, 'form[action$="/schedule"] button');
    assert.match(await page.textContent('main'), /will be sealed by itself on .*09:00 \(Europe\/Copenhagen\)/);
    assert.match(await page.textContent('main'), /Signed off by the operator of this server/);
    await look(page, 'time-set');
    await page.click('summary:has-text("Seal at a date and time")');
    await send(page, 'button:has-text("Do not seal then")');
    assert.doesNotMatch(await page.textContent('main'), /will be sealed by itself/);
  });

  await test('what was sealed is counted, found by name, and mailed', async () => {
    await send(page, 'button:has-text("Seal 3")');
    await page.waitForSelector('h1:has-text("3 credentials are sealed.")');
    assert.match(await page.textContent('main'), /2 learners of this batch have an address; the mails with their links have been queued/);
    await look(page, 'sealed');
    await page.fill('#name', 'ÞÓRA');
    await send(page, 'form[role=search] button');
    assert.equal(await page.locator('tbody tr').count(), 1);
    assert.match(await page.textContent('tbody'), /Þóra Award/);
    await page.fill('#name', '<script>alert(1)</script>');
    await send(page, 'form[role=search] button');
    assert.equal(await page.inputValue('#name'), '<script>alert(1)</script>');
    assert.match(await page.textContent('main'), /No learner of this batch has such a name/);
  });

  await test('several are suspended at once, after one more question', async () => {
    await page.fill('#name', '');
    await send(page, 'form[role=search] button');
    const batch = page.url();
    await send(page, 'button:has-text("those chosen")');
    assert.match(await page.textContent('[role=alert]'), /No credential is chosen/);
    await page.goto(batch);
    await page.check('input[name=id] >> nth=0');
    await page.check('input[name=id] >> nth=1');
    await send(page, 'button:has-text("those chosen")');
    assert.equal(await page.textContent('h1'), '2 credentials are chosen');
    await look(page, 'many');
    await page.check('input[value=suspended]');
    await page.selectOption('#code', 'review');
    await page.fill('#reason', 'under appeal');
    await send(page, 'button:has-text("Go on")');
    await look(page, 'many-ask');
    await send(page, 'button:has-text("Suspend them")');
    assert.equal(await page.locator('.state:has-text("Suspended")').count(), 2);
  });

  await test('one learner is awarded by a form that keeps what was typed', async () => {
    await page.goto(`${specification}/award`);
    await look(page, 'award');
    await page.fill('#award-name', 'Mette Award');
    await page.fill('#award-birth_date', '31/02/1990');
    await send(page, 'button:has-text("Award and seal")');
    assert.equal(await page.inputValue('#award-name'), 'Mette Award');
    assert.equal(await page.getAttribute('#award-birth_date', 'aria-invalid'), 'true');
    await look(page, 'award-wrong');
    await page.fill('#award-birth_date', '1990-02-01');
    await send(page, 'button:has-text("Award and seal")');
    assert.equal(await page.textContent('h1'), 'Mette Award');
    await look(page, 'achievement');
    await page.goto(`${specification}/award`);
    await page.fill('#award-name', 'Mette Award');
    await page.fill('#award-birth_date', '1990-02-01');
    await send(page, 'button:has-text("Award and seal")');
    await send(page, 'a:has-text("See that achievement")');
    assert.equal(await page.textContent('h1'), 'Mette Award');
  });

  await test('a wrong grade is corrected: the old one is withdrawn, the new one is there', async () => {
    const old = page.url();
    await send(page, 'a:has-text("Correct and replace")');
    assert.equal(await page.inputValue('#award-birth_date'), '1990-02-01');
    await look(page, 'replace');
    await page.fill('#award-grade', '12');
    await page.fill('#reason', 'another grade');
    await send(page, 'button:has-text("Seal the corrected one")');
    assert.match(await page.textContent('main'), /It is sealed.*Takes the place of a credential that was wrong/s);
    await page.goto(old);
    assert.match(await page.textContent('.lead'), /Withdrawn/);
    await send(page, 'a:has-text("Replaced by a corrected credential")');
    assert.match(await page.textContent('.facts'), /12/);
  });

  await test('prior learning is validated with evidence, decided, awarded', async () => {
    await page.goto(`${specification}/validations`);
    await page.fill('#award-name', 'Ana Award');
    await page.fill('#claim', 'Ten years in a clinic.\n<b>Bold</b>');
    await send(page, 'button:has-text("Open it")');
    await page.setInputFiles('#evidence-file', { name: 'bedømmelse.html', mimeType: 'text/html', buffer: Buffer.from('<script>alert(1)</script>') });
    await send(page, 'button:has-text("Add")');
    await look(page, 'validation');
    const file = await page.request.get(site.url + await page.getAttribute('#evidence tbody a', 'href'));
    assert.equal(file.headers()['content-type'], 'text/plain; charset=utf-8');
    assert.match(file.headers()['content-disposition'], /^attachment; filename="bed__mmelse\.html"; filename\*=UTF-8''bed%C3%B8mmelse\.html$/);
    assert.match(file.headers()['content-security-policy'], /sandbox/);
    assert.equal(await file.text(), '<script>alert(1)</script>');
    await page.check('input[value=accept]');
    await page.fill('#reasons', 'Shown by the report.');
    await page.fill('#assessor', 'Karin Test, head of school');
    await send(page, 'button:has-text("Record the decision")');
    await send(page, 'button:has-text("Award and seal")');
    assert.match(await page.textContent('main'), /Awarded on a validation of prior learning/);
    await page.goto(`${specification}/validations`);
    assert.match(await page.textContent('tbody'), /Ana Award.*Accepted/s);
    await look(page, 'validations');
  });

  await test('settings, numbers and endings', async () => {
    await page.goto(`${site.url}/provider/award-settings`);
    await page.fill('#remind', '7, 30');
    await send(page, 'button:has-text("Save")');
    assert.equal(await page.inputValue('#remind'), '7, 30');
    assert.match(await page.textContent('[role=alert]'), /the longest first/);
    await page.fill('#remind', '60, 14');
    await send(page, 'button:has-text("Save")');
    assert.equal(await page.inputValue('#remind'), '60, 14');
    await look(page, 'settings');
    await page.goto(`${specification}/numbers`);
    await look(page, 'numbers');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Download as a table')]);
    assert.match(readFileSync(await download.path(), 'utf8'), /Month,Version,Awarded,.*\r\n\d{4}-\d\d,2026\.1,\d+,/s);
    await page.goto(`${site.url}/provider/ending`);
    await look(page, 'ending');
  });

  await test('programs do the same: award, refuse, correct, suspend, count', async () => {
    const token = site.operator.split('/').pop();
    const call = async (method, path, data) => {
      const answer = await page.request.fetch(`${site.url}/api/v1${path}`, { method, data, headers: { authorization: `Bearer ${token}` } });
      const text = await answer.text();
      return { status: answer.status(), body: text ? JSON.parse(text) : null };
    };
    const learner = { specification: 'wound-care-2026', name: 'Api Award', email: 'api@example.org', mail: true };
    const first = await call('POST', '/achievements', learner);
    assert.equal(first.status, 201);
    assert.match(first.body.link, /\/claim\//);
    const again = await call('POST', '/achievements', learner);
    assert.deepEqual([again.status, again.body.detail], [409, first.body.id]);
    for (const [fault, element] of [[{ birth_date: '31/02/1990' }, 'birth_date'], [{ name: '' }, 'name']]) {
      const wrong = await call('POST', '/achievements', { ...learner, ...fault });
      assert.equal(wrong.status, 400);
      assert.deepEqual(wrong.body.findings.map((f) => f.element), [element]);
    }
    const right = await call('POST', `/achievements/${first.body.id}/replace`, { name: 'Api Awarded', email: learner.email, reason: 'a name' });
    assert.equal(right.status, 201);
    const old = await call('GET', `/achievements/${first.body.id}`);
    assert.deepEqual([old.body.status, old.body.replaced_by], ['revoked', right.body.id]);
    const many = await call('POST', '/achievements/status', { ids: [first.body.id, right.body.id], status: 'suspended', code: 'review', reason: 'under appeal' });
    assert.deepEqual(many.body, { changed: 1, unchanged: 1 });
    const { body } = await call('GET', `/achievements/${right.body.id}`);
    const counts = await call('GET', `/batches/${body.batch}/counts`);
    assert.ok(counts.body.suspended >= 1 && counts.body.revoked >= 1);
    const found = await call('GET', `/batches/${body.batch}/achievements?name=${encodeURIComponent('api award')}`);
    assert.equal(found.body.items.length, 2);
    assert.equal((await call('POST', '/evidence', { kind: 'achievement', object: right.body.id, name: 'a.txt', content: 'YWJj' })).status, 201);
    const claim = await call('POST', '/specifications/wound-care-2026/validations', { name: 'Api Ana', claim: 'At work' });
    assert.equal((await call('POST', `/validations/${claim.body.id}/decision`, { accept: false, reasons: 'Not shown', assessor: 'Karin' })).status, 204);
    assert.equal((await call('GET', `/validations/${claim.body.id}`)).body.state, 'refused');
    assert.equal((await call('POST', `/validations/${claim.body.id}/award`, {})).status, 409);
    const setting = await call('GET', '/award-settings');
    assert.deepEqual(setting.body.remind_days, [60, 14]);
    assert.equal((await call('POST', '/award-settings', { ...setting.body, remind_days: [7, 30] })).status, 413);
    assert.ok((await call('GET', '/specifications/wound-care-2026/numbers')).body.awarded > 0);
    assert.deepEqual((await call('GET', '/achievements/ending?days=30')).body.items, []);
    assert.equal((await call('GET', '/achievements/01900000-0000-7000-8000-000000000000')).status, 404);
  });

  await test('the browser had nothing to complain of', async () => assert.deepEqual(page.complaints, []));
});
