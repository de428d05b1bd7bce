// Journey J3: an HR officer with a Dutch browser and no account verifies what an applicant sends: a file, a PDF, a picture, a permanent link, a photographed code, and many files
// at once. She reads the sentence in her language, learning outcomes first; who issued what to whom; and what could not be checked. By keyboard alone (the window in which an
// operating system shows its files is outside the browser, so files are put into their field).
//
//   j3.mjs MERIT WORKDIR [sqlite|postgresql|noscript]      noscript: SQLite, and browsers that run no scripts
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { postgresql } from './helpers.mjs';
import { Keyboard } from './keyboard.mjs';
import { faults, open, root, run, sideways } from './site.mjs';

const engine = process.argv[4] ?? 'sqlite';
const scripts = engine !== 'noscript';
const base = engine === 'postgresql' ? await postgresql() : { close() {} };
const tool = (name, ...words) => execFileSync(name, words, { stdio: ['ignore', 'pipe', 'pipe'] });
const there = (name) => existsSync(`/usr/bin/${name}`);

// An authority that the site trusts, and the seal of a school under it.
function authority(folder, trusted) {
  const at = (name) => join(folder, name), curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  mkdirSync(folder, { recursive: true });
  tool('openssl', 'req', '-x509', ...curve, '-keyout', at('root.key'), '-out', at('root.pem'), '-days', '7300', '-subj', '/C=DK/O=Baltic Trust Services (invented)/CN=Baltic Trust Services (invented)');
  tool('openssl', 'req', ...curve, '-keyout', at('seal.key'), '-out', at('seal.csr'), '-subj',
    '/C=DK/O=Aarhus School of Nursing (invented)/2.5.4.97=VATDK-00000000/CN=Seal of Aarhus School of Nursing (invented)');
  writeFileSync(at('seal.ext'), 'keyUsage=critical,nonRepudiation\nbasicConstraints=critical,CA:FALSE\nauthorityKeyIdentifier=keyid\n');
  tool('openssl', 'x509', '-req', '-in', at('seal.csr'), '-CA', at('root.pem'), '-CAkey', at('root.key'), '-days', '1000', '-out', at('seal.pem'), '-extfile', at('seal.ext'), '-set_serial', '77');
  tool('openssl', 'pkcs12', '-export', '-inkey', at('seal.key'), '-in', at('seal.pem'), '-certfile', at('root.pem'), '-out', at('seal.p12'), '-passout', 'pass:invented password');
  mkdirSync(trusted, { recursive: true });
  writeFileSync(join(trusted, 'authority.pem'), readFileSync(at('root.pem')));
  return at('seal.p12');
}

