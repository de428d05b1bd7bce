// The public pages as people meet them: phone and desktop, light and dark, English and Danish, with and without scripts, by keyboard alone.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { faults, issue, open, publicPages, run, sideways } from './site.mjs';

const looks = [
  { width: 1280, locale: 'en', colorScheme: 'light' },
  { width: 1280, locale: 'da', colorScheme: 'dark' },
  { width: 360, locale: 'da', colorScheme: 'light' },
  { width: 360, locale: 'en', colorScheme: 'dark' },
];

run(async ({ site, browser, work, test, assert }) => {
  const [good, second] = issue(site, work, 'wound-care');
  const altered = join(work, 'altered.jsonld');
  const bytes = readFileSync(good);
  bytes[bytes.indexOf('chronic wounds')] = 'k'.charCodeAt(0);
  writeFileSync(altered, bytes);
  const picture = join(work, 'a picture.png');
  writeFileSync(picture, Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
  const huge = join(work, 'huge.json');
  writeFileSync(huge, Buffer.alloc(13 * 1024 * 1024, ' '));

  const verify = async (page, files) => {
    await page.goto(`${site.url}/verify`);
    await page.setInputFiles('#files', files);
    await Promise.all([page.waitForNavigation(), page.click('form[data-drop] button')]);
  };
  const look = async (page, where, width) => {
    assert.deepEqual(await faults(page), [], where);
    assert.ok(await sideways(page) <= 0, `${where} is wider than the window`);
    assert.deepEqual(page.complaints, [], where);
    for (const details of await page.$$('details:not([open]):not(.languages) > summary')) await details.click();
    assert.ok(await sideways(page) <= 0, `${where} is wider than the window (${width}) with its details open`);
    assert.deepEqual(await faults(page), [], `${where}, details open`);
    await page.click('.languages > summary'); // it lies over what stands below it, so it comes last
    assert.ok(await sideways(page) <= 0, `${where} is wider than the window (${width}) with the languages open`);
    if (where === '/') assert.deepEqual(await faults(page), [], `${where}, languages open`);
  };

  for (const options of looks) {
    const name = `${options.width} pixels, ${options.locale}, ${options.colorScheme}`;
    await test(`public pages are accessible and fit the window: ${name}`, async () => {
      const page = await open(browser, options);
      for (const path of publicPages) {
        await page.goto(site.url + path);
        assert.equal(await page.getAttribute('html', 'lang'), options.locale);
        await look(page, path, options.width);
      }
      await page.context().close();
    });
    await test(`reports are accessible and fit the window: ${name}`, async () => {
      const page = await open(browser, options);
      for (const files of [[good], [altered], [picture], [good, altered, picture]]) {
        await verify(page, files);
        await look(page, files.map((file) => basename(file)).join(' '), options.width);
      }
      await page.context().close();
    });
  }

  await test('the rulers used here do measure', async () => {
    const page = await open(browser, { width: 360 });
    await page.goto(`${site.url}/verify`);
    await page.evaluate(() => {
      document.querySelector('label[for=files]').remove();
      document.querySelector('h1').style.inlineSize = '500px';
    });
    assert.match((await faults(page)).join(), /label/);
    assert.ok(await sideways(page) > 0);
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
    });
    assert.equal(await page.evaluate(() => window.ran), undefined);
    assert.match(page.complaints.join(), /Content Security Policy/);
    await page.context().close();
  });

  await test('at 320 pixels nothing has to be scrolled sideways (WCAG 1.4.10)', async () => {
    const page = await open(browser, { width: 320, locale: 'da' });
    for (const path of publicPages) {
      await page.goto(site.url + path);
      assert.ok(await sideways(page) <= 0, path);
    }
    await verify(page, [good]);
    assert.ok(await sideways(page) <= 0, 'report');
    await page.context().close();
  });

  await test('a genuine file: one sentence, what was checked, what it says, outcomes first', async () => {
    const page = await open(browser);
    await page.goto(`${site.url}/`);
    await page.click('text=Verify a credential');
    await page.setInputFiles('#files', good);
    assert.equal(await page.textContent('[data-chosen]'), basename(good));
    await page.click('form[data-drop] button');
    await page.waitForSelector('.verdict');
    assert.equal(await page.textContent('h1'), 'Sealed with a test seal, which proves nothing');
    assert.match(await page.textContent('.verdict'), /Aarhus School of Nursing \(invented\) awarded/);
    assert.equal(await page.locator('table.checks tbody tr').count(), 9);
    assert.equal((await page.locator('table').nth(1).locator('tbody th').first().textContent()).trim(), 'Learning outcomes');
    await page.click('summary:has-text("The seal, part by part")');
    assert.equal(await page.locator('.checks li .state').count(), 5);
    await page.click('summary:has-text("The certificate as the issuer drew it")');
    assert.ok(await page.locator('img.certificate').evaluate((image) => image.complete && image.naturalWidth > 300));
    assert.match(await page.textContent('main'), new RegExp(`merit verify ${basename(good)}`));
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

  await test('one altered byte: changed after sealing, and nothing else is claimed', async () => {
    const page = await open(browser);
    await verify(page, altered);
    assert.equal(await page.textContent('h1'), 'Changed after sealing');
    assert.equal(await page.locator('table.checks tbody tr').count(), 2);
    assert.doesNotMatch(await page.textContent('main'), /Aarhus|wounds/);
    await page.context().close();
  });

  await test('several files: a list on top leads to each verdict', async () => {
    const page = await open(browser);
    await verify(page, [good, second, altered]);
    assert.equal(await page.textContent('h1'), '3 files checked');
    await page.click(`a:has-text("${basename(altered)}")`);
    assert.match(page.url(), /#report-3$/);
    assert.match(await page.textContent('#report-3 .verdict'), /Changed after sealing/);
    await page.context().close();
  });

  await test('files can be dropped and pasted', async () => {
    const page = await open(browser);
    const hand = (type, target) => page.evaluate(([kind, selector]) => {
      const data = new DataTransfer();
      data.items.add(new File(['hello'], `${kind}.txt`));
      const init = { bubbles: true, cancelable: true };
      const event = kind === 'paste' ? new ClipboardEvent('paste', { ...init, clipboardData: data }) : new DragEvent(kind, { ...init, dataTransfer: data });
      document.querySelector(selector).dispatchEvent(event);
    }, [type, target]);
    await page.goto(`${site.url}/verify`);
    await hand('dragenter', '.drop');
    assert.ok(await page.locator('.drop.over').count());
    await hand('drop', '.drop');
    assert.equal(await page.textContent('[data-chosen]'), 'drop.txt');
    assert.equal(await page.locator('.drop.over').count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Verify');
    await hand('paste', 'body');
    assert.equal(await page.textContent('[data-chosen]'), 'paste.txt');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    assert.equal(await page.textContent('h1'), 'This is not a credential');
    await page.context().close();
  });

  await test('without scripts: choose, paste, and the kind answer to nothing', async () => {
    const page = await open(browser, { javaScriptEnabled: false });
    await verify(page, good);
    assert.match(await page.textContent('h1'), /test seal/);
    await page.goto(`${site.url}/verify`);
    await page.click('main summary');
    await page.fill('#text', 'kept as typed');
    await page.fill('#link', 'https://127.0.0.1/secret');
    await Promise.all([page.waitForNavigation(), page.click('form[data-drop] button')]);
    assert.match(await page.textContent('[role=alert]'), /could not be fetched/);
    assert.equal(await page.textContent('h1'), 'This is not a credential'); // the text was read all the same
    await page.goto(`${site.url}/verify`);
    await page.click('main summary');
    await page.fill('#link', 'https://127.0.0.1/secret');
    await Promise.all([page.waitForNavigation(), page.click('form[data-drop] button')]);
    assert.match(await page.textContent('[role=alert]'), /could not be fetched/);
    assert.equal(await page.inputValue('#link'), 'https://127.0.0.1/secret');
    await page.goto(`${site.url}/verify`);
    await Promise.all([page.waitForNavigation(), page.click('form[data-drop] button')]);
    assert.match(await page.textContent('[role=alert]'), /nothing to check yet/);
    await page.click('main summary');
    await page.fill('#text', readFileSync(good, 'utf8'));
    await Promise.all([page.waitForNavigation(), page.click('form[data-drop] button')]);
    assert.match(await page.textContent('h1'), /test seal/);
    await page.context().close();
  });

  await test('a file above the limit gets a page that says so, and the server goes on', async () => {
    const page = await open(browser);
    await verify(page, huge);
    assert.match(await page.textContent('main'), /larger than this installation takes at once/);
    await verify(page, good);
    assert.match(await page.textContent('h1'), /test seal/);
    await page.context().close();
  });

  await test('by keyboard alone: skip the head, choose, send', async () => {
    const page = await open(browser);
    await page.goto(`${site.url}/verify`);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'files');
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(ring, 'solid');
    await page.setInputFiles('#files', good);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'SUMMARY');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Verify');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    assert.match(await page.textContent('h1'), /test seal/);
    await page.context().close();
  });

  await test('the language is switched on the page one is on, and stays', async () => {
    const page = await open(browser, { locale: 'en' });
    await page.goto(`${site.url}/specifications/wound-care-2026?from=a%26b`);
    await page.click('.languages summary');
    await page.click('a.tongue:has-text("Dansk")');
    assert.equal(new URL(page.url()).search, '?from=a%26b&lang=da');
    assert.equal(await page.textContent('h1'), 'Sårpleje med digital opfølgning');
    await page.click('nav a:has-text("Kontrollér")');
    assert.equal(await page.textContent('h1'), 'Er det ægte?');
    await page.context().close();
  });

  await test('the description of a micro-credential is given as its file', async () => {
    const page = await open(browser);
    await page.goto(`${site.url}/specifications/wound-care-2026`);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Download the description')]);
    assert.equal(download.suggestedFilename(), 'wound-care-2026.json');
    assert.equal(JSON.parse(readFileSync(await download.path(), 'utf8')).id, 'wound-care-2026');
    await page.context().close();
  });

  await test('a printed report has the words and not the buttons', async () => {
    const page = await open(browser);
    await verify(page, good);
    assert.ok(await page.isVisible('button[data-print]'));
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.isVisible('.verdict'));
    assert.ok(!(await page.isVisible('button[data-print]')));
    assert.ok(!(await page.isVisible('nav')));
    await page.context().close();
  });

  await test('pages are light: at most 60 KB without pictures, and everything from this site', async () => {
    const page = await open(browser);
    const other = [];
    page.on('request', (request) => { if (!request.url().startsWith(site.url) && !request.url().startsWith('data:')) other.push(request.url()); });
    const weigh = async (where) => {
      const html = (await page.content()).replace(/base64,[A-Za-z0-9+/=]*/g, '');
      assert.ok(Buffer.byteLength(html) <= 60 * 1024, `${where}: ${Buffer.byteLength(html)} bytes`);
    };
    for (const path of publicPages) {
      await page.goto(site.url + path);
      await weigh(path);
    }
    await verify(page, good);
    await weigh('report');
    assert.deepEqual(other, []);
    await page.context().close();
  });
});
