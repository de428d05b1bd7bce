// The certificate on paper: handed out on the learner's page, read by poppler and qpdf, dropped on the verify page again, photographed, and branded by its provider.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { faults, open, run, sideways } from './site.mjs';

run(async ({ site, browser, work, test, assert }) => {
  const shots = process.env.MERIT_SHOTS;
  if (shots) mkdirSync(shots, { recursive: true });
  const look = async (page, name) => {
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      assert.equal(await sideways(page), 0, `${name} scrolls sideways at ${width}`);
      if (shots) await page.screenshot({ path: join(shots, `${name}-${width}.png`), fullPage: true });
    }
    assert.deepEqual(await faults(page), []);
    await page.setViewportSize({ width: 1280, height: 800 });
  };
  const send = async (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
  const download = async (page, selector) => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
    const path = join(work, file.suggestedFilename());
    await file.saveAs(path);
    return path;
  };
  const verify = async (page, path) => {
    await page.goto(`${site.url}/verify`);
    await page.setInputFiles('#files', path);
    await send(page, 'form[data-drop] button');
  };
  const tool = (...words) => execFileSync(words[0], words.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const there = (name) => existsSync(`/usr/bin/${name}`);

  const registrar = await open(browser);
  await registrar.goto(site.operator);
  await send(registrar, '.card a:has-text("Wound care with digital follow-up")');
  writeFileSync(join(work, 'paper.csv'), 'given name,family name,birth date,e-mail,date,grade\nЦветелина,Стоянова,1990-01-31,tsvetelina@example.org,2026-10-14,Passed\n');
  await registrar.setInputFiles('#results-file', join(work, 'paper.csv'));
  await send(registrar, 'form[data-drop] button');
  await send(registrar, 'button:has-text("Seal 1")');
  await registrar.waitForSelector('h1:has-text("1 credential")');
  const claim = await registrar.locator('.copy a').first().getAttribute('href');
  const learner = await open(browser);
  let pdf, european;

  await test('before it is accepted there is no certificate', async () => {
    assert.equal((await learner.request.get(`${claim}/file/certificate`)).status(), 404);
  });

  await test('the learner takes her certificate, her badge as a picture, and the file for Europass', async () => {
    await learner.goto(claim);
    await send(learner, 'button:has-text("Accept")');
    pdf = await download(learner, 'a:has-text("Download the certificate (PDF)")');
    await learner.click('summary:has-text("Other forms")');
    european = await download(learner, 'a:has-text("Download for Europass")');
    await look(learner, 'claim');
    assert.match(pdf, /wound-care-2026-[0-9a-f]{8}\.pdf$/);
    for (const name of ['PNG', 'SVG']) {
      const picture = await download(learner, `a:has-text("Download as ${name}")`), page = await open(browser);
      await verify(page, picture);
      assert.match(await page.textContent('.verdict'), /Цветелина Стоянова/);
      await page.context().close();
    }
  });

  await test('qpdf finds nothing wrong, poppler reads it in order, both attachments come out byte for byte', async () => {
    if (!there('qpdf') || !there('pdftotext')) return;
    assert.match(tool('qpdf', '--check', pdf), /No syntax or stream encoding errors/);
    const text = tool('pdftotext', pdf, '-'), at = ['Aarhus School of Nursing', 'awards to', 'Цветелина Стоянова', 'Wound care with digital', 'Awarded on 14 October 2026',
      'Learning outcomes', 'Notional workload', 'Check this certificate'].map((words) => text.indexOf(words));
    assert.deepEqual(at, [...at].sort((a, b) => a - b), text);
    assert.ok(at[0] >= 0, text);
    const name = pdf.split('/').pop().replace('.pdf', '.jsonld');
    assert.ok(execFileSync('qpdf', [`--show-attachment=${name}`, pdf]).equals(readFileSync(european)));
    assert.match(tool('qpdf', '--list-attachments', pdf), /\.jsonld[\s\S]*\.jwt/);
    assert.match(tool('pdfinfo', pdf), /Tagged: +yes/);
    assert.doesNotMatch(tool('pdffonts', pdf), / no +(yes|no) +(yes|no) +\d+ +\d+$/m);
  });

  await test('dropped on the verify page, the PDF gets the verdict of what is sealed inside', async () => {
    const page = await open(browser);
    await verify(page, european);
    const wanted = await page.textContent('h1');
    await verify(page, pdf);
    assert.equal(await page.textContent('h1'), wanted);
    assert.match(await page.textContent('.verdict'), /sealed inside the PDF.*the paper is wrong.*Цветелина Стоянова/s);
    assert.match(await page.textContent('main'), /attached in another form, too \(wound-care-2026-[0-9a-f]{8}\.jwt\)/);
    await look(page, 'verified');
    await page.context().close();
  });

  await test('its own address opens the report; any other address tells nothing', async () => {
    const page = await open(browser), address = /http:\/\/127[^\s]+\/verify\/[0-9a-f-]{36}\/[\w-]{32}/;
    const link = execFileSync('qpdf', ['--qdf', '--object-streams=disable', pdf, '-'], { maxBuffer: 1 << 26 }).toString('latin1').match(address)[0];
    await page.goto(link);
    assert.match(await page.textContent('.verdict'), /Цветелина Стоянова/);
    const other = link.slice(0, -1) + (link.endsWith('A') ? 'B' : 'A');
    assert.equal((await page.request.get(other)).status(), 404);
    await page.context().close();
  });

  await test('a photograph of the page leads to the credential by its code; a picture without one says what to do', async () => {
    if (!there('pdftoppm')) return;
    const page = await open(browser);
    for (const kind of ['png', 'jpeg']) {
      tool('pdftoppm', '-r', '100', '-f', '1', '-l', '1', '-singlefile', `-${kind}`, pdf, join(work, 'photograph'));
      await verify(page, join(work, `photograph.${kind === 'png' ? 'png' : 'jpg'}`));
      assert.match(await page.textContent('.verdict'), /Цветелина Стоянова/);
      assert.match(await page.textContent('main'), /Found by the QR code in the picture/);
      const answer = await page.request.post(`${site.url}/api/v1/verify`, { headers: { 'Content-Type': 'application/octet-stream' },
        data: readFileSync(join(work, `photograph.${kind === 'png' ? 'png' : 'jpg'}`)) });
      assert.match((await answer.json()).story || JSON.stringify(await answer.json()), /Цветелина Стоянова/); // programs are told the same
    }
    tool('pdftoppm', '-r', '60', '-f', '1', '-l', '1', '-x', '0', '-y', '0', '-W', '400', '-H', '300', '-singlefile', '-jpeg', pdf, join(work, 'cut'));
    await verify(page, join(work, 'cut.jpg'));
    assert.match(await page.textContent('.verdict'), /chat programs.*Scan the QR code.*or for the PDF/s);
    await page.context().close();
  });

  await test('the provider gives logo, colours and signatory; what cannot be read is refused with the reason', async () => {
    const page = registrar;
    await page.goto(`${site.url}/provider/organisation`);
    await send(page, 'a:has-text("Look of the certificates")');
    await page.fill('#f-accent', '#ffdd88');
    await page.fill('#f-role', 'Dean');
    await send(page, 'form:has(#f-accent) button');
    assert.match(await page.textContent('[role=alert]'), /too light for text on white paper.*4\.5 to 1.*Give the name of who signs/s);
    assert.equal(await page.inputValue('#f-accent'), '#ffdd88');
    await look(page, 'branding-refused');
    await page.fill('#f-accent', '#7a1f5c');
    await page.fill('#f-signatory', 'Birgitte Example (invented)');
    await send(page, 'form:has(#f-accent) button');
    assert.match(await page.textContent('[role=status]'), /Saved/);
    writeFileSync(join(work, 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    await page.setInputFiles('#logo', join(work, 'logo.svg'));
    await send(page, 'form:has(#logo) button');
    assert.match(await page.textContent('[role=alert]'), /SVG is refused/);
    const badge = await download(learner, 'a:has-text("Download as PNG")');
    for (const which of ['#logo', '#signature']) {
      await page.setInputFiles(which, badge);
      await send(page, `form:has(${which}) button`);
    }
    assert.equal(await page.locator('img.brand').count(), 2);
    for (const image of await page.locator('main img').all()) assert.ok(await image.evaluate(async (one) => { await one.decode(); return one.naturalWidth > 50; }));
    const kept = await page.request.get(`${site.url}/provider/organisation/branding/logo`);
    assert.ok(!(await kept.body()).includes('openbadgecredential')); // nothing of the file but its pixels
    await look(page, 'branding');
    const branded = await download(learner, 'a:has-text("Download the certificate (PDF)")');
    if (there('pdftotext')) assert.match(tool('pdftotext', branded, '-'), /Birgitte Example \(invented\)[\s\S]*Dean/);
    if (shots && there('pdftoppm')) tool('pdftoppm', '-r', '80', '-png', branded, join(shots, 'branded'));
    await download(page, 'a:has-text("Download it as PDF")');
    await send(page, 'button:has-text("Remove: Logo")');
    assert.equal(await page.locator('img.brand').count(), 1);
  });

  await test('in Danish', async () => {
    await learner.goto(`${claim}?lang=da`);
    const danish = await download(learner, 'a:has-text("Hent certifikatet (PDF)")');
    if (there('pdftotext')) assert.match(tool('pdftotext', danish, '-'), /Tildelt 14\. oktober 2026[\s\S]*Gyldigt/);
  });

  assert.deepEqual(registrar.complaints.concat(learner.complaints), []);
});
