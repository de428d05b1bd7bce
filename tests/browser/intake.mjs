// Results on their way in, in a real browser: a table whose columns nobody can tell, a profile, a workbook, enrolment by the public page, results in the grid by keyboard.
import { faults, open, run, sideways } from './site.mjs';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

run(async ({ site, browser, work, test, assert }) => {
  const pictures = process.env.MERIT_PICTURES;
  if (pictures) mkdirSync(pictures, { recursive: true });
  const look = async (page, name) => {
    assert.deepEqual(await faults(page), [], name);
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      assert.equal(await sideways(page), 0, `${name} at ${width}`);
      if (pictures) await page.screenshot({ path: join(pictures, `${name}-${width}.png`), fullPage: true });
    }
  };
  const office = async () => {
    const page = await open(browser);
    await page.goto(site.operator);
    return page;
  };
  const file = (name, text) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  const send = async (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
  const upload = async (page, what) => {
    await page.goto(`${site.url}/provider/specifications/wound-care-2026`);
    await page.setInputFiles('#results-file', what);
    await send(page, 'form[action$="/results"] button.button');
  };

  await test('a table that nobody can read is read as the registrar says, and so is the next one', async () => {
    const page = await office();
    const table = 'Wer;Wann;Note X\n"Kjær-Test, Søren";14.05.1990;G\n"Lind-Test, Åse";02.03.1991;U\n"Berg-Test, Bo";31.02.1990;G\n';
    await upload(page, file('fall.csv', table));
    assert.match(page.url(), /\/mapping$/);
    await look(page, 'mapping');
    await page.selectOption('#column-name', 'Wer');
    await page.selectOption('#column-birth_date', 'Wann');
    await page.selectOption('#column-grade', 'Note X');
    await page.check('input[value=family-first]');
    await page.click('summary:has-text("Scale of grades")');
    await page.fill('#passed', 'G, VG');
    await page.fill('#not-passed', 'U');
    await send(page, 'button:has-text("Read the table like this")');
    assert.match(await page.textContent('h1'), /^3 rows read\. 1 is ready/);
    assert.match(await page.textContent('tr:has-text("Åse Lind-Test")'), /not a pass/);
    await look(page, 'preview-kinds');
    await Promise.all([page.waitForNavigation(), page.click('a:has-text("1 not passed")')]);
    assert.equal(await page.locator('details.look tbody tr').count(), 1);
    await upload(page, file('again.csv', table));
    assert.match(await page.textContent('.how summary'), /as the last time/);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('a:has-text("workbook (XLSX)")')]);
    const path = join(work, 'left.xlsx');
    await download.saveAs(path);
    assert.equal(readFileSync(path).subarray(0, 2).toString(), 'PK');
    await page.goto(`${site.url}/provider/specifications/wound-care-2026`);
    await page.setInputFiles('#results-file', path); // and back in, as it is
    await send(page, 'form[action$="/results"] button.button');
    assert.match(await page.textContent('h1'), /^2 rows read\. None can be sealed yet\.$/);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

  await test('a profile is taken from the examples and chosen at an upload', async () => {
    const page = await office();
    await page.goto(`${site.url}/provider/profiles`);
    await send(page, 'button[aria-label="Take this one: Ladok"]');
    await look(page, 'profiles');
    await page.goto(`${site.url}/provider/specifications/wound-care-2026`);
    await page.selectOption('#results-profile', { label: 'Ladok' });
    await page.setInputFiles('#results-file', file('ladok.csv',
      'Personnummer;Efternamn;Förnamn;Betyg;Examinationsdatum\n19990213-1234;Åström-Test;Elin;VG;2026-06-12\n'));
    await send(page, 'form[action$="/results"] button.button');
    assert.match(await page.textContent('.how summary'), /profile “Ladok”/);
    assert.match(await page.textContent('h1'), /^1 row read\. It is ready|1 is ready/);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

  await test('somebody enrols herself, and her result is entered by keyboard and handed in', async () => {
    const page = await office();
    await page.goto(`${site.url}/provider/enrolments?specification=wound-care-2026`);
    await look(page, 'enrolments-empty');
    await page.check('input[name=open]');
    await page.fill('#seats', '1');
    await send(page, 'form[action$="/page"] button');
    const learner = await open(browser);
    await learner.goto(`${site.url}/enrol/wound-care-2026`);
    await look(learner, 'enrol');
    await learner.fill('#given_name', 'Inès');
    await learner.fill('#family_name', 'Lefèvre-Test');
    await learner.fill('#email', 'ines@example.org');
    await learner.check('input[name=agree]');
    await send(learner, 'button:has-text("Enrol")');
    assert.equal(await learner.textContent('h1'), 'You are enrolled.');
    await look(learner, 'enrol-joined');
    await learner.goto(`${site.url}/enrol/wound-care-2026`);
    assert.equal(await learner.textContent('h1'), 'All seats are taken.');
    await page.goto(`${site.url}/provider/enrolments?specification=wound-care-2026`);
    await look(page, 'enrolments');
    await page.goto(`${site.url}/provider/enrolments`); // among those of others it says what it is for
    assert.equal(await page.textContent('tbody a'), 'Wound care with digital follow-up');
    await page.goBack();
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.focus('select[name^=passed_]');
    await page.keyboard.press('P');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Very good');
    await page.keyboard.press('Tab');
    await page.keyboard.type('12.06.2026');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    assert.match(await page.textContent('h1'), /^1 row read\./);
    assert.match(await page.textContent('main'), /Inès Lefèvre-Test/);
    assert.deepEqual(page.complaints.concat(learner.complaints), []);
    await learner.context().close();
    await page.context().close();
  });
});