let seal, strange;
const missing = base.skip ?? (there('openssl') ? undefined : 'openssl is not installed');
if (missing) console.log(`1..0 # SKIP ${missing}`);
else await run(async ({ site, browser, work, test, assert }) => {
  const looked = new Set();
  const look = async (page, name) => {
    if (looked.has(name)) return;
    looked.add(name);
    if (scripts) assert.deepEqual(await faults(page), [], name); // axe is a script
    assert.deepEqual(page.complaints, [], name);
    const size = page.viewportSize();
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      assert.ok(await sideways(page) <= 0, `${name} is wider than ${width} pixels`);
      await page.screenshot({ path: join(work, `${String(looked.size).padStart(2, '0')}-${name}-${width}.png`), fullPage: true, animations: 'disabled' });
    }
    await page.setViewportSize(size);
  };
  const send = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);

  // ---- what the applicant has: not a part of the journey ----

  const issue = (name, with_) => {
    const out = join(work, name);
    execFileSync(site.merit, ['issue', join(root, 'docs/examples/wound-care.json'), join(root, 'docs/examples/wound-care.csv'), '--out', out, '--data', join(work, 'issuer'), '--seal', with_],
      { stdio: 'pipe', env: { ...process.env, MERIT_PASSWORD: 'invented password' } });
    return readdirSync(out).filter((file) => file.endsWith('.jsonld')).sort().map((file) => join(out, file));
  };
  const files = {}, sealed = issue('sealed', seal), mette = (name) => /mette/.test(name);
  files.good = sealed.find(mette);
  files.stranger = issue('strange', strange).find(mette);
  files.changed = join(work, 'veranderd.jsonld');
  const text = readFileSync(files.good, 'utf8');
  assert.ok(text.includes('chronic wounds'));
  writeFileSync(files.changed, text.replace('chronic wounds', 'chronic sounds'));
  files.letter = join(work, 'brief.txt');
  writeFileSync(files.letter, 'Geachte heer, mevrouw,\n');
  {
    const office = await open(browser);
    await office.goto(site.operator);
    await office.goto(`${site.url}/provider/specifications/wound-care-2026`);
    await office.setInputFiles('#results-file', { name: 'one.csv', mimeType: 'text/csv',
      buffer: Buffer.from('given name,family name,birth date,e-mail,date\nЦветелина,Стоянова,1990-01-31,tsvetelina@example.org,2026-10-14\n') });
    await send(office, 'form[data-drop] button');
    await send(office, 'button:has-text("Seal 1")');
    await office.waitForSelector('h1:has-text("1 credential")');
    const claim = await office.locator('.copy a').first().getAttribute('href'), learner = await open(browser);
    await learner.goto(claim);
    await send(learner, 'button:has-text("Accept")');
    for (const [name, form] of [['pdf', 'certificate'], ['picture', 'badge.png']]) {
      files[name] = join(work, name === 'pdf' ? 'certificate.pdf' : 'badge.png');
      writeFileSync(files[name], await (await learner.request.get(`${claim}/file/${form}`)).body());
    }
    await learner.context().close();
    await office.context().close();
  }
  let link;
  if (there('qpdf')) link = tool('qpdf', '--qdf', '--object-streams=disable', files.pdf, '-').toString('latin1').match(/http:\/\/127[^\s]+\/verify\/[0-9a-f-]{36}\/[\w-]{32}/)[0];

  // ---- the officer ----

  const page = await open(browser, { locale: 'nl-NL', javaScriptEnabled: scripts }), keys = await Keyboard.of(page, 'Naar de inhoud');
  const heading = () => page.textContent('h1'), main = () => page.textContent('main');
  const verify = async (...paths) => {
    await page.goto(`${site.url}/verify`);
    await keys.skip();
    await keys.reach(/^Sleep bestanden hierheen/);
    await page.setInputFiles('#files', paths);
    await keys.press('Controleren');
  };
  const states = (within = page) => within.locator('tr[data-check]').evaluateAll((rows) => Object.fromEntries(rows.map((row) => [row.dataset.check, row.dataset.state])));

  await test('the page asks for a file, in Dutch, and says what becomes of it', async () => {
    await page.goto(`${site.url}/verify`);
    assert.equal(await page.getAttribute('html', 'lang'), 'nl');
    assert.equal(await heading(), 'Is het echt?');
    await look(page, 'form');
    await keys.skip();
    await keys.reach(/^Sleep bestanden hierheen/);
    await keys.press('Controleren');
    assert.match(await page.textContent('[role=alert]'), /Er is nog niets te controleren/);
    await look(page, 'nothing');
  });

  await test('a file: one sentence, then why; learning outcomes first', async () => {
    await verify(files.good);
    assert.equal(await heading(), 'Echt en actueel');
    assert.equal(await page.locator('[role=status] h1').count(), 1);
    assert.match(await page.textContent('[role=status]'), /Aarhus School of Nursing \(invented\) heeft ‘.*’ \(2 ECTS.*\) toegekend aan Mette Krogh Poulsen op 14 oktober 2026\. Het zegel is ongeschonden/);
    assert.deepEqual(await states(), { format: 'passed', seal: 'passed', issuer: 'passed', trust: 'passed', status: 'passed', dates: 'passed', holder: 'unchecked', quality: 'not_applicable', completeness: 'passed' });
    for (const row of await page.locator('tr[data-check]').all()) assert.match(await row.textContent(), /\d{4}.*\d\d:\d\d|bestand/, 'time or source');
    const said = await page.locator('th[scope=row]:not(tr[data-check] th)').allTextContents();
    assert.equal(said[0].trim(), 'Leerresultaten');
    assert.ok(said.length >= 16, said.join());
    assert.match(await main(), /Waar het voor telt.*2 ECTS.*Kan meetellen voor.*Een gereglementeerd beroep.*bevoegde autoriteit/s);
    assert.match(await main(), /merit verify \S+\.jsonld.*--online.*--trust.*api\/v1\/verify/s);
    await look(page, 'file');
  });

  await test('a seal that nobody here vouches for: said as that, and not as false', async () => {
    await verify(files.stranger);
    assert.equal(await heading(), 'Ongeschonden, maar wie er achter het zegel staat, kon niet worden gecontroleerd');
    assert.equal((await states()).trust, 'unchecked');
    assert.match(await page.textContent('[role=status]'), /Volgens de tekst heeft Aarhus School of Nursing/);
    assert.equal(await page.locator('.verdict.unchecked').count(), 1);
    await look(page, 'stranger');
  });

  await test('every check leads to what it means, and what to do', async () => {
    await keys.press(/trust\.unchecked$/);
    assert.match(page.url(), /\/help\/checks#check-trust$/);
    assert.equal(await page.textContent('h3#check-trust'), 'Vertrouwen');
    assert.equal(await page.locator('h3[id^=check-]').count(), 9);
    assert.equal(await page.locator('dt[id^=verdict-]').count(), 4);
    assert.match(await main(), /Vergelijk de uitgever.*trust\.unchecked/s);
    await look(page, 'help');
  });

  await test('what is folded opens with the keyboard: the seal part by part, the data as sealed', async () => {
    await verify(files.good);
    await keys.hit('Het zegel, deel voor deel');
    assert.ok(await page.locator('li[data-part=signature]').isVisible());
    await keys.hit('De gegevens zoals verzegeld');
    assert.match(await page.textContent('pre.raw'), /"type"/);
    await look(page, 'unfolded');
  });

  await test('a file that was changed: nothing of it is shown', async () => {
    await verify(files.changed);
    assert.equal(await heading(), 'Veranderd na de verzegeling');
    assert.deepEqual(await states(), { format: 'passed', seal: 'failed' });
    assert.doesNotMatch(await main(), /Poulsen|wound|sounds|Aarhus|ECTS/i);
    assert.match(await main(), /Verder wordt er niets getoond/);
    await look(page, 'changed');
  });

  await test('a letter is no credential, and is not called false', async () => {
    await verify(files.letter);
    assert.equal(await heading(), 'Dit is geen credential');
    assert.equal(await page.locator('.verdict.failed').count(), 0);
    await look(page, 'letter');
  });

  await test('a certificate as PDF, a badge as picture: the same learner', async () => {
    for (const name of ['pdf', 'picture']) {
      await verify(files[name]);
      assert.match(await page.textContent('[role=status]'), /Цветелина Стоянова/, name);
      await look(page, name);
    }
  });

  await test('a permanent link: followed, typed, pasted; its forms are given', async () => {
    if (!link) return;
    await page.goto(link);
    assert.match(await page.textContent('[role=status]'), /Цветелина Стоянова/);
    assert.match(await main(), /Het vaste adres.*\/verify\//s);
    await look(page, 'permanent');
    const report = JSON.parse(await (await page.request.get(`${link}/file/report`)).text());
    assert.deepEqual(await states(), Object.fromEntries(report.checks.map((check) => [check.code, check.state])));
    const european = await page.request.get(`${link}/file/european`);
    assert.equal(european.headers()['content-type'], 'application/jose+json');
    assert.equal((await page.request.get(`${link}/file/badge`)).status(), 200);
    for (const none of ['wallet', 'nothing']) assert.equal((await page.request.get(`${link}/file/${none}`)).status(), 404, none);
    const followed = await page.request.get(link, { headers: { Accept: 'application/vc+ld+json, application/vc+jwt, application/json, */*;q=0.5' } }); // as another Merit asks
    assert.deepEqual(await followed.body(), await european.body());
    for (const field of ['De credential als tekst, of wat de QR-code zegt', 'Een link ernaar']) {
      await page.goto(`${site.url}/verify`);
      await keys.skip();
      await keys.hit('Of maak een foto, plak de tekst, of geef een link');
      await keys.write(link, field);
      await keys.press('Controleren');
      assert.match(await page.textContent('[role=status]'), /Цветелина Стоянова/, field);
    }
    await page.goto(`${site.url}/verify`);
    await keys.skip();
    await keys.hit('Of maak een foto, plak de tekst, of geef een link');
    await keys.write('https://127.0.0.1/verify/none', 'De credential als tekst, of wat de QR-code zegt');
    await keys.press('Controleren');
    assert.match(await page.textContent('[role=alert]'), /Dit zegt niets over de credential/);
    assert.equal(await page.inputValue('#text'), 'https://127.0.0.1/verify/none');
    await look(page, 'link-refused');
    await page.goto(link.replace(/.{32}$/, 'A'.repeat(32)));
    await look(page, 'no-such-link');
  });

  await test('a photograph of the code on paper, also as a chat program makes it smaller', async () => {
    if (!there('pdftoppm')) return;
    for (const resolution of ['150', '110']) {
      tool('pdftoppm', '-r', resolution, '-f', '1', '-l', '1', '-singlefile', '-jpeg', '-jpegopt', 'quality=35', files.pdf, join(work, `photo-${resolution}`));
      await page.goto(`${site.url}/verify`);
      await keys.skip();
      await keys.hit('Of maak een foto, plak de tekst, of geef een link');
      await keys.reach('Een foto van de QR-code');
      await page.setInputFiles('#camera', join(work, `photo-${resolution}.jpg`));
      await keys.press('Controleren');
      assert.match(await main(), /Цветелина Стоянова.*Gevonden via de QR-code/s, resolution);
    }
    await look(page, 'photograph');
  });

  await test('many files: a line of counts, a verdict each, everything folded below', async () => {
    await verify(files.good, files.changed, files.letter, files.stranger, files.pdf, files.picture, ...sealed);
    assert.equal(await heading(), `${6 + sealed.length} bestanden gecontroleerd`);
    assert.match(await page.textContent('[role=status]'), new RegExp(`Echt en actueel: ${1 + sealed.length}\\. Nader te bekijken: 3\\. Niet echt, ingetrokken of geen credential: 2\\.`));
    assert.equal(await page.locator('article').count(), 6 + sealed.length);
    assert.deepEqual((await page.locator('article').evaluateAll((all) => all.map((one) => one.dataset.verdict))).slice(0, 6), ['valid', 'invalid', 'invalid', 'unknown', 'unknown', 'unknown']);
    assert.deepEqual(await states(page.locator('#report-2')), { format: 'passed', seal: 'failed' });
    assert.doesNotMatch(await page.textContent('#report-2'), /Poulsen/);
    await look(page, 'many');
    await keys.reach('veranderd.jsonld');
    await page.keyboard.press('Enter');
    await keys.hit('Wat is gecontroleerd, en wat het zegt');
    assert.ok(await page.locator('#report-2 tr[data-check=seal]').isVisible());
    await verify(...Array.from({ length: 21 }, () => files.letter));
    assert.match(await page.textContent('[role=alert]'), /meer dan 20 bestanden.*geen gelezen/);
    await look(page, 'too-many');
  });

  await test('a file is dropped on the page', async () => {
    if (!scripts) return;
    await page.goto(`${site.url}/verify`);
    const data = await page.evaluateHandle((content) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], 'gesleept.jsonld', { type: 'application/json' }));
      return transfer;
    }, text);
    await page.dispatchEvent('.drop', 'drop', { dataTransfer: data });
    assert.match(await page.textContent('[data-chosen]'), /gesleept\.jsonld/);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]); // the button has the focus
    assert.match(await page.textContent('[role=status]'), /Mette Krogh Poulsen/);
  });

  await test('printed: the report, without what can be pressed', async () => {
    await verify(files.good);
    await page.emulateMedia({ media: 'print' });
    for (const hidden of ['header.top', 'footer.foot', '.actions']) for (const one of await page.locator(hidden).all()) assert.equal(await one.isVisible(), false, hidden);
    assert.ok(await page.locator('.verdict h1').isVisible());
    const paper = join(work, 'report.pdf');
    await page.pdf({ path: paper, format: 'A4' });
    if (there('pdftotext')) {
      const printed = tool('pdftotext', '-layout', paper, '-').toString();
      for (const words of [/Mette Krogh Poulsen/, /Leerresultaten/, /status\.passed/]) assert.match(printed, words);
    }
    await page.emulateMedia({ media: 'screen' });
  });

  await test('the focus was seen at every stop, and nothing complained', async () => {
    assert.ok(keys.stops > 60, `${keys.stops} stops`);
    assert.deepEqual(page.complaints, []);
  });
}, { words: base.url ? ['--database', base.url] : [], prepare: (folder) => {
  seal = authority(join(folder, '..', 'authority'), join(folder, 'trust'));
  strange = authority(join(folder, '..', 'stranger'), join(folder, '..', 'nobody'));
} });
await base.close();
