// What providers show: an opportunity from the office to the catalogue, search and filters with and without scripts, the provider's page, consent of a partner by its link.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { faults, open, run, sideways } from './site.mjs';

const script = '"><script>window.ran = true</script><img src=x onerror="window.ran = true">';

run(async ({ site, browser, test, assert }) => {
  const look = async (page, where) => {
    assert.deepEqual(await faults(page), [], where);
    assert.ok(await sideways(page) <= 0, `${where} is wider than the window`);
    assert.deepEqual(page.complaints, [], where);
    assert.equal(await page.evaluate(() => window.ran), undefined, `${where} ran a script of others`);
    const html = (await page.content()).length;
    assert.ok(html <= 60 * 1024, `${where}: ${html} bytes`);
  };
  const press = (page, name) => Promise.all([page.waitForNavigation(), page.click(`main button:has-text("${name}")`)]);
  const office = async (options) => {
    const page = await open(browser, options);
    await page.goto(site.operator);
    return page;
  };
  let opportunity;

  await test('who the organisation is: faults stand at the field, and what was typed is kept', async () => {
    const page = await office({ width: 360, javaScriptEnabled: true });
    await page.goto(`${site.url}/provider/organisation`);
    await page.selectOption('#kind', 'vocational');
    await page.fill('#f-vat', 'nonsense');
    await page.fill('#f-address_en', script);
    await press(page, 'Save');
    assert.match(await page.textContent('[role=alert]'), /is not a VAT number/);
    assert.equal(await page.inputValue('#f-vat'), 'nonsense');
    assert.equal(await page.inputValue('#f-address_en'), script);
    assert.equal(await page.inputValue('#kind'), 'vocational');
    assert.equal(await page.getAttribute('#f-vat', 'aria-invalid'), 'true');
    await look(page, 'organisation with a fault');
    await page.fill('#f-vat', 'DK12345678');
    await press(page, 'Save');
    assert.match(await page.textContent('[role=status]'), /Saved/);
    await look(page, 'organisation');
    await page.click('text=See the public page');
    assert.match(await page.textContent('main'), /Vocational school, Denmark/);
    assert.match(await page.textContent('aside'), /onerror/);
    await look(page, 'provider');
    await page.context().close();
  });

  await test('another language is added without scripts, and nothing typed is lost', async () => {
    const page = await office({ javaScriptEnabled: false });
    await page.goto(`${site.url}/provider/organisation/statements/recognition`);
    await page.fill('#f-version', '2026');
    await page.fill('#f-valid_from', '2026-01-01');
    await page.fill('#f-text_en', 'We recognise what others award.\nIt takes four weeks.');
    await page.selectOption('#f-add-tongue', 'da');
    await press(page, 'Add the language');
    assert.equal(await page.inputValue('#f-version'), '2026');
    assert.equal((await page.inputValue('#f-text_en')).replace(/\r/g, ''), 'We recognise what others award.\nIt takes four weeks.');
    await page.fill('#f-text_da', 'Vi anerkender, hvad andre tildeler.');
    await press(page, 'Publish this version');
    assert.match(await page.textContent('[role=status]'), /Published/);
    await page.fill('#f-version', '2026');
    await page.fill('#f-valid_from', '2026-01-01');
    await page.fill('#f-text_en', 'Again.');
    await press(page, 'Publish this version');
    assert.match(await page.textContent('[role=alert]'), /already/);
    await page.goto(`${site.url}/specifications/wound-care-2026?lang=da`);
    assert.match(await page.textContent('main'), /Vi anerkender, hvad andre tildeler/);
    await page.context().close();
  });

  await test('an opportunity: like its specification at first, all faults at once, shown when open', async () => {
    const page = await office();
    await page.goto(`${site.url}/provider/specifications/wound-care-2026`);
    await page.click('text=Change these, or add one');
    assert.match(await page.textContent('main'), /No opportunity yet/);
    await look(page, 'no opportunities');
    await press(page, 'Describe the opportunity');
    assert.equal(await page.inputValue('#f-time_zone'), 'Europe/Copenhagen');
    assert.equal(await page.inputValue('#f-mode'), 'blended');
    assert.equal(await page.inputValue('#f-languages_1'), 'da');
    await page.fill('#f-start', '2099-02-01');
    await page.fill('#f-end', '2099-01-01');
    await page.fill('#f-price', 'a lot');
    await page.fill('#f-place', script);
    await press(page, 'Save');
    assert.equal(await page.locator('[role=alert] li').count(), 2);
    await look(page, 'opportunity with faults');
    assert.equal(await page.inputValue('#f-price'), 'a lot');
    await page.fill('#f-end', '2099-04-01');
    await page.fill('#f-price', '1200,50');
    await page.selectOption('#f-state', 'open');
    await press(page, 'Save');
    assert.match(await page.textContent('table'), /1 February 2099 to 1 April 2099/);
    await look(page, 'opportunities');
    opportunity = (await page.getAttribute('tbody th a', 'href')).split('/').pop();
    await page.goto(`${site.url}/specifications/wound-care-2026?lang=da`);
    assert.match(await page.textContent('main'), /1\. februar 2099 til 1\. april 2099/);
    assert.match(await page.textContent('main'), /1\.200,50 DKK/);
    await look(page, 'specification');
    await page.goto(`${site.url}/opportunities/${opportunity}?lang=en`);
    assert.equal(await page.locator(`a[href="/enrol/${opportunity}"]`).count(), 0); // its enrolment page is not open
    await look(page, 'opportunity');
    await page.context().close();
  });

  await test('two who change one opportunity: the second is told, and keeps what was typed', async () => {
    const one = await office(), two = await office();
    for (const page of [one, two]) await page.goto(`${site.url}/provider/opportunities/${opportunity}`);
    await one.fill('#f-seats', '20');
    await press(one, 'Save');
    await two.fill('#f-seats', '30');
    await press(two, 'Save');
    assert.match(await two.textContent('[role=alert]'), /Somebody else has changed this/);
    assert.equal(await two.inputValue('#f-seats'), '30');
    await one.context().close();
    await two.context().close();
  });

  for (const options of [{ width: 1440 }, { width: 360, javaScriptEnabled: false, colorScheme: 'dark' }]) {
    await test(`the catalogue finds by words and by choices: ${JSON.stringify(options)}`, async () => {
      const page = await open(browser, options);
      const check = (where) => (options.javaScriptEnabled === false ? sideways : look)(page, where);
      await page.goto(`${site.url}/specifications`);
      const all = await page.locator('main .cards .card').count();
      await page.fill('#q', 'treating wounds');
      await press(page, 'Search');
      assert.match(await page.textContent('[role=status]'), /One micro-credential fits/);
      assert.match(await page.textContent('.card'), /Wound care/);
      assert.equal(await page.inputValue('#q'), 'treating wounds');
      await check('found');
      assert.equal(await page.locator('form.search details[open]').count(), 0); // what was found stands near the words, on a phone too
      await page.click('form.search summary');
      await page.selectOption('#language', 'da');
      await page.selectOption('#price', 'free');
      await press(page, 'Show what fits');
      assert.match(await page.textContent('main'), /Nothing fits all of that/);
      await check('nothing');
      await page.click('a:has-text("Free of charge")');
      assert.match(await page.textContent('.card'), /Wound care/);
      await page.selectOption('#price', 'paid');
      await page.fill('#starts', '2099-02-01');
      await press(page, 'Show what fits');
      assert.match(await page.textContent('.card'), /Wound care/);
      await page.fill('#starts', '2099-01-31');
      await press(page, 'Show what fits');
      assert.match(await page.textContent('main'), /Nothing fits all of that/);
      await page.click('text=Start over');
      assert.equal(await page.locator('main .cards .card').count(), all);
      await page.context().close();
    });
  }

  await test('hostile questions are only words', async () => {
    const page = await open(browser);
    for (const q of [script, '" OR "', "'; DROP TABLE specification; --", '*', 'x'.repeat(5000)]) {
      const answer = await page.goto(`${site.url}/specifications?q=${encodeURIComponent(q)}&field=${encodeURIComponent(script)}`);
      assert.equal(answer.status(), 200, q.slice(0, 40));
    }
    const long = await page.goto(`${site.url}/specifications?q=${'x'.repeat(10000)}`); // longer than the server takes in an address: a page that says so
    assert.equal(long.status(), 414);
    page.complaints.length = 0;
    await page.goto(`${site.url}/specifications?q=${encodeURIComponent(script)}&provider=%22%3E&starts=x`);
    await look(page, 'hostile question');
    await page.context().close();
  });

  await test('a partner outside consents by its link, without an account, and takes it back', async () => {
    const page = await office();
    await page.goto(`${site.url}/provider/partners`);
    await page.fill('#specification', 'wound-care-2026');
    await press(page, 'Ask for consent');
    assert.match(await page.textContent('[role=alert]'), /e-mail|legal name/i);
    await look(page, 'partners with faults');
    await page.fill('#f-email', 'guild@example.org');
    await page.fill('#f-name_en', `Guild ${script}`);
    await page.selectOption('#f-country', 'IE');
    await press(page, 'Ask for consent');
    assert.match(await page.textContent('table'), /Asked on/);
    await look(page, 'partners');
    const query = "import sqlite3, sys, json\nfor row in sqlite3.connect(sys.argv[1]).execute(\"SELECT data FROM mail WHERE template = 'consent'\"): print(json.loads(row[0])['link'])";
    const link = execFileSync('python3', ['-c', query, join(site.folder, 'merit.db')], { encoding: 'utf8' }).trim().split('\n').pop();
    const other = await open(browser, { width: 360 });
    await other.goto(site.url + new URL(link).pathname);
    await look(other, 'consent');
    await other.fill('#name', 'Ída Þórsdóttir');
    await other.fill('#function', 'Master of the guild');
    await press(other, 'Consent');
    assert.match(await other.textContent('main'), /Consented on .*Ída Þórsdóttir, Master of the guild/s);
    await page.reload();
    assert.match(await page.textContent('table'), /Consented on/);
    await press(other, 'Withdraw');
    assert.match(await other.textContent('main'), /Withdrawn on/);
    await look(other, 'consent withdrawn');
    assert.equal((await other.goto(site.url + new URL(link).pathname.slice(0, -1) + '_')).status(), 404);
    await page.context().close();
    await other.context().close();
  });

  await test('the API tells the same', async () => {
    const get = async (path, token) => {
      const answer = await fetch(site.url + path, token ? { headers: { Authorization: `Bearer ${token}` } } : {});
      return [answer.status, await answer.json()];
    };
    const token = site.operator.split('/').pop();
    const [status, found] = await get('/api/v1/catalogue?q=wounds');
    assert.equal(status, 200);
    assert.equal(found.count, 1);
    assert.equal(found.items[0].specification, 'wound-care-2026');
    const [, first] = await get('/api/v1/catalogue?limit=1');
    assert.equal(first.items.length, 1);
    const [, rest] = await get(`/api/v1/catalogue?limit=50&after=${first.next}`);
    assert.equal(rest.items.length, first.count - 1);
    assert.equal((await get('/api/v1/opportunities'))[0], 401);
    const [, list] = await get('/api/v1/opportunities?specification=wound-care-2026', token);
    assert.equal(list.items[0].id, opportunity);
    assert.equal(list.items[0].price, 1200.5);
    const send = (method, path, body) => fetch(site.url + path, { method, body: JSON.stringify(body),
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' } });
    const wrong = await send('POST', '/api/v1/opportunities', { specification: 'wound-care-2026', mode: 'online', price: 'x' });
    assert.equal(wrong.status, 400);
    assert.deepEqual((await wrong.json()).findings.map((f) => f.pointer).sort(), ['/languages', '/price']);
    const { id, revision, ...same } = list.items[0];
    const changed = await send('PUT', `/api/v1/opportunities/${id}?revision=${revision}`, { ...same, state: 'full' });
    assert.equal((await changed.json()).state, 'full');
    assert.equal((await send('PUT', `/api/v1/opportunities/${id}?revision=${revision}`, same)).status, 409);
    const [, organisation] = await get('/api/v1/organisation', token);
    assert.equal(organisation.profile.vat, 'DK12345678');
    const unit = await send('POST', '/api/v1/organisation/units', { kind: 'department', profile: { name: { en: 'Department of Baking' } } });
    assert.equal(unit.status, 201);
    assert.equal((await unit.json()).slug, 'department-of-baking');
    assert.equal((await send('PUT', '/api/v1/organisation/units/department-of-baking/closed', { closed: true })).status, 204);
  });

  await test('pages of the office and of providers are accessible in Danish on a phone', async () => {
    const page = await office({ width: 360, locale: 'da', colorScheme: 'dark' });
    for (const path of ['/provider/organisation', '/provider/organisation/units', '/provider/organisation/assessors',
      '/provider/organisation/statements/quality', '/provider/partners', '/provider/opportunities',
      '/provider/opportunities/new?specification=wound-care-2026', '/providers', '/specifications?q=xyzzy']) {
      const answer = await page.goto(site.url + path);
      assert.equal(answer.status(), 200, path);
      await look(page, path);
      assert.doesNotMatch(await page.textContent('main'), /\b(fields|organisation|opportunity|catalogue|partner|statement)\.[a-z_]+/, path);
    }
    await page.context().close();
  });
});
